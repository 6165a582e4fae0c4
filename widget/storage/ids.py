"""Identifiers: UUIDv7 for rows of streams, short random texts for public names."""

import secrets
from uuid import UUID

import uuid_utils.compat

# No vowels and nothing that looks like something else: ids are read out on the phone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"


def new_id() -> UUID:
    """A UUIDv7: unique, and roughly in the order of creation."""
    return uuid_utils.compat.uuid7()


def id_before(id: UUID, seconds: float) -> UUID:
    """The smallest UUIDv7 of the moment so many seconds before another was made."""
    moment = max((id.int >> 80) - round(seconds * 1000), 0)
    return UUID(int=moment << 80)


def new_public_id() -> str:
    """Twelve characters, about 57 bits: unguessable enough to be a public address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))
