"""Overwriting what erased customers left in the database's file, some time after."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.storage.purging import oldest_waiting, purge, since_last_purge, size_of

# Erasures that come one after the other share a purge.
_WAIT = timedelta(minutes=5)
# A large database is copied while its writers wait, so once a day at most.
_LARGE = 200 * 1024**2
_WAIT_OF_LARGE = timedelta(days=1)


def purge_erased(engine: Engine, now: datetime) -> int:
    """Purge the database if anybody was erased and enough time has passed; returns 0, as there is
    nothing left to do at once."""
    with Session(engine) as session:
        waiting = oldest_waiting(session)
        if waiting is None or now - waiting < _WAIT:
            return 0
        since = since_last_purge(session, now)
    if size_of(engine) > _LARGE and since is not None and since < _WAIT_OF_LARGE:
        return 0
    purge(engine, now)
    return 0
