"""Addresses as keyed digests, so that one can be recognised without being kept."""

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Digest = Callable[[str], Sequence[str]]

_digests: WeakKeyDictionary[Engine, Digest] = WeakKeyDictionary()


def digest_addresses_with(engine: Engine, digest: Digest) -> None:
    """Say how addresses of a database are digested: a function from a lower-case address to its
    digests, one for each key that is in use."""
    _digests[engine] = digest


def address_digests(session: Session) -> Digest:
    """How addresses of a session's database are digested. To nothing while no key has been set up:
    then nothing can have been suppressed either."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return _digests.get(engine, lambda _email: ())
