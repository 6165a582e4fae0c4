"""Where the files of columnar copies are. Each database of ours may have a folder for them."""

import os
import socket
import time
from collections.abc import Collection
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

_folders: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()
# Whoever began to read a file has read it by then.
_KEEP_S = 600.0
_LONGEST = 300
# What every Parquet file ends with.
_END = b"PAR1"


def keep_copies_in(engine: Engine, folder: Path) -> None:
    """Say where a database's copies are. Without a folder nothing is read from copies."""
    _folders[engine] = folder


def folder_of(engine: Engine, workspace_id: int) -> Path | None:
    """The folder of a workspace's files, which need not be there yet; None without copies."""
    folder = _folders.get(engine)
    return folder / str(workspace_id) if folder else None


def machine_of(folder: Path) -> str:
    """The name of this machine's folder: two machines' have two names, however alike."""
    return f"{socket.gethostname()}:{folder}"[-_LONGEST:]


def name_of(month: str, publication: UUID) -> str:
    """What the file of a month is called."""
    return f"{month}-{publication.hex}.parquet"


def is_whole(file: Path) -> bool:
    """Whether a file is there, and its end as well."""
    try:
        with file.open("rb") as source:
            source.seek(-len(_END), os.SEEK_END)
            return source.read() == _END
    except OSError:
        return False


def sync(file: Path) -> None:
    """Wait until a file is on the disk."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_old(folder: Path, in_use: Collection[str]) -> None:
    """Remove files that have not been in use for a while."""
    for file in (*folder.glob("*.parquet"), *folder.glob("*.csv")):
        if file.name in in_use:
            # Told by the file's time how long it has been out of use.
            os.utime(file)
        elif time.time() - file.stat().st_mtime > _KEEP_S:
            file.unlink(missing_ok=True)
