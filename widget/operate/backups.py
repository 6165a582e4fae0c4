"""Copies of the SQLite database. PostgreSQL has its own tools for this."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from widget.domain.errors import SettingsError


def _file(database_url: str) -> Path:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise SettingsError("This command copies SQLite files; use pg_dump for PostgreSQL.")
    return Path(url.database)


def backup(settings_url: str, target: Path) -> None:
    """Write a consistent copy of the database to `target`, also while others write to it."""
    source = _file(settings_url)
    if not source.exists():
        raise SettingsError(f"There is no database at {source}.")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    # Answers are personal data: nobody but the operator reads the copy.
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
    _check(part)
    part.replace(target)


def restore(settings_url: str, source: Path) -> Path | None:
    """Put a copy in the database's place; returns where the replaced file was kept, if any."""
    _check(source)
    target = _file(settings_url)
    kept = None
    if target.exists():
        made = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        kept = target.with_name(f"{target.name}.before-restore-{made}")
        backup(settings_url, kept)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as live:
        copy.backup(live)
    return kept


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            tables = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name IN ('responses', 'surveys')"
            ).fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{file} is no SQLite database: {error}.") from error
    if verdict != "ok" or tables != 2:
        raise SettingsError(f"{file} is damaged, or no database of Sayso.")
