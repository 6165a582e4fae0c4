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


def address_digests(session: Session, email: str) -> Sequence[str]:
    """The digests of a lower-case address; none while no key has been set up, as then nothing can
    have been suppressed either."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    digest = _digests.get(engine)
    return digest(email) if digest else ()
