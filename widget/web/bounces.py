"""`POST /api/v1/bounces/<provider>`: what mail services report of mails."""

import logging
from typing import Any, cast, get_args

from flask import Blueprint, Response, abort, current_app, request

from widget.actions.receive_bounce import receive_bounce
from widget.domain.bounce_webhooks import Provider, read_webhook
from widget.extensions import db
from widget.web.clock import now
from widget.web.mail_hooks import Reporter, is_signed, reporter, wants_signature
from widget.web.problem_json import problem_json
from widget.web.sns_confirmations import keep_confirmation

blueprint = Blueprint("bounces", __name__)
_log = logging.getLogger(__name__)


@blueprint.post("/api/v1/bounces/<provider>")
def receive(provider: str) -> Response:
    """Take what a service posts; unknown events are passed over."""
    signed = wants_signature(provider) and is_signed(_body())
    found = reporter(is_signed=signed)
    if isinstance(found, Response):
        return found
    if provider not in get_args(Provider):
        abort(404, f"Known are {', '.join(get_args(Provider))}.")
    body = _body()
    if body is None:
        return problem_json(400, "The body is not JSON.")
    if wants_signature(provider) and not signed:
        return problem_json(403, "The signature is not Mailgun’s.")
    return _take(cast(Provider, provider), body, found)


def _body() -> Any:
    try:
        # SNS says its JSON is text/plain.
        return request.get_json(force=True, silent=True)
    except RecursionError:
        return None


def _take(provider: Provider, body: Any, by: Reporter) -> Response:
    posted = read_webhook(provider, body)
    if posted.confirm_url:
        # It came from outside, so it is for a person to open, never for us.
        _log.warning("To let Amazon SNS send bounces here, open %s", posted.confirm_url)
        keep_confirmation(current_app.config["SAYSO_DATA"], by.workspace_id, posted.confirm_url)
    taken = sum(
        receive_bounce(
            db.session(),
            report,
            workspace_id=by.workspace_id,
            key=current_app.config["SAYSO_ADDRESS_KEY"],
            reported_by=provider,
            at=now(),
        )
        for report in posted.reports
    )
    response = Response(f'{{"taken": {taken}}}\n', content_type="application/json")
    response.status_code = 200
    return response
