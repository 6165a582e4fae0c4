"""Addresses as they are kept, and the ones that mail comes back to.

A suppressed address is kept as a keyed digest: it can be recognised, and not read. Its key is not
one of the keys that sign links: those are rotated, and a list that no longer matches anybody
would let mail go to people who said no.
"""

import hmac
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from widget.domain.addresses import ascii_domain

# Local parts have at most 64 octets (RFC 5321 §4.5.3.1.1); the token takes up to 45, the + one.
LONGEST_SIGNED_NAME = 18
_MAC_BYTES = 8


def address_digest(key: str, address: str) -> str:
    """The keyed digest of an address, without regard to case, spaces around it, or which of its two
    forms an international domain is in: all of them are one mailbox."""
    local, at, domain = address.strip().lower().rpartition("@")
    with suppress(UnicodeError):
        # What has no such form stays as it is: it is known by what was said of it.
        domain = domain if domain.isascii() else ascii_domain(domain)
    return hmac.new(key.encode(), f"{local}{at}{domain}".encode(), sha256).hexdigest()


def wire_address(address: str) -> str | None:
    """An address as every mail server takes it, an international domain in its ASCII form.

    None when only servers with SMTPUTF8 would: for what stands before the @ there is no such form.
    """
    local, _at, domain = address.strip().rpartition("@")
    try:
        on_the_wire = domain if domain.isascii() else ascii_domain(domain)
    except UnicodeError:
        return None
    return f"{local}@{on_the_wire}" if local and local.isascii() else None


@dataclass(frozen=True)
class DeliveryName:
    """Which delivery a mail was."""

    workspace_id: int
    delivery_id: UUID


@dataclass(frozen=True)
class ThreadName:
    """Which follow-up a mail belongs to."""

    workspace_id: int
    follow_up_id: UUID


class _SignedAddress:
    """Addresses that name something of a workspace's: `bounce+TOKEN@mail.example`.

    The token is signed, so that nobody invents one. It is base32, for mail servers may change the
    case of a local part, and short, for a signed link would not fit into one.
    """

    _purpose: bytes

    def __init__(self, keys: Sequence[str], address: str) -> None:
        """`address` is like `bounce@mail.example`; the first key signs, every one is accepted."""
        self._keys = keys
        self._name, _at, self._domain = address.partition("@")

    def _sign(self, workspace_id: int, id: UUID) -> str:
        payload = _payload(workspace_id, id)
        token = b32encode(payload + self._mac(self._keys[0], payload)).decode().rstrip("=").lower()
        return f"{self._name}+{token}@{self._domain}"

    def _read(self, address: str) -> tuple[int, UUID] | None:
        local, _at, domain = address.strip().strip("<>").rpartition("@")
        name, _plus, token = local.partition("+")
        if domain.lower() != self._domain.lower() or name.lower() != self._name.lower():
            return None
        try:
            data = b32decode(token.upper() + "=" * (-len(token) % 8))
        except (NotBase32, ValueError):
            return None
        payload, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
        if not 16 < len(payload) <= 20:
            return None
        if not any(hmac.compare_digest(mac, self._mac(key, payload)) for key in self._keys):
            return None
        return int.from_bytes(payload[16:], "big"), UUID(bytes=payload[:16])

    def _mac(self, key: str, payload: bytes) -> bytes:
        return hmac.new(key.encode(), self._purpose + payload, sha256).digest()[:_MAC_BYTES]


class BounceAddress(_SignedAddress):
    """Envelope senders that name their delivery (VERP), so that nobody can have an address
    suppressed by inventing bounces."""

    _purpose = b"sayso.bounce."

    def of(self, delivery: DeliveryName) -> str:
        """The envelope sender of a delivery."""
        return self._sign(delivery.workspace_id, delivery.delivery_id)

    def read(self, address: str) -> DeliveryName | None:
        """The delivery that an address names; None when it names none of ours."""
        found = self._read(address)
        return DeliveryName(*found) if found else None


class ReplyAddress(_SignedAddress):
    """Addresses that customers answer to, so that nobody else writes into a thread."""

    _purpose = b"sayso.reply."

    def of(self, thread: ThreadName) -> str:
        """Where answers of a thread go."""
        return self._sign(thread.workspace_id, thread.follow_up_id)

    def read(self, address: str) -> ThreadName | None:
        """The thread that an address names; None when it names none of ours."""
        found = self._read(address)
        return ThreadName(*found) if found else None


def _payload(number: int, id: UUID) -> bytes:
    return id.bytes + number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")


def message_id(delivery: DeliveryName, domain: str) -> str:
    """The Message-ID of a delivery, the same each time it is sent."""
    return f"<sayso.{delivery.workspace_id}.{delivery.delivery_id.hex}@{domain}>"


def read_message_id(text: str) -> DeliveryName | None:
    """The delivery that a Message-ID names; None for another's."""
    head, number, rest = ([*text.strip().strip("<>").split(".", 2), "", ""])[:3]
    name = rest.partition("@")[0]
    if head != "sayso" or not number.isdecimal() or len(number) > 10:
        return None
    try:
        return DeliveryName(int(number), UUID(hex=name))
    except ValueError:
        return None
