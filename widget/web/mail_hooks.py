"""Who posts to the addresses that mail services call, and where mails come in.

They cannot all send a header of ours, so the key may stand in the address or be the password of
basic authentication. An API key speaks for its own workspace. The operator's token and Mailgun's
signature, whose keys no workspace knows, speak for the whole server.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from flask import Response, current_app, request

from widget.actions.receive_mail import Mailbox
from widget.domain.bounce_webhooks import mailgun_signature_is_good
from widget.extensions import db
from widget.settings import Settings
from widget.storage.accounts import live_key
from widget.web.clock import now
from widget.web.problem_json import problem_json
from widget.web.rate_limits import rate_limits


@dataclass(frozen=True)
class Reporter:
    """Who posts: a workspace by its API key, or for None what the operator vouches for."""

    workspace_id: int | None


def mailbox_of(settings: Settings) -> Mailbox:
    """Where mails come in."""
    return Mailbox(
        keys=settings.secret_keys,
        inbound=settings.inbound_address,
        bounces=settings.bounce_address or settings.mail_from,
        address_key=settings.address_key,
        home=settings.public_url,
    )


def reporter(*, is_signed: bool = False) -> Reporter | Response:
    """Who posts, or the answer to somebody who may not. `is_signed`: a service that the operator
    vouches for has signed the post."""
    key = _key()
    token = current_app.config["SAYSO_BOUNCE_TOKEN"]
    if is_signed or (token and compare_digest(key.encode(), token.encode())):
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
        return too_many()
    return Reporter(workspace_id)


def too_many() -> Response:
    """The answer to somebody who posts too often."""
    response = problem_json(429, "Too many requests in a minute; please slow down.")
    response.headers["Retry-After"] = "60"
    return response


def wants_signature(provider: str) -> bool:
    """Whether a service's posts are believed only when it signed them."""
    return provider == "mailgun" and bool(_signing_key())


def is_signed(body: Any) -> bool:
    """Whether Mailgun signed a post, in the shape of its JSON."""
    return bool(_signing_key()) and mailgun_signature_is_good(_signing_key(), body, now())


def _signing_key() -> str:
    key: str = current_app.config["SAYSO_MAILGUN_SIGNING_KEY"]
    return key


def _key() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if request.authorization and request.authorization.password:
        return request.authorization.password
    return request.args.get("key", "")
