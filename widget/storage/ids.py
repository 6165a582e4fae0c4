"""Identifiers: UUIDv7 for rows of streams, short random texts for public names."""

import secrets
from uuid import UUID

import uuid_utils.compat

# No vowels and nothing that looks like something else: ids are read out on the phone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"


def new_id() -> UUID:
    """A UUIDv7: unique, and roughly in the order of creation."""
    return uuid_utils.compat.uuid7()


def floor_id(milliseconds: int) -> UUID:
    """The lowest UUIDv7 of a moment, in milliseconds since 1970."""
    return UUID(int=max(milliseconds, 0) << 80)


def milliseconds_of(id: UUID) -> int:
    """When a UUIDv7 was made, in milliseconds since 1970."""
    return id.int >> 80


def id_before(id: UUID, seconds: float) -> UUID:
    """The lowest UUIDv7 of the moment so many seconds before another was made."""
    return floor_id(milliseconds_of(id) - round(seconds * 1000))


def new_public_id() -> str:
    """Twelve characters, about 57 bits: unguessable enough to be a public address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))
