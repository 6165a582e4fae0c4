"""Questions to the database that are given up when they take too long."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

# So many of SQLite's steps lie between two looks at the clock: well below a millisecond.
_STEPS = 10_000


class TookTooLong(Exception):
    """The database was at it for longer than it was given."""


@contextmanager
def within(session: Session, seconds: float) -> Iterator[None]:
    """What is asked in this block takes at most about so long. Raises TookTooLong otherwise; the
    session is rolled back then, so have nothing in it that is to be kept."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
        try:
            yield
        except OperationalError as error:
            session.rollback()
            if getattr(error.orig, "sqlstate", "") != "57014":
                raise
            raise TookTooLong from error
        connection.execute(text("SET LOCAL statement_timeout = DEFAULT"))
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    until = monotonic() + seconds
    driver.set_progress_handler(lambda: int(monotonic() > until), _STEPS)
    try:
        yield
    except OperationalError as error:
        session.rollback()
        if str(error.orig) != "interrupted":
            raise
        raise TookTooLong from error
    finally:
        driver.set_progress_handler(None, 0)
