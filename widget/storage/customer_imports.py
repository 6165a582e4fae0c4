"""Files of customers: what was uploaded, its rows in parts, and how far the work on it has come."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from widget.domain.csv_files import bare_header
from widget.domain.customers import ATTRIBUTE
from widget.domain.errors import UnknownImport
from widget.storage.ids import new_id
from widget.storage.models import CustomerImport, CustomerImportPart

PART = 1_000
"""So many rows stand in one part."""

# What the worker has to do.
WORK = ("reading", "checking", "running")
# What waits for somebody of the team to go on with it.
IN_HAND = ("mapping", "checked")
# What has been read, and not been started.
WITH_ROWS = (*IN_HAND, "checking")
# What may be thrown away.
WAITING = ("reading", *WITH_ROWS)


@dataclass(frozen=True)
class ImportRow:
    """An import as pages show it. `counts` is rows by what they do, or did; those of which
    something is left out are counted once more as `noted`."""

    id: UUID
    file_name: str
    headers: Sequence[str]
    mapping: Sequence[str]
    status: str
    problem: str
    rows: int
    done: int
    counts: Mapping[str, int]
    created_at: datetime

    @property
    def percent(self) -> int:
        return 100 * self.done // self.rows if self.rows else 0


@dataclass(frozen=True)
class CheckedRow:
    """A row of a file; `outcome` is "" until it has been checked. `problem` is why it cannot be
    used, or with any other outcome what of it is left out. `repeats` is the number of the first row
    about the same customer, where that is another one. `changes` are names, and texts before and
    after, as in `domain.customers.Change`, until the row is imported.
    """

    number: int
    cells: Sequence[str]
    outcome: str = ""
    problem: str = ""
    repeats: int | None = None
    changes: Sequence[Sequence[str]] = ()

    @property
    def is_noted(self) -> bool:
        """Whether it can be used, though not all of it."""
        return self.outcome != "error" and self.problem != ""


def add_import(
    session: Session,
    workspace_id: int,
    *,
    file_name: str,
    file_format: str,
    content: bytes,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep an uploaded file for the worker to read."""
    row = CustomerImport(
        workspace_id=workspace_id,
        id=new_id(),
        file_name=file_name,
        file_format=file_format,
        content=content,
        headers=[],
        mapping=[],
        status="reading",
        problem="",
        rows=0,
        done=0,
        counts={},
        made_by=user_id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def customer_import(session: Session, workspace_id: int, id: UUID) -> ImportRow:
    """One import. Raises UnknownImport."""
    return _shown(_one(session, workspace_id, id))


def open_imports(session: Session, workspace_id: int) -> list[ImportRow]:
    """The imports that somebody has to go on with, or that the worker is at, newest first."""
    rows = session.scalars(
        select(CustomerImport)
        .where(
            CustomerImport.workspace_id == workspace_id,
            CustomerImport.status.in_({*WORK, *WAITING}),
        )
        .order_by(CustomerImport.created_at.desc(), CustomerImport.id.desc())
    )
    return [_shown(row) for row in rows]


def locked_customer_import(session: Session, workspace_id: int, id: UUID) -> CustomerImport:
    """An import, to be changed. Raises UnknownImport."""
    return _one(session, workspace_id, id, is_locked=True)


def last_mapping(session: Session, workspace_id: int) -> dict[str, str]:
    """What columns were taken for the last time, by bare header."""
    row = session.execute(
        select(CustomerImport.headers, CustomerImport.mapping)
        .where(
            CustomerImport.workspace_id == workspace_id,
            CustomerImport.status.in_(("checked", "running", "done")),
        )
        .order_by(CustomerImport.created_at.desc(), CustomerImport.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return {}
    # An attribute's name is the header's own; it need not be remembered.
    return {
        bare_header(header): target
        for header, target in zip(row.headers, row.mapping, strict=True)
        if not target.startswith(ATTRIBUTE)
    }


def claim_customer_import(
    session: Session, now: datetime, leaving: Collection[UUID] = ()
) -> CustomerImport | None:
    """The oldest import that waits for the worker and that nobody has in hand, locked; None without
    one. Those named by `leaving` are left alone."""
    return session.scalar(
        select(CustomerImport)
        .where(
            CustomerImport.status.in_(WORK),
            CustomerImport.id.not_in(leaving),
            (CustomerImport.claimed_until.is_(None)) | (CustomerImport.claimed_until <= now),
        )
        .order_by(CustomerImport.created_at, CustomerImport.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def is_any_customer_import(session: Session, leaving: Collection[UUID] = ()) -> bool:
    """Whether an import waits for the worker: asked often, without holding up who writes."""
    query = select(CustomerImport.id).where(
        CustomerImport.status.in_(WORK), CustomerImport.id.not_in(leaving)
    )
    return session.scalar(query.limit(1)) is not None


def import_content(session: Session, workspace_id: int, id: UUID) -> bytes:
    """The file of an import; empty once it has been read."""
    row = session.scalar(
        select(CustomerImport)
        .where(CustomerImport.workspace_id == workspace_id, CustomerImport.id == id)
        .options(undefer(CustomerImport.content))
    )
    return row.content if row else b""


def add_part(
    session: Session, workspace_id: int, import_id: UUID, number: int, rows: Sequence[CheckedRow]
) -> None:
    """Keep some rows of a file, as they were read."""
    session.add(
        CustomerImportPart(
            workspace_id=workspace_id,
            import_id=import_id,
            number=number,
            rows=[{"number": row.number, "cells": list(row.cells)} for row in rows],
        )
    )


def drop_parts(session: Session, workspace_id: int, import_id: UUID) -> None:
    session.execute(
        delete(CustomerImportPart).where(
            CustomerImportPart.workspace_id == workspace_id,
            CustomerImportPart.import_id == import_id,
        )
    )


def part_of(
    session: Session, workspace_id: int, import_id: UUID, number: int
) -> CustomerImportPart:
    """A part of a file, to be changed by whoever has its import locked."""
    return session.get_one(CustomerImportPart, (workspace_id, import_id, number))


def rows_of_part(part: CustomerImportPart) -> list[CheckedRow]:
    return [CheckedRow(**row) for row in part.rows]


def put_rows(part: CustomerImportPart, rows: Iterable[CheckedRow]) -> None:
    """Keep what became of rows."""
    part.rows = [_as_json(row) for row in rows]


def _as_json(row: CheckedRow) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "number": row.number,
        "cells": list(row.cells),
        "outcome": row.outcome,
        "problem": row.problem,
    }
    if row.repeats is not None:
        stored["repeats"] = row.repeats
    if row.changes:
        stored["changes"] = [list(change) for change in row.changes]
    return stored


def rows_of_import(
    session: Session,
    workspace_id: int,
    import_id: UUID,
    *,
    since: int = 0,
    before: int | None = None,
) -> Iterator[CheckedRow]:
    """The rows of a file, a part at a time; of parts `since` a number, and `before` one, only."""
    number = since - 1
    while True:
        part = session.execute(
            select(CustomerImportPart.number, CustomerImportPart.rows)
            .where(
                CustomerImportPart.workspace_id == workspace_id,
                CustomerImportPart.import_id == import_id,
                CustomerImportPart.number > number,
            )
            .order_by(CustomerImportPart.number)
            .limit(1)
        ).one_or_none()
        if part is None or (before is not None and part.number >= before):
            return
        number = part.number
        yield from (CheckedRow(**row) for row in part.rows)


def forget_old_imports(
    session: Session, *, waiting_before: datetime, done_before: datetime
) -> None:
    """Empty files that somebody left waiting, and lists of errors that are old: they hold
    addresses that nobody needs."""
    left = select(CustomerImport).where(
        CustomerImport.status.in_(IN_HAND),
        CustomerImport.created_at < waiting_before,
    )
    for row in session.scalars(left):
        row.status, row.content = "cancelled", b""
        drop_parts(session, row.workspace_id, row.id)
    old = select(CustomerImport.workspace_id, CustomerImport.id).where(
        CustomerImport.status == "done", CustomerImport.finished_at < done_before
    )
    for workspace_id, id in session.execute(old).all():
        drop_parts(session, workspace_id, id)


def _one(
    session: Session, workspace_id: int, id: UUID, *, is_locked: bool = False
) -> CustomerImport:
    query = select(CustomerImport).where(
        CustomerImport.workspace_id == workspace_id, CustomerImport.id == id
    )
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise UnknownImport("There is no such import in this workspace.")
    return row


def _shown(row: CustomerImport) -> ImportRow:
    return ImportRow(
        id=row.id,
        file_name=row.file_name,
        headers=row.headers,
        mapping=row.mapping,
        status=row.status,
        problem=row.problem,
        rows=row.rows,
        done=row.done,
        counts=row.counts,
        created_at=row.created_at,
    )
