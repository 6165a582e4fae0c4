"""Webhooks by the Standard Webhooks specification 1.0.0: what is sent, and how it is signed.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from widget.domain.chat_addresses import NAME_LIMIT, chat_address_problem

# Of a workspace.
MOST_WEBHOOKS = 10
# For so long after a change of secrets the old one signs as well: receivers change over in peace.
BOTH_SIGN_FOR = timedelta(hours=24)

Event = Literal["response.matched", "webhook.test"]
EVENTS: tuple[Event, ...] = get_args(Event)
MATCHED, TRIAL = EVENTS

_PREFIX = "whsec_"
# The specification asks for 24 to 64.
_SECRET_BYTES = 32


@dataclass(frozen=True)
class Notice:
    """What a queued webhook is to tell: no words of a customer's, they are read when it leaves.

    `response_id` is in hexadecimal, "" for a test; `rules` are the names of rules that send it.
    """

    webhook_id: int
    response_id: str = ""
    rules: tuple[str, ...] = ()


def make_secret() -> str:
    """A new secret, such as `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def message_id(id: UUID) -> str:
    """What a message is called at each attempt: receivers tell by it what they have seen."""
    return f"msg_{id.hex}"


def signed_headers(
    keys: Sequence[str], message_id: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers that let a receiver check a message: one signature for each secret.

    HMAC-SHA256 over `id.timestamp.body`. `message_id` is the same at each attempt, `at` is now.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def matched_body(
    response: Mapping[str, Any], rules: Sequence[str], url: str, at: datetime
) -> bytes:
    """What is sent when rules hold of a response. `response` is what the API tells of it, `url`
    where your team reads it, `at` when it was finished."""
    data = {"rules": list(rules), "url": url, "response": dict(response)}
    return _body(MATCHED, at, data)


def trial_body(workspace: str, at: datetime) -> bytes:
    """What is sent when somebody tries a webhook."""
    return _body(TRIAL, at, {"workspace": workspace})


def _body(kind: Event, at: datetime, data: Mapping[str, Any]) -> bytes:
    told = {"type": kind, "timestamp": at.isoformat(), "data": data}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_plain)
    # A lone surrogate cannot be written as UTF-8.
    return text.encode("utf-8", "replace")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"No way to write {type(value).__name__} as JSON.")


def webhook_problems(name: str, address: str) -> dict[str, str]:
    """What cannot be of a webhook, by field."""
    problems = {}
    if not name or len(name) > NAME_LIMIT:
        problems["name"] = f"Give it a name of at most {NAME_LIMIT} characters."
    if not address:
        problems["address"] = "Say where it is to be sent."
    elif wrong := chat_address_problem(address):
        problems["address"] = wrong
    return problems
