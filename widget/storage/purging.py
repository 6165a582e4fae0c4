"""Overwriting what was erased: a database's file goes on holding it where nothing is in use."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from widget.storage.engine import outside_transactions, writing
from widget.storage.ids import new_id
from widget.storage.models import Erasure

# The tables of PostgreSQL that hold words or names of customers.
_TABLES = (
    *("customers", "requests", "responses", "response_words", "revisions", "deliveries"),
    *("held_answers", "link_visits", "follow_ups", "follow_up_notes", "response_notes"),
    *("messages", "events", "testimonials", "customer_import_parts", "customer_imports"),
    *("request_imports", "saved_filters", "exports", "report_pdfs", "theme_findings"),
)
_SEARCHES = ("response_words_index", "customer_words_index")


def add_erasure(
    session: Session,
    workspace_id: int,
    *,
    user_id: int | None,
    asked_by: str,
    counts: dict[str, int],
    at: datetime,
) -> UUID:
    """Note that somebody was erased, and that the database is to be purged; returns its id."""
    id = new_id()
    session.add(
        Erasure(
            workspace_id=workspace_id,
            id=id,
            user_id=user_id,
            asked_by=asked_by,
            counts=counts,
            at=at,
        )
    )
    return id


def oldest_waiting(session: Session) -> datetime | None:
    """When the first erasure was that is not purged yet; None when all are."""
    return session.scalar(
        select(Erasure.at).where(Erasure.purged_at.is_(None)).order_by(Erasure.at).limit(1)
    )


def size_of(engine: Engine) -> int:
    """How many bytes a SQLite database has; 0 on PostgreSQL, which needs no copy of itself."""
    if engine.dialect.name != "sqlite":
        return 0
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def purge(engine: Engine, now: datetime) -> bool:
    """Make the database anew, as far as it takes for nothing erased to be left in it; then note
    that of the erasures until now. False when somebody was reading: then part of it waits.

    On SQLite everybody who writes waits meanwhile: ten to thirty seconds with each half GB.
    """
    with outside_transactions(engine) as cursor:
        if engine.dialect.name == "postgresql":
            cursor.execute(f"VACUUM {', '.join(_TABLES)}")
        else:
            for index in _SEARCHES:
                # What was taken out of an index is only marked, until its parts are put together.
                cursor.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608
            cursor.execute("VACUUM")
            # The log holds pages as they were; it is emptied when nobody reads it.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = cursor.fetchone()
            if is_busy is None or is_busy[0]:
                return False
    with Session(engine) as session, writing(session):
        session.execute(
            update(Erasure)
            .where(Erasure.purged_at.is_(None), Erasure.at <= now)
            .values(purged_at=now)
        )
    return True


def since_last_purge(session: Session, now: datetime) -> timedelta | None:
    """How long ago the database was purged; None when never."""
    last = session.scalar(
        select(Erasure.purged_at)
        .where(Erasure.purged_at.is_not(None))
        .order_by(Erasure.purged_at.desc())
        .limit(1)
    )
    return now - last if last else None
