"""`/t/…`: the page that a customer shares, its picture, and taking it back.

Every request asks the response anew, so that a page follows at once: it is gone with its score,
its words with their consent.
"""

from hashlib import sha256
from json import dumps

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from widget.actions.share_response import withdraw_share
from widget.domain.errors import LinkForged, UnknownShare, UnknownSurvey
from widget.domain.sharing import fill_address
from widget.extensions import db
from widget.storage.shares import SharedPage, shared_page
from widget.translations import direction
from widget.web.assets import asset_url
from widget.web.bounded import Bounded
from widget.web.clock import now
from widget.web.face.sharing import page_url, share_links
from widget.web.face.speech import Speech
from widget.web.face.styles import style_of, style_source
from widget.web.published import find_survey
from widget.web.rate_limits import rate_limits
from widget.web.share.blueprint import blueprint
from widget.web.share.messages import message_page
from widget.web.share.picture import HEIGHT, WIDTH, PictureWords, draw
from widget.web.share.ratings import rating_words

_SURVEY_ID_LENGTH = 12
# Changes with how pictures are drawn, so that nobody is shown an old one.
_DRAWING = 1
# About 45 KB each.
_pictures: Bounded[str, bytes] = Bounded(200)


@blueprint.get("/t/<share_id>")
def page(share_id: str) -> BaseResponse:
    """A shared page for everybody who has its address."""
    found = _found(share_id)
    if not found.is_open:
        return _gone(found)
    response = make_response(_page_html(found))
    response.headers["Cache-Control"] = "public, no-cache"
    if found.rules.lists_pages:
        response.headers["X-Robots-Tag"] = "all"
    response.headers["Content-Security-Policy"] = _policy(found)
    response.set_etag(sha256(response.data).hexdigest()[:16])
    return response.make_conditional(request)


@blueprint.get("/t/<share_id>/<version>.png")
def picture(share_id: str, version: str) -> Response:
    """The page's picture. It is drawn for what the page says now and for nothing else, so that
    asking costs no more than there are pages."""
    found = _found(share_id)
    if not found.is_open or version != version_of(found):
        response = Response("This picture is gone.\n", 410, content_type="text/plain")
        response.headers["Cache-Control"] = "no-store"
        return response
    drawn = _pictures.get(version)
    if drawn is None:
        if not rate_limits().allow_drawing(request.remote_addr):
            abort(429)
        drawn = draw(picture_words(found))
        _pictures.put(version, drawn)
    response = Response(drawn, content_type="image/png")
    # Its address names its content. A day and no longer: a page may be taken back.
    response.headers["Cache-Control"] = "public, max-age=86400, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/t/mine/<token>")
def mine(token: str) -> Response:
    """The page for whoever made it, with the button that takes it back."""
    found = _owned(token)
    if found is None or not found.is_open:
        return _gone(found)
    response = make_response(_page_html(found, mine=url_for("share.withdraw", token=token)))
    response.headers["Content-Security-Policy"] = _policy(found)
    return response


@blueprint.post("/t/mine/<token>")
def withdraw(token: str) -> Response:
    """Take the page back, for good."""
    found = _owned(token)
    if found is None:
        return _gone(found)
    withdraw_share(db.session(), found.workspace_id, found.id, at=now())
    return message_page(
        "You have taken the page back",
        "Nobody can open it any more.",
        200,
        language=found.language,
    )


def picture_words(found: SharedPage) -> PictureWords:
    """What stands in a page's picture: its words only where their customer agreed."""
    return PictureWords(
        company=found.company,
        rating=rating_of(found),
        name=found.member,
        words=found.said.public_words,
        stars=found.stars,
        accent=found.definition.looks.accent,
    )


def version_of(found: SharedPage) -> str:
    """What a page's picture shows, as a name: it changes whenever the picture does."""
    words = picture_words(found)
    said = [_DRAWING, found.address, *vars(words).values()]
    return sha256(dumps(said).encode()).hexdigest()[:20]


def rating_of(found: SharedPage) -> str:
    """A page's score in its customer's language."""
    return rating_words(found.definition, found.language, found.company, found.score)


def _page_html(found: SharedPage, mine: str = "") -> str:
    speech = Speech(found.definition, found.language, found.company)
    home = current_app.config["SAYSO_PUBLIC_URL"]
    rating = rating_of(found)
    logo = found.definition.looks.logo
    image = url_for("share.picture", share_id=found.address, version=version_of(found))
    return render_template(
        "share/page.html",
        say=speech.say,
        language=found.language,
        direction=direction(found.language),
        title=" · ".join(filter(None, (rating, found.member or found.company))),
        about=speech.say("What a customer says about {company}", company=found.company),
        found=found,
        rating=rating,
        words=found.said.public_words,
        logo=url_for("frame.image", image_id=logo) if logo else "",
        leads_to=fill_address(
            found.definition.share_url, {"member": found.member, "company": found.company}
        ),
        mine=mine,
        address=page_url(found),
        image=home + image,
        width=WIDTH,
        height=HEIGHT,
        style=Markup(style_of(found.definition.looks)),  # noqa: S704 - checked values, our own CSS
        stylesheets=(asset_url("landing/landing.css"), asset_url("share/share.css")),
    )


def _policy(found: SharedPage) -> str:
    source = style_source(found.definition.looks)
    return (
        f"default-src 'none'; style-src 'self' {source}; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def _found(share_id: str) -> SharedPage:
    """The page of an address, open or not. Raises UnknownShare; aborts for who asks too often."""
    if not rate_limits().allow_view(request.remote_addr):
        abort(429)
    survey_id, public_id = share_id[:_SURVEY_ID_LENGTH], share_id[_SURVEY_ID_LENGTH:]
    found = None
    if len(public_id) == _SURVEY_ID_LENGTH and public_id.isalnum():
        try:
            survey = find_survey(survey_id)
        except UnknownSurvey:
            raise UnknownShare("There is no page at this address.") from None
        found = shared_page(db.session(), survey.workspace_id, public_id=public_id)
    if found is None or found.survey != survey_id:
        raise UnknownShare("There is no page at this address.")
    return found


def _owned(token: str) -> SharedPage | None:
    """The page that a secret link is about; None for a link that is none."""
    try:
        link = share_links().read(token)
    except LinkForged:
        return None
    return shared_page(db.session(), link.workspace_id, share_id=link.request_id)


def _gone(found: SharedPage | None) -> Response:
    response = message_page(
        "This page is gone",
        "Its customer has taken it back, or what they said has changed.",
        410 if found else 404,
        language=found.language if found else "",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(UnknownShare)
def _unknown(_error: Exception) -> Response:
    return _gone(None)
