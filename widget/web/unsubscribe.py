"""`/u/<token>`: a GET shows, a POST does. Mail programs post by themselves (RFC 8058)."""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from widget.actions.unsubscribe import Subscriber, set_unsubscribed, subscriber_of
from widget.domain.errors import LinkForged
from widget.domain.links import LinkSigner, RequestLink
from widget.extensions import db
from widget.translations import LANGUAGES, direction, match_language, translate
from widget.web.assets import asset_url
from widget.web.clock import now

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/u/<token>")
def show(token: str) -> Response:
    """Says what the button does, and changes nothing: programs open links too."""
    link, subscriber = _found(token)
    if link is None or subscriber is None:
        return _not_ours()
    return _page(subscriber, "done" if subscriber.is_unsubscribed else "ask")


@blueprint.post("/u/<token>")
def change(token: str) -> Response:
    """Unsubscribe, whatever the body says, unless it is our page's `undo`.

    A mail program posts `List-Unsubscribe=One-Click` and shows nobody the answer.
    """
    link, subscriber = _found(token)
    if link is None or subscriber is None:
        return _not_ours()
    wants_again = request.form.get("undo") == "1"
    key = current_app.config["SAYSO_ADDRESS_KEY"]
    set_unsubscribed(db.session(), link, unsubscribed=not wants_again, key=key, at=now())
    return _page(subscriber, "undone" if wants_again else "done")


def _found(token: str) -> tuple[RequestLink | None, Subscriber | None]:
    signer: LinkSigner = current_app.extensions["sayso_unsubscribe_links"]
    try:
        link = signer.read(token)
    except LinkForged:
        return None, None
    key = current_app.config["SAYSO_ADDRESS_KEY"]
    return link, subscriber_of(db.session(), link, key)


def _language(wanted: str) -> str:
    tags = [wanted, *request.accept_languages.values()]
    return match_language([tag for tag in tags if tag], list(LANGUAGES)) or "en"


def _page(subscriber: Subscriber, state: str) -> Response:
    return _rendered(
        _language(subscriber.language),
        state,
        200,
        company=subscriber.company,
        address=_veiled(subscriber.address),
    )


def _not_ours() -> Response:
    return _rendered(_language(""), "unknown", 404, company="", address="")


def _rendered(language: str, state: str, status: int, **values: str) -> Response:
    html = render_template(
        "landing/unsubscribe.html",
        state=state,
        language=language,
        direction=direction(language),
        say=lambda text, **found: translate(text, language).format(**found),
        style=asset_url("landing/unsubscribe.css"),
        **values,
    )
    return make_response(html, status)


def _veiled(address: str) -> str:
    """An address that its owner recognises and whoever else has the mail does not learn."""
    local, at, domain = address.rpartition("@")
    return f"{local[:2]}…{at}{domain}" if at else "…"
