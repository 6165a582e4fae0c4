"""The worker: timed jobs, each in a thread of its own, so that a slow mail server delays mail only.

Several workers may run at once, on one machine or on many: each job claims what it works on.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

_log = logging.getLogger(__name__)

# A job that has more to do goes on at once; one that fails waits longer, not to fill the log.
_WAIT_AFTER_FAILURE_S = 10.0


@dataclass(frozen=True)
class Job:
    """Something to be done every `every_s` seconds.

    `run` is given the database and the time and returns how much it did; above 0 it is called
    again at once, as there may be more. Each call is one or several transactions of its own.
    """

    name: str
    every_s: float
    run: Callable[[Engine, datetime], int]


class Worker:
    """Runs jobs until it is told to stop."""

    def __init__(self, engine: Engine, jobs: Sequence[Job], clock: Callable[[], datetime]) -> None:
        self._engine, self._jobs, self._clock = engine, jobs, clock
        self._stop = threading.Event()

    def stop(self) -> None:
        """Let every job end what it is at, and begin nothing more. May be called by a signal."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        threads = [
            threading.Thread(target=self._repeat, args=(job,), name=job.name) for job in self._jobs
        ]
        for thread in threads:
            thread.start()
        # Waiting without a limit would keep the main thread from hearing signals.
        while not self._stop.wait(1.0):
            pass
        for thread in threads:
            thread.join()

    def _repeat(self, job: Job) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            wait = job.every_s
            try:
                if job.run(self._engine, self._clock()):
                    continue
            except Exception:  # noqa: BLE001 - logged
                # Whatever it was, the next time may be better, and the other jobs go on.
                _log.exception("The job “%s” failed; it is tried again.", job.name)
                wait = max(wait, _WAIT_AFTER_FAILURE_S)
            self._stop.wait(max(0.0, wait - (time.monotonic() - started)))
