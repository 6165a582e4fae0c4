"""`POST /api/v1/bounces/<provider>`: what mail services report of mails.

They cannot all send a header of ours, so the key may stand in the address or be the password of
basic authentication. An API key speaks for its own workspace. The operator's token and Mailgun's
signature, whose keys no workspace knows, speak for the whole server.
"""

import logging
from dataclasses import dataclass
from hmac import compare_digest
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
from widget.web.sns_confirmations import keep_confirmation

blueprint = Blueprint("bounces", __name__)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reporter:
    """Who posts: a workspace by its API key, or for None what the operator vouches for."""

    workspace_id: int | None


@blueprint.post("/api/v1/bounces/<provider>")
def receive(provider: str) -> Response:
    """Take what a service posts; unknown events are passed over."""
    reporter = _reporter(provider)
    if isinstance(reporter, Response):
        return reporter
    if provider not in get_args(Provider):
        abort(404, f"Known are {', '.join(get_args(Provider))}.")
    body = _body()
    if body is None:
        return problem_json(400, "The body is not JSON.")
    if provider == "mailgun" and _signing_key() and not _is_signed():
        return problem_json(403, "The signature is not Mailgun’s.")
    return _take(cast(Provider, provider), body, reporter)


def _reporter(provider: str) -> Reporter | Response:
    """Who posts, or the answer to somebody who may not."""
    key = _key()
    token = current_app.config["SAYSO_BOUNCE_TOKEN"]
    if token and compare_digest(key.encode(), token.encode()):
        return Reporter(None)
    if provider == "mailgun" and _signing_key() and _is_signed():
        return Reporter(None)
    live = live_key(db.session(), key)
    if live is None:
        response = problem_json(
            401, "Send the operator’s token or a live API key as ?key=KEY or as a basic password."
        )
        response.headers["WWW-Authenticate"] = 'Basic realm="Sayso"'
        return response
    if live.is_test:
        return problem_json(403, "A test key reports no bounces; use a live API key.")
    if "write" not in live.abilities:
        return problem_json(403, "This API key may not write; make one that may.")
    workspace_id = live.workspace_id
    if not rate_limits().allow_api_call(workspace_id):
        response = problem_json(429, "Too many requests in a minute; please slow down.")
        response.headers["Retry-After"] = "60"
        return response
    return Reporter(workspace_id)


def _body() -> Any:
    try:
        # SNS says its JSON is text/plain.
        return request.get_json(force=True, silent=True)
    except RecursionError:
        return None


def _signing_key() -> str:
    key: str = current_app.config["SAYSO_MAILGUN_SIGNING_KEY"]
    return key


def _is_signed() -> bool:
    return mailgun_signature_is_good(_signing_key(), _body(), now())


def _key() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if request.authorization and request.authorization.password:
        return request.authorization.password
    return request.args.get("key", "")


def _take(provider: Provider, body: Any, reporter: Reporter) -> Response:
    posted = read_webhook(provider, body)
    if posted.confirm_url:
        # It came from outside, so it is for a person to open, never for us.
        _log.warning("To let Amazon SNS send bounces here, open %s", posted.confirm_url)
        keep_confirmation(
            current_app.config["SAYSO_DATA"], reporter.workspace_id, posted.confirm_url
        )
    taken = sum(
        receive_bounce(
            db.session(),
            report,
            workspace_id=reporter.workspace_id,
            key=current_app.config["SAYSO_ADDRESS_KEY"],
            reported_by=provider,
            at=now(),
        )
        for report in posted.reports
    )
    response = Response(f'{{"taken": {taken}}}\n', content_type="application/json")
    response.status_code = 200
    return response
