"""The signed links of a request: stateless, never used up, good until the request expires."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from itsdangerous import BadSignature, Signer

from widget.domain.errors import LinkForged

# What a link is for is part of its signature: one cannot be used as another.
Purpose = Literal["answer", "unsubscribe", "bounce", "share", "subscription"]


@dataclass(frozen=True)
class RequestLink:
    """The request that a link belongs to; of a subscription's link, the mail that it stood in."""

    workspace_id: int
    request_id: UUID


class LinkSigner:
    """Signs and reads links with a list of keys: the first signs, every one is accepted."""

    def __init__(self, keys: Sequence[str], purpose: Purpose) -> None:
        # itsdangerous signs with the last key of the list.
        self._signer = Signer(
            list(reversed(keys)), salt=f"sayso.link.{purpose}", digest_method=sha256
        )

    def sign(self, link: RequestLink) -> str:
        """The token of a link: about 75 URL-safe characters."""
        payload = link.request_id.bytes + link.workspace_id.to_bytes(4, "big").lstrip(b"\0")
        return self._signer.sign(urlsafe_b64encode(payload).rstrip(b"=")).decode()

    def read(self, token: str) -> RequestLink:
        """The request of a token. Raises LinkForged for anything this server did not sign."""
        try:
            text = self._signer.unsign(token.encode())
        except (BadSignature, UnicodeEncodeError) as error:
            raise LinkForged(
                "This link was not made by this server, or is not complete."
            ) from error
        payload = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        return RequestLink(int.from_bytes(payload[16:], "big"), UUID(bytes=payload[:16]))


def unsigned_response_id(
    key: str, survey: str, ref: str, member: str, email: str, *, is_test: bool = False
) -> UUID | None:
    """The response that an unsigned link's clicks are about; None when nothing tells them apart.

    Two clicks in one mail name the same survey, reference, member and customer, and so are one
    response. The key keeps others from working out the id; another key makes another id. A test is
    a response of its own: it must not make the customer's answer one.
    """
    if not ref and not email:
        return None
    # The unit separator cannot be in any of them: control characters were taken out.
    said = "\x1f".join((survey, ref, member.lower(), email.lower()))
    purpose = b"sayso.unsigned.test" if is_test else b"sayso.unsigned"
    secret = sha256(purpose + key.encode()).digest()
    return UUID(bytes=hmac.digest(secret, said.encode(), "sha256")[:16], version=5)
