"""From the thanks: a customer makes the page that they share, by a button and no sooner."""

from dataclasses import replace

from flask import Response, request

from widget.actions.count_shares import count_shares
from widget.actions.share_response import is_theirs, share_response
from widget.domain.errors import CannotShare, TokenForged, TokenMissing, UnknownSurvey
from widget.domain.share_offers import Offer, offer_after
from widget.domain.sharing import PAGE
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.share_counts import Uses
from widget.storage.shares import MadeShare, SharedPage, response_said, shared_page
from widget.storage.surveys import PublishedSurvey
from widget.web import htmx
from widget.web.clock import now
from widget.web.evidence import requesting_client
from widget.web.face import sharing
from widget.web.frame.answering import comes_from_us
from widget.web.frame.opening import key_of
from widget.web.frame.problems import too_many
from widget.web.frame.routes import own_origins, thanks_with
from widget.web.frame.visits import signer
from widget.web.published import find_definition, find_survey
from widget.web.rate_limits import rate_limits
from widget.web.share.blueprint import blueprint

_EXPIRED = "This page was open for a long time. Nothing is lost: please press the button once more."


@blueprint.post("/w/<public_id>/share")
def make(public_id: str) -> Response:
    """Make the page of this visit's response, and show the ways to pass it on."""
    survey = find_survey(public_id)
    visit = _posted_visit(public_id)
    definition = find_definition(survey, visit.version_id)
    if not rate_limits().allow_answer(public_id, visit.response_id.hex, request.remote_addr):
        response = too_many()
        response.headers["Retry-After"] = "60"
        return response
    if not _is_theirs(survey, visit):
        return _refused(survey, definition, visit, None, 409)
    said = response_said(db.session(), survey.workspace_id, visit.response_id)
    score = said.score if said else None
    offer = _offer(survey, definition, score)
    if not comes_from_us(request.headers.get("Origin"), request.host, own_origins()):
        return _refused(survey, definition, visit, score, 403)
    if visit.is_expired(now()):
        return _ask_again(survey, definition, visit, score, offer)
    if not offer.makes_page:
        return _refused(survey, definition, visit, score, 409)
    try:
        made = share_response(db.session(), survey.workspace_id, visit.response_id, at=now())
    except CannotShare:
        return _refused(survey, definition, visit, score, 409)
    page = shared_page(db.session(), survey.workspace_id, share_id=made.id)
    assert page is not None
    _count(survey, page, made)
    face = key_of(survey, definition, visit).face()
    whole = not htmx.wants_partial()
    html = sharing.part_html(
        face,
        survey,
        offer,
        "ways",
        whole=whole,
        member_id=page.member_id,
        test=page.is_test,
        page=page,
        first=made.is_new,
    )
    return thanks_with(survey, definition, visit, score, html)


def _posted_visit(public_id: str) -> Visit:
    """The visit of the form's token. Raises UnknownSurvey for one that is not good here."""
    try:
        visit = signer().read(request.form.get("token", ""))
    except (TokenMissing, TokenForged):
        raise UnknownSurvey("The form came without its token.") from None
    if visit.survey != public_id:
        raise UnknownSurvey("The form's token is another survey's.")
    return visit


def _is_theirs(survey: PublishedSurvey, visit: Visit) -> bool:
    """Whether the answer is the visitor's: an unsigned link may have been guessed."""
    return visit.source != "unsigned" or is_theirs(
        db.session(),
        survey.workspace_id,
        visit.response_id,
        requesting_client(visit.response_id),
        opened_at=visit.issued_at,
    )


def _offer(survey: PublishedSurvey, definition: Definition, score: int | None) -> Offer:
    if score is None:
        return Offer(makes_page=False, reviews=survey.sharing.offered_reviews)
    return offer_after(definition, survey.sharing, score)


def _count(survey: PublishedSurvey, page: SharedPage, made: MadeShare) -> None:
    """The page as used, and its ways as offered, the first time. The device's own menu is offered
    only where there is one, which a script finds out."""
    if page.is_test or not made.is_new:
        return
    ways = [channel for channel in page.definition.share_channels if channel != "native"]
    db.session.rollback()
    count_shares(
        db.engine,
        page.workspace_id,
        page.survey_id,
        page.member_id,
        {PAGE: Uses(used=1), **dict.fromkeys(ways, Uses(offered=1))},
        time_zone=survey.time_zone,
        at=now(),
    )


def _refused(
    survey: PublishedSurvey,
    definition: Definition,
    visit: Visit,
    score: int | None,
    status: int,
) -> Response:
    face = key_of(survey, definition, visit).face()
    html = sharing.part_html(
        face,
        survey,
        _offer(survey, definition, score),
        "refused",
        whole=not htmx.wants_partial(),
        member_id=visit.member_id,
        problem=face.speech.say("This answer cannot be shared."),
    )
    return thanks_with(survey, definition, visit, score, html, status)


def _ask_again(
    survey: PublishedSurvey, definition: Definition, visit: Visit, score: int | None, offer: Offer
) -> Response:
    """The same button with a fresh token. Its sentence says to press it once more."""
    face = key_of(survey, definition, visit).face()
    html = sharing.part_html(
        face,
        survey,
        offer,
        "offer",
        whole=not htmx.wants_partial(),
        member_id=visit.member_id,
        token=signer().sign(replace(visit, issued_at=now())),
        problem=face.speech.say(_EXPIRED),
    )
    return thanks_with(survey, definition, visit, score, html, 409)
