"""The worker beside the server: a process that starts, is restarted and ends with it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

_RESTART_AFTER_S = 2.0
_END_WITHIN_S = 15.0


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker with this process's environment for as long as the block runs."""
    stopping = threading.Event()
    process = _start()

    def watch() -> None:
        nonlocal process
        while not stopping.is_set():
            process.wait()
            # When both were told to stop at once, the worker may be gone before we hear of it.
            if not stopping.wait(_RESTART_AFTER_S):
                click.echo(
                    f"The worker ended with status {process.returncode}; starting another.",
                    err=True,
                )
                process = _start()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stopping.set()
        _end(process)


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "widget", "worker", "--server-pid", str(os.getpid())]
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
