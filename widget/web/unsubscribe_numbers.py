"""`/u/numbers/<token>`: the end of a subscription. A GET shows, a POST does.

Mail programs post by themselves (RFC 8058), so that the signed link is all that is needed.
"""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from widget.actions.subscribe import unsubscribe_by_link
from widget.domain.errors import LinkForged
from widget.domain.links import LinkSigner, RequestLink
from widget.extensions import db
from widget.storage.subscription_mails import PlannedMail, planned_mail
from widget.web.assets import asset_url
from widget.web.clock import now

blueprint = Blueprint("unsubscribe_numbers", __name__)


@blueprint.get("/u/numbers/<token>")
def show(token: str) -> Response:
    """Says what the button does, and changes nothing: programs open links too."""
    link = _link(token)
    if link is None:
        return _page("unknown", None, 404)
    mail = planned_mail(db.session(), link.workspace_id, link.request_id)
    return _page("gone" if mail is None else "done" if mail.is_stopped else "ask", mail)


@blueprint.post("/u/numbers/<token>")
def change(token: str) -> Response:
    """Unsubscribe, whatever the body says, unless it is our page's `undo`."""
    link = _link(token)
    if link is None:
        return _page("unknown", None, 404)
    wants_again = request.form.get("undo") == "1"
    unsubscribe_by_link(db.session(), link, unsubscribed=not wants_again, at=now())
    mail = planned_mail(db.session(), link.workspace_id, link.request_id)
    return _page("gone" if mail is None else "done" if mail.is_stopped else "undone", mail)


def _link(token: str) -> RequestLink | None:
    signer: LinkSigner = current_app.extensions["sayso_subscription_links"]
    try:
        return signer.read(token)
    except LinkForged:
        return None


def _page(state: str, mail: PlannedMail | None, status: int = 200) -> Response:
    html = render_template(
        "landing/unsubscribe_numbers.html",
        state=state,
        name=mail.name if mail else "",
        may_undo=mail is not None and mail.stopped_why == "unsubscribed",
        style=asset_url("landing/unsubscribe.css"),
    )
    return make_response(html, status)
