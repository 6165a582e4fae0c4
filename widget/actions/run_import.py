"""Working through uploaded files: each row becomes a request, whatever becomes of that."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.request_feedback import NewAsk, Origin, make_requests
from widget.domain.request_files import AskRow, read_file
from widget.domain.retries import Backoff
from widget.domain.turns import Turns
from widget.storage.asking import askings
from widget.storage.engine import writing
from widget.storage.models import RequestImport
from widget.storage.request_imports import claim_import, forget_previews, is_any_to_do
from widget.storage.request_rows import statuses_of

_log = logging.getLogger(__name__)

_BATCH = 200
_PREVIEWS_KEPT = timedelta(days=1)


def run_imports(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
    backoff: Backoff[UUID] | None = None,
    turns: Turns | None = None,
) -> int:
    """Work on running imports for about `budget_s` seconds; returns how many rows were done.

    Rows are made in batches, each in one transaction with the count of rows that are done: killed
    at any moment, the next call goes on where the last batch ended. Several workers may do this
    at once. Workspaces take turns, a batch of their oldest file each, so that nobody's files wait
    for all of somebody else's. Give the same `turns` to each call, and a turn that a call's end
    cut off comes first in the next.

    A file that fails is logged, and left alone for as long as `backoff` says, while the others go
    on. Give the same one to each call: without one a file is left alone until the call's end.
    """
    backoff, turns = backoff or import_backoff(), turns or Turns()
    end = clock() + budget_s
    done = 0
    files: dict[UUID, Sequence[AskRow]] = {}
    with Session(engine) as session:
        if not is_any_to_do(session, now - _PREVIEWS_KEPT, backoff.waiting(now)):
            return 0
        with writing(session):
            forget_previews(session, now - _PREVIEWS_KEPT)
        while True:
            batch = _run_or_leave(session, files, now, backoff, turns)
            done += batch or 0
            if batch is None or clock() >= end:
                return done


def import_backoff() -> Backoff[UUID]:
    """How long a file that failed is left alone, by its id."""
    return Backoff(timedelta(minutes=1), timedelta(hours=1))


def _run_or_leave(
    session: Session,
    files: dict[UUID, Sequence[AskRow]],
    now: datetime,
    backoff: Backoff[UUID],
    turns: Turns,
) -> int | None:
    """Do a batch of one file; returns how many rows it had, and None when no file is left."""
    id: UUID | None = None
    try:
        with writing(session):
            found = claim_import(session, backoff.waiting(now), after=turns.last)
            if found is None:
                return None
            id, turns.last = found.id, found.workspace_id
            done = _run_batch(session, found, files, now)
        backoff.succeeded(id)
        return done
    except Exception:
        if id is None:
            raise
        until = backoff.failed(id, now)
        _log.exception("The import %s cannot go on; it is left alone until %s.", id, until)
        return 0


def _run_batch(
    session: Session, found: RequestImport, files: dict[UUID, Sequence[AskRow]], now: datetime
) -> int:
    asking = askings(session, [found.survey_id])[found.survey_id]
    if found.id not in files:
        # Read once for all batches of this call.
        files[found.id] = read_file(found.content, asking.time_zone).rows
    rows = files[found.id][found.done : found.done + _BATCH]
    asks = [NewAsk(row.ask, f"csv:{found.id}:{row.number}", row.problems) for row in rows]
    origin = Origin("csv", import_id=found.id)
    made = make_requests(session, asking, asks, origin, now)
    ids = [one.id for one in made]
    _count(found, Counter(statuses_of(session, found.workspace_id, ids)))
    found.done += len(rows)
    if found.done >= len(files[found.id]):
        del files[found.id]
        found.status, found.finished_at = "done", now
        found.content = ""
    return len(rows)


def _count(found: RequestImport, became: Counter[tuple[str, str]]) -> None:
    refused = Counter({(one["status"], one["why"]): one["rows"] for one in found.refused})
    for (status, why), rows in became.items():
        if status == "scheduled":
            found.accepted += rows
        else:
            refused[status, why] += rows
    found.refused = [
        {"status": status, "why": why, "rows": rows} for (status, why), rows in refused.items()
    ]
