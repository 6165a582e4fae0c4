"""Large workspaces' responses are copied by column, for numbers that rollups do not know."""

import logging
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import duckdb
from sqlalchemy import Engine

from widget.storage.columnar import files, marks, writing
from widget.storage.columnar.marks import Copied
from widget.storage.ids import new_id
from widget.storage.workspaces import every_workspace

_log = logging.getLogger(__name__)
# A copy whose writer has not been heard of for so long is made anew by another.
_TAKEN_OVER_AFTER = timedelta(hours=1)


class CopyColumns:
    """Copies what has changed since the last time, of workspaces that have `from_responses` or
    more. Where those are None no copy is made, and what there is goes."""

    def __init__(self, from_responses: int | None) -> None:
        self._from_responses = from_responses

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Copy each workspace; returns 0, as there is never more to do at once."""
        for workspace_id in every_workspace(engine):
            copy_workspace(engine, workspace_id, self._from_responses, now)
        return 0


def copy_workspace(
    engine: Engine,
    workspace_id: int,
    from_responses: int | None,
    now: datetime,
    *,
    all_anew: bool = False,
) -> bool:
    """Bring one workspace's copy up to now; returns whether a new one was written.

    `all_anew` makes every file again, whatever has changed. Several processes may do this at once:
    only one of them is heeded.
    """
    folder = files.folder_of(engine, workspace_id)
    old = marks.copied(engine, workspace_id)
    if folder is None or from_responses is None:
        if old is not None:
            marks.forget(engine, workspace_id)
        return False
    if old is None and not writing.is_large(engine, workspace_id, from_responses):
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    machine = files.machine_of(folder)
    parts = {} if old is None or all_anew else old.parts
    if not all(files.is_whole(folder / name) for name in parts.values()):
        parts = {}
        if old and old.written_by != machine and now - old.written_at < _TAKEN_OVER_AFTER:
            # Another machine's, which keeps it up as long as it lives.
            return False
    files.remove_old(folder, old.parts.values() if old else ())
    settled = marks.claim(engine, workspace_id)
    days = settled.days if parts else writing.every_day(engine, workspace_id)
    if parts and not days:
        return False
    publication = new_id()
    try:
        made = _months(engine, workspace_id, days, folder, parts, publication)
    except duckdb.Error:
        # Of a file that is not what we wrote nothing is kept.
        _log.exception("A columnar copy cannot be read, and is made anew.")
        days = writing.every_day(engine, workspace_id)
        made = _months(engine, workspace_id, days, folder, {}, publication)
    new = Copied(publication, machine, made, now)
    return marks.publish(
        engine,
        workspace_id,
        new,
        instead_of=old.publication if old else None,
        settled=settled,
    )


def _months(
    engine: Engine,
    workspace_id: int,
    days: Collection[date],
    folder: Path,
    parts: dict[str, str],
    publication: UUID,
) -> dict[str, str]:
    """Write the files of the months of some days; returns all parts as they are then."""
    made = dict(parts)
    for month, of_month in marks.by_month(days).items():
        name = files.name_of(month, publication)
        old = folder / parts[month] if month in parts else None
        if writing.write_month(engine, workspace_id, of_month, old, folder / name):
            made[month] = name
        else:
            made.pop(month, None)
    return made
