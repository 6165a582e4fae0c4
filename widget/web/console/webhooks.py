"""Webhooks: where programs are told, their secrets, and what became of what was sent."""

from collections.abc import Sequence

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import change_webhooks
from widget.domain.chat_addresses import masked
from widget.domain.errors import InvalidWebhook
from widget.domain.retries import MOST_ATTEMPTS
from widget.domain.webhooks import MOST_WEBHOOKS, message_id
from widget.extensions import db
from widget.storage.webhooks import (
    Attempted,
    last_attempt_of_each,
    last_attempts,
    signing_secrets,
    webhook_of,
    webhooks_of,
)
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

# As many as anybody looks through to find out what is wrong.
SHOWN = 20
# Where the browser's session says, for one page, whose secret is to be shown.
_NEW_SECRET = "new_webhook_secret"  # noqa: S105 - the name of a key


@blueprint.route("/webhooks", methods=["GET", "POST"])
@needs("manage_workspace")
def webhooks() -> Response:
    """The list, and a form for one more."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            id = change_webhooks.add_webhook(
                db.session(),
                seat().workspace_id,
                " ".join(request.form.get("name", "").split()),
                request.form.get("address", "").strip(),
                by=seat().user_id,
                at=now(),
            )
        except InvalidWebhook as error:
            problems = error.problems
        else:
            browser_session[_NEW_SECRET] = id
            return redirect(url_for("console.webhook", webhook_id=id), 303)
    workspace_id = seat().workspace_id
    found = webhooks_of(db.session(), workspace_id)
    last = last_attempt_of_each(db.session(), workspace_id, [one.id for one in found])
    page = render_template(
        "console/webhooks/list.html",
        webhooks=[(one, masked(one.address), last.get(one.id)) for one in found],
        is_full=len(found) >= MOST_WEBHOOKS,
        typed=request.form,
        problems=problems,
    )
    return make_response(page, 422 if problems else 200)


@blueprint.get("/webhooks/<int(max=2147483647):webhook_id>")
@needs("manage_workspace")
def webhook(webhook_id: int) -> str:
    """One webhook with its last messages; a new secret is on the page after, and nowhere else."""
    found = webhook_of(db.session(), seat().workspace_id, webhook_id)
    is_new = browser_session.get(_NEW_SECRET) == webhook_id
    if is_new:
        browser_session.pop(_NEW_SECRET)
    secrets = signing_secrets(db.session(), seat().workspace_id, webhook_id, now())
    return render_template(
        "console/webhooks/one.html",
        webhook=found,
        address=masked(found.address),
        secret=secrets[0] if is_new else "",
        both_sign=len(secrets) > 1,
        attempts=_attempts(webhook_id, SHOWN),
        message_id=message_id,
        most_attempts=MOST_ATTEMPTS,
    )


@blueprint.get("/webhooks/<int(max=2147483647):webhook_id>/attempts")
@needs("manage_workspace")
def webhook_attempts(webhook_id: int) -> str:
    """The last messages to a webhook: a piece of its page."""
    found = webhook_of(db.session(), seat().workspace_id, webhook_id)
    return render_template(
        "console/webhooks/_attempts.html",
        webhook=found,
        attempts=_attempts(webhook_id, SHOWN),
        message_id=message_id,
        most_attempts=MOST_ATTEMPTS,
    )


@blueprint.post(
    "/webhooks/<int(max=2147483647):webhook_id>/<any(test, secret, on, off, remove):verb>"
)
@needs("manage_workspace")
def webhook_act(webhook_id: int, verb: str) -> Response:
    """Try a webhook, change its secret, switch it, or forget it."""
    session, workspace_id, by, at = db.session(), seat().workspace_id, seat().user_id, now()
    if verb == "remove":
        change_webhooks.remove_webhook(session, workspace_id, webhook_id, by=by, at=at)
        flash(_("Removed."))
        return redirect(url_for("console.webhooks"), 303)
    if verb == "test":
        home: str = current_app.config["SAYSO_PUBLIC_URL"]
        change_webhooks.try_webhook(session, workspace_id, webhook_id, home=home, at=at)
    elif verb == "secret":
        change_webhooks.change_secret(session, workspace_id, webhook_id, by=by, at=at)
        browser_session[_NEW_SECRET] = webhook_id
    elif verb == "on":
        change_webhooks.switch_on(session, workspace_id, webhook_id, by=by, at=at)
    else:
        why = _("Switched off by %(name)s.", name=seat().user_name)
        change_webhooks.switch_off(session, workspace_id, webhook_id, why, by=by, at=at)
    return redirect(url_for("console.webhook", webhook_id=webhook_id), 303)


def _attempts(webhook_id: int, limit: int) -> Sequence[Attempted]:
    return last_attempts(db.session(), seat().workspace_id, webhook_id, limit)
