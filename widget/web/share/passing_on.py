"""Links that were pressed: counted, and led on. Only what this server signed leads anywhere."""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from widget.actions.count_shares import count_shares
from widget.domain.errors import InstanceRefused, LinkForged
from widget.domain.share_links import Press
from widget.domain.share_targets import mastodon_target, read_instance
from widget.extensions import db
from widget.storage.accounts import time_zone_of
from widget.storage.share_counts import Uses
from widget.web.clock import now
from widget.web.evidence import act_of_opening
from widget.web.face.sharing import presses
from widget.web.frame.answering import comes_from_us
from widget.web.frame.routes import own_origins
from widget.web.rate_limits import rate_limits
from widget.web.share.blueprint import blueprint
from widget.web.share.messages import language_of, message_page, say


@blueprint.get("/t/go/<token>")
def go(token: str) -> BaseResponse:
    """Where a link leads without a script: counted on the way. Answers nothing, stores nothing."""
    press = _press(token)
    if press is None or press.channel == "mastodon":
        return _unknown()
    if act_of_opening() == "GET":
        _count(press, Uses(used=1))
    return redirect(press.url)


@blueprint.post("/t/go/<token>")
def pressed(token: str) -> Response:
    """A page's script says that a link was pressed, or that the device's own menu is there."""
    press = _press(token)
    if press is None:
        return Response(status=404)
    if not comes_from_us(request.headers.get("Origin"), request.host, own_origins()):
        return Response(status=403)
    is_offer = press.channel == "native" and request.form.get("act") == "offered"
    _count(press, Uses(offered=1) if is_offer else Uses(used=1))
    return Response(status=204)


@blueprint.post("/t/mastodon")
def mastodon() -> Response:
    """The page of a Mastodon server that posts the text. Browsers follow its `Refresh`: a form may
    lead to no other host by itself where our policy holds, and it holds everywhere."""
    press = _press(request.form.get("press", ""))
    if press is None or press.channel != "mastodon":
        return _unknown()
    if not comes_from_us(request.headers.get("Origin"), request.host, own_origins()):
        return _unknown()
    asked = request.form.get("instance", "")[:300]
    try:
        host = read_instance(asked)
    except InstanceRefused as error:
        values = {"instance": asked, "problem": say(str(error))}
        return _mastodon_page(422, press=request.form["press"], **values)
    _count(press, Uses(used=1))
    target = mastodon_target(host, press.url)
    response = _mastodon_page(200, target=target, host=host)
    response.headers["Refresh"] = f"0; url={target}"
    return response


def _press(token: str) -> Press | None:
    try:
        return presses().read(token)
    except LinkForged:
        return None


def _count(press: Press, uses: Uses) -> None:
    """Count a press, unless too many come from one network; those lead on all the same."""
    if press.is_test or not rate_limits().allow_press(request.remote_addr):
        return
    time_zone = time_zone_of(db.session(), press.workspace_id)
    db.session.rollback()
    count_shares(
        db.engine,
        press.workspace_id,
        press.survey_id,
        press.member_id,
        {press.channel: uses},
        time_zone=time_zone,
        at=now(),
    )


def _unknown() -> Response:
    title = "This link is not complete"
    return message_page(title, "Nothing was shared. Please go back and try again.", 404)


def _mastodon_page(status: int, **values: str) -> Response:
    html = render_template("share/mastodon.html", say=say, **language_of(), **values)
    return make_response(html, status)
