"""Working through files of customers: reading them, checking each row, and keeping who is there.

A file is done a part at a time, each part in one transaction with the count of rows that are done:
killed at any moment, the next call goes on with the part. Only reading begins anew.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.keep_customers import Kept, keep_within, look_at
from widget.domain.addresses import shown
from widget.domain.csv_files import Line
from widget.domain.customer_files import details_of, file_lines, guess_mapping, usable
from widget.domain.customers import Details
from widget.domain.errors import FileRefused, ReadingStopped
from widget.domain.retries import Backoff
from widget.domain.rows_seen import Seen
from widget.domain.spreadsheets import spreadsheet_lines
from widget.storage.customer_imports import (
    PART,
    CheckedRow,
    add_part,
    claim_customer_import,
    drop_parts,
    forget_old_imports,
    import_content,
    is_any_customer_import,
    last_mapping,
    locked_customer_import,
    part_of,
    put_rows,
    rows_of_import,
    rows_of_part,
)
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.models import CustomerImport, CustomerImportPart

SheetLines = Callable[[bytes], Iterator[Line]]

_log = logging.getLogger(__name__)

# As long as nobody else begins to read a file that somebody reads.
_LEASE = timedelta(minutes=15)
_WAITING_KEPT = timedelta(days=1)
# What changes is kept this short, for there may be 50 of them in each row.
_LONGEST_CHANGE = 100
_ERRORS_KEPT = timedelta(days=7)


def customer_import_backoff() -> Backoff[UUID]:
    """How long a file that failed is left alone, by its id."""
    return Backoff(timedelta(minutes=1), timedelta(hours=1))


def run_customer_imports(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
    backoff: Backoff[UUID] | None = None,
    seen: Seen | None = None,
    sheet_lines: SheetLines = spreadsheet_lines,
) -> int:
    """Work on files for about `budget_s` seconds; returns how many rows were done.

    Several workers may do this at once. A file that fails is logged and left alone for as long as
    `backoff` says. Give the same `backoff` and `seen` to each call. `sheet_lines` reads
    spreadsheets, and may raise ReadingStopped: then the file is there for the next worker.
    """
    backoff, seen = backoff or customer_import_backoff(), seen or Seen()
    end, done = clock() + budget_s, 0
    with Session(engine) as session:
        while clock() < end:
            if not is_any_customer_import(session, backoff.waiting(now)):
                break
            step = _step_or_leave(session, now, backoff, seen, sheet_lines)
            if step is None:
                break
            done += step
    return done


def forget_customer_files(engine: Engine, now: datetime) -> int:
    """Empty files that somebody left waiting for a day, and lists of errors after a week; returns
    0, as there is nothing left to do at once."""
    with Session(engine) as session, writing(session):
        forget_old_imports(
            session, waiting_before=now - _WAITING_KEPT, done_before=now - _ERRORS_KEPT
        )
    return 0


def _step_or_leave(
    session: Session,
    now: datetime,
    backoff: Backoff[UUID],
    seen: Seen,
    sheet_lines: SheetLines,
) -> int | None:
    """Do a part of one file; returns how many rows it had, and None when no file is left."""
    id: UUID | None = None
    try:
        with writing(session):
            found = claim_customer_import(session, now, backoff.waiting(now))
            if found is None:
                return None
            id, workspace_id, form = found.id, found.workspace_id, found.file_format
            status = found.status
            if status == "reading":
                found.claimed_until = now + _LEASE
            else:
                work = _check_part if status == "checking" else _run_part
                done = work(session, found, seen, now)
        if status == "reading":
            content = import_content(session, workspace_id, id)
            session.rollback()
            lines = file_lines(content, "xlsx" if form == "xlsx" else "csv", sheet_lines)
            done = _read(session, workspace_id, id, lines, now)
        backoff.succeeded(id)
        return done
    except Exception:
        if id is None:
            raise
        until = backoff.failed(id, now)
        _log.exception("The import %s cannot go on; it is left alone until %s.", id, until)
        return 0


def _read(
    session: Session, workspace_id: int, id: UUID, lines: Iterator[Line], now: datetime
) -> int:
    """Take a file apart, however often that was begun before; returns how many rows it has."""
    rows = 0
    try:
        _number, headers = next(lines, (0, []))
        for number, some in enumerate(_parts(lines)):
            if not _keep_part(session, workspace_id, id, number, some, now):
                return rows
            rows += len(some)
        if not rows:
            raise FileRefused("The file needs a line of headers and at least one row below it.")
    except FileRefused as error:
        _refuse(session, workspace_id, id, str(error), now)
        return rows
    except ReadingStopped:
        _leave_to_others(session, workspace_id, id, now)
        return rows
    with writing(session):
        found = locked_customer_import(session, workspace_id, id)
        if _is_mine(found, now):
            found.headers = headers
            found.mapping = guess_mapping(headers, last_mapping(session, workspace_id))
            found.status, found.content, found.claimed_until = "mapping", b"", None
    return rows


def _parts(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while some := list(islice(lines, PART)):
        yield some


def _keep_part(
    session: Session,
    workspace_id: int,
    id: UUID,
    number: int,
    lines: Sequence[Line],
    now: datetime,
) -> bool:
    """False when somebody has thrown the file away meanwhile, or reads it instead."""
    with writing(session):
        found = locked_customer_import(session, workspace_id, id)
        if not _is_mine(found, now):
            return False
        if number == 0:
            drop_parts(session, workspace_id, id)
            found.rows = 0
        add_part(session, workspace_id, id, number, [CheckedRow(*line) for line in lines])
        found.rows += len(lines)
    session.expunge_all()
    return True


def _is_mine(found: CustomerImport, now: datetime) -> bool:
    return found.status == "reading" and found.claimed_until == now + _LEASE


def _refuse(session: Session, workspace_id: int, id: UUID, problem: str, now: datetime) -> None:
    with writing(session):
        found = locked_customer_import(session, workspace_id, id)
        if _is_mine(found, now):
            found.status, found.problem, found.finished_at = "failed", problem, now
            found.content, found.claimed_until = b"", None
            drop_parts(session, workspace_id, id)


def _leave_to_others(session: Session, workspace_id: int, id: UUID, now: datetime) -> None:
    with writing(session):
        found = locked_customer_import(session, workspace_id, id)
        if _is_mine(found, now):
            found.claimed_until = None


def _check_part(session: Session, found: CustomerImport, seen: Seen, now: datetime) -> int:
    """Say of each row of a part what it would do."""
    number = found.done // PART
    part = _next_part(session, found)
    if part is None:
        found.status = "checked"
        return 0
    if seen.import_id != found.id or number == 0:
        before = rows_of_import(session, found.workspace_id, found.id, before=number)
        seen.begin(
            found.id,
            (
                (row.number, details_of(row.cells, found.mapping))
                for row in before
                if row.outcome != "error"
            ),
        )
    rows = rows_of_part(part)
    said, notes = _usable(rows, found, now)
    looked = look_at(session, found.workspace_id, said, now)
    checked: list[CheckedRow] = []
    for row, one, note, details in zip(rows, looked, notes, said, strict=True):
        # A row that cannot be used makes nobody known.
        repeats = seen.note(row.number, details) if one.outcome != "error" else None
        changes = [
            (change.name, *(shown(text, _LONGEST_CHANGE) for text in (change.before, change.after)))
            for change in one.changes
        ]
        checked.append(replace(_after(row, one, note, repeats), changes=changes))
    put_rows(part, checked)
    _count(found, checked)
    return len(rows)


def _usable(
    rows: Sequence[CheckedRow], found: CustomerImport, now: datetime
) -> tuple[list[Details], list[str]]:
    """What rows say that can be kept, and a note on what of each cannot."""
    read = [usable(details_of(row.cells, found.mapping), now) for row in rows]
    return [details for details, _note in read], [note for _details, note in read]


def _run_part(session: Session, found: CustomerImport, _seen: Seen, now: datetime) -> int:
    """Put the rows of a part into the directory; only those with a problem are kept."""
    part = _next_part(session, found)
    if part is None:
        _finish(session, found, now)
        return 0
    rows = rows_of_part(part)
    fine = [row for row in rows if row.outcome != "error"]
    said, notes = _usable(fine, found, now)
    kept = keep_within(session, found.workspace_id, said, now)
    became = [
        _after(row, one, note, row.repeats)
        for row, one, note in zip(fine, kept, notes, strict=True)
    ]
    wrong = [row for row in rows if row.outcome == "error"]
    _count(found, [*became, *wrong])
    told = [*wrong, *(row for row in became if row.problem)]
    put_rows(part, sorted(told, key=lambda row: row.number))
    return len(rows)


def _next_part(session: Session, found: CustomerImport) -> CustomerImportPart | None:
    """The part that is to be done next; None when all are."""
    if found.done >= found.rows:
        return None
    # All parts but the last are full.
    return part_of(session, found.workspace_id, found.id, found.done // PART)


def _finish(session: Session, found: CustomerImport, now: datetime) -> None:
    found.status, found.finished_at = "done", now
    append_event(
        session,
        "customers.imported",
        workspace_id=found.workspace_id,
        survey_id=None,
        data={"by": found.made_by, "import": str(found.id), "counts": found.counts},
        at=now,
    )


def _after(row: CheckedRow, kept: Kept, note: str, repeats: int | None) -> CheckedRow:
    problem = " ".join(filter(None, (*kept.problems.values(), note)))
    # Whoever an earlier row makes is not new, and need not be there yet.
    is_repeated = repeats is not None and kept.outcome != "error"
    outcome = "repeated" if is_repeated else kept.outcome
    return CheckedRow(row.number, row.cells, outcome, problem, repeats)


def _count(found: CustomerImport, rows: Sequence[CheckedRow]) -> None:
    counts = Counter(found.counts)
    counts.update(row.outcome for row in rows)
    counts["noted"] += sum(row.is_noted for row in rows)
    found.counts = dict(+counts)
    found.done += len(rows)
