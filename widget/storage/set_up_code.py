"""The code that whoever starts a new server reads in its output, kept in the data folder."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from pathlib import Path

_FILE = "set_up_code"


def set_up_code(data: Path) -> str:
    """The set-up code; made once per data folder, and again where its file was left empty."""
    file = data / _FILE
    with _alone(data):
        known = file.read_text(encoding="utf-8").strip() if file.exists() else ""
        if not known:
            known = secrets.token_hex(8)
            _write_whole(file, known)
        return known


def is_set_up_code(data: Path, given: str) -> bool:
    """Whether somebody knows the code; an empty one never opens anything."""
    known = set_up_code(data)
    return bool(known) and compare_digest(given.strip().encode(), known.encode())


def _write_whole(file: Path, text: str) -> None:
    # Written under another name first: under its own the file is never half there.
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
    os.replace(fresh, file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several workers may start at once: one at a time looks and writes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
