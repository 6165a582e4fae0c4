"""The signed, stateless token that carries a visit from one step to the next.

No cookie works in a third-party frame, so everything a later step needs travels in the form:
which version the customer saw, which response this visit writes, and the page's context. The
response's id is made when the page is, so sending twice writes the same response twice.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, Signer

from widget.domain.context import Context
from widget.domain.errors import TokenForged, TokenMissing

LIFETIME = timedelta(hours=24)
# `json.dumps` would make one of these for every token.
_as_json = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Visit:
    """One opening of a widget. `issued_at` is UTC, to the second.

    `source` is `widget`, `link`, `email` (a link of a request) or `unsigned` (a link in a mail that
    a help desk made). The member is frozen here: whoever is named when the page opens is whom the
    answer is about.
    """

    survey: str
    version_id: int
    response_id: UUID
    language: str
    issued_at: datetime
    context: Context
    member_id: int | None = None
    member_name: str = ""
    source: str = "widget"
    is_test: bool = False

    @property
    def is_mailed(self) -> bool:
        """Whether a link in a mail led here."""
        return self.source in ("email", "unsigned")

    def is_expired(self, now: datetime) -> bool:
        """Whether the page has been open for longer than a day."""
        return now - self.issued_at > LIFETIME


class VisitSigner:
    """Signs and reads visits with a list of keys: the first signs, every one is accepted."""

    def __init__(self, keys: Sequence[str]) -> None:
        # itsdangerous signs with the last key of the list.
        self._signer = Signer(list(reversed(keys)), salt="sayso.visit", digest_method=sha256)

    def sign(self, visit: Visit) -> str:
        """The token of a visit: URL-safe text."""
        payload: list[Any] = [
            visit.survey,
            visit.version_id,
            visit.response_id.hex,
            visit.language,
            int(visit.issued_at.timestamp()),
            int(visit.is_test),
            visit.member_id,
            visit.member_name,
            visit.source,
            visit.context.to_json(),
        ]
        text = _as_json(payload).encode()
        return self._signer.sign(urlsafe_b64encode(text)).decode()

    def read(self, token: str) -> Visit:
        """The visit in a token, expired or not. Raises TokenMissing or TokenForged."""
        if not token:
            raise TokenMissing("The form carried no token.")
        try:
            return _visit_in(self._signer.unsign(token.encode()))
        except (BadSignature, ValueError, TypeError) as error:
            raise TokenForged("The form's token was not signed by this server.") from error


def unverified(token: str) -> Visit | None:
    """What a token says that no key of ours signed; None when it says nothing.

    Good for what the page's address could have said as well, and for nothing else: the context.
    """
    try:
        visit = _visit_in(token.rpartition(".")[0].encode())
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    # A context takes whatever stands in it, as long as we signed it.
    return visit if isinstance(visit.context.attributes, Mapping) else None


def _visit_in(payload: bytes) -> Visit:
    """The visit in a token's payload. Raises ValueError or TypeError when it holds none."""
    (
        survey,
        version_id,
        response_id,
        language,
        issued_at,
        is_test,
        member_id,
        member_name,
        source,
        context,
    ) = json.loads(urlsafe_b64decode(payload))
    return Visit(
        survey=survey,
        version_id=version_id,
        response_id=UUID(hex=response_id),
        language=language,
        issued_at=datetime.fromtimestamp(issued_at, UTC),
        member_id=member_id,
        member_name=member_name,
        source=source,
        is_test=bool(is_test),
        context=Context.from_json(context),
    )
