"""Answers that arrive together share one commit.

On SQLite a durable commit waits for the disk, and writers wait for one another. Requests that
come while one commit is under way are therefore stored together by the next, and the disk is
asked once instead of once for each. Should one of them fail, nothing of the group is kept and each
is run again alone: the failure reaches whom it belongs to, and nobody else.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Engine

from widget.storage.engine import HotTransaction, hot_transaction, queues_writers

T = TypeVar("T")
Work = Callable[[HotTransaction], Any]

# Long enough to empty any queue of request threads, short enough for nobody to wait for long.
_LARGEST_GROUP = 64


class _Job:
    """One answer to store: what came of it, once `settled` is set."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.settled = threading.Event()
        self.leads = False
        self.result: Any = None
        self.error: BaseException | None = None


class GroupCommit:
    """Runs work in write transactions of one engine. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        # Weakly, as the table of groups is keyed by the engine itself.
        self._engine_ref = ref(engine)
        self._lock = threading.Lock()
        self._waiting: list[_Job] = []
        self._is_led = False

    @property
    def _engine(self) -> Engine:
        engine = self._engine_ref()
        assert engine is not None
        return engine

    def run(self, work: Callable[[HotTransaction], T]) -> T:
        """Run `work` in a transaction and return its result once that is on disk.

        `work` may be run twice, the first time in vain, so it must do nothing but write to the
        transaction. An exception of its own undoes what it did, and that alone, and comes out here.
        """
        if not queues_writers(self._engine):
            with hot_transaction(self._engine) as transaction:
                return work(transaction)
        job = _Job(work)
        with self._lock:
            self._waiting.append(job)
            leads, self._is_led = not self._is_led, True
        if not leads:
            job.settled.wait()
        if leads or job.leads:
            self._lead()
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def _run_alone(self, job: _Job) -> None:
        try:
            with hot_transaction(self._engine) as transaction:
                job.result = job.work(transaction)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            job.error = error

    def _lead(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[:_LARGEST_GROUP], self._waiting[_LARGEST_GROUP:]
        try:
            with hot_transaction(self._engine) as transaction:
                for job in group:
                    job.result = job.work(transaction)
        except BaseException:  # noqa: BLE001 - whose it is comes out when each runs alone
            for job in group:
                self._run_alone(job)
        with self._lock:
            # Whoever came meanwhile is led by the first of them, so that no request serves others
            # for longer than its own commit takes.
            successor = self._waiting[0] if self._waiting else None
            self._is_led = successor is not None
        for job in group:
            job.settled.set()
        if successor is not None:
            successor.leads = True
            successor.settled.set()


_groups: WeakKeyDictionary[Engine, GroupCommit] = WeakKeyDictionary()
_groups_lock = threading.Lock()


def group_commit(engine: Engine) -> GroupCommit:
    """The one group commit of an engine."""
    with _groups_lock:
        found = _groups.get(engine)
        if found is None:
            found = _groups[engine] = GroupCommit(engine)
        return found
