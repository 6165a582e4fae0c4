"""`POST /api/v1/bounces/<provider>`: what mail services report of mails.

They cannot all send a header of ours, so the key may stand in the address or be the password of
basic authentication.
"""

import logging
from typing import Any, cast, get_args

from flask import Blueprint, Response, abort, current_app, request

from widget.actions.receive_bounce import receive_bounce
from widget.domain.bounce_webhooks import (
    Provider,
    mailgun_signature_is_good,
    read_webhook,
)
from widget.extensions import db
from widget.storage.accounts import live_key
from widget.web.clock import now
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("bounces", __name__)
_log = logging.getLogger(__name__)


@blueprint.post("/api/v1/bounces/<provider>")
def receive(provider: str) -> Response:
    """Take what a service posts; unknown events are passed over."""
    key = live_key(db.session(), _key())
    if key is None:
        response = problem_json(401, "Send a live API key as ?key=KEY or as a basic password.")
        response.headers["WWW-Authenticate"] = 'Basic realm="Sayso"'
        return response
    if "write" not in key.abilities:
        return problem_json(403, "This API key may not write; make one that may.")
    workspace_id = key.workspace_id
    if provider not in get_args(Provider):
        abort(404, f"Known are {', '.join(get_args(Provider))}.")
    if not rate_limits().allow_api_call(workspace_id):
        response = problem_json(429, "Too many requests in a minute; please slow down.")
        response.headers["Retry-After"] = "60"
        return response
    # SNS says its JSON is text/plain.
    body: Any = request.get_json(force=True, silent=True)
    if body is None:
        return problem_json(400, "The body is not JSON.")
    secret = current_app.config["SAYSO_MAILGUN_SIGNING_KEY"]
    if provider == "mailgun" and secret and not mailgun_signature_is_good(secret, body):
        return problem_json(403, "The signature is not Mailgun’s.")
    return _take(cast(Provider, provider), body, workspace_id)


def _key() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if request.authorization and request.authorization.password:
        return request.authorization.password
    return request.args.get("key", "")


def _take(provider: Provider, body: Any, workspace_id: int) -> Response:
    posted = read_webhook(provider, body)
    if posted.confirm_url:
        # It came from outside, so it is for a person to open, never for us.
        _log.warning("To let Amazon SNS send bounces here, open %s", posted.confirm_url)
        _remember_confirmation(posted.confirm_url)
    taken = sum(
        receive_bounce(
            db.session(),
            report,
            workspace_id=workspace_id,
            key=current_app.config["SAYSO_ADDRESS_KEY"],
            reported_by=provider,
            at=now(),
        )
        for report in posted.reports
    )
    response = Response(f'{{"taken": {taken}}}\n', content_type="application/json")
    response.status_code = 200
    return response


def _remember_confirmation(url: str) -> None:
    file = current_app.config["SAYSO_DATA"] / "sns-confirmation.txt"
    file.write_text(url[:2000] + "\n")
