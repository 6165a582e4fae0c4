"""Answers that arrive together share one commit.

On SQLite a durable commit waits for the disk, and writers wait for one another. Requests that
come while one commit is under way are therefore stored together by the next, and the disk is
asked once instead of once for each. Should one of them fail, nothing of the group is kept and each
is run again alone: the failure reaches whom it belongs to, and nobody else.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Engine

from widget.storage.engine import HotTransaction, hot_transaction, queues_writers

Given = TypeVar("Given")
Result = TypeVar("Result")
Store = Callable[[HotTransaction, Sequence[Given]], Sequence[Result]]

# Long enough to empty any queue of request threads, short enough for nobody to wait for long.
_LARGEST_GROUP = 64


class _Job(Generic[Given, Result]):
    """One thing to store: what came of it, once `settled` is set."""

    result: Result

    def __init__(self, given: Given) -> None:
        self.given = given
        self.settled = threading.Event()
        self.leads = False
        self.error: BaseException | None = None


class GroupCommit(Generic[Given, Result]):
    """Stores what many threads bring, in shared write transactions of one engine.

    `store` writes everything of a group and returns a result for each, in order. It may be called
    again for each alone, the first call having been in vain, so it must do nothing but write to
    the transaction. To be asked for each alone it raises; an exception that comes then undoes what
    that one did, and nothing else.
    """

    def __init__(self, engine: Engine, store: Store[Given, Result]) -> None:
        # Weakly, as the table of groups is keyed by the engine itself.
        self._engine_ref = ref(engine)
        self._store = store
        self._lock = threading.Lock()
        self._waiting: list[_Job[Given, Result]] = []
        self._is_led = False

    @property
    def _engine(self) -> Engine:
        engine = self._engine_ref()
        assert engine is not None
        return engine

    def run(self, given: Given) -> Result:
        """Store one thing and return its result once that is on disk, or raise what `store` did."""
        if not queues_writers(self._engine):
            with hot_transaction(self._engine) as transaction:
                return self._store(transaction, [given])[0]
        job = _Job[Given, Result](given)
        with self._lock:
            self._waiting.append(job)
            leads, self._is_led = not self._is_led, True
        if not leads:
            job.settled.wait()
        if leads or job.leads:
            self._lead()
        if job.error is not None:
            raise job.error
        return job.result

    def _store_together(self, jobs: Sequence[_Job[Given, Result]]) -> None:
        with hot_transaction(self._engine) as transaction:
            results = self._store(transaction, [job.given for job in jobs])
        for job, result in zip(jobs, results, strict=True):
            job.result = result

    def _lead(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[:_LARGEST_GROUP], self._waiting[_LARGEST_GROUP:]
        try:
            self._store_together(group)
        except BaseException:  # noqa: BLE001 - whose it is comes out when each runs alone
            for job in group:
                try:
                    self._store_together([job])
                except BaseException as error:  # noqa: BLE001 - raised in the thread that asked
                    job.error = error
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


_groups: WeakKeyDictionary[Engine, dict[Store[Any, Any], GroupCommit[Any, Any]]] = (
    WeakKeyDictionary()
)
_groups_lock = threading.Lock()


def group_commit(engine: Engine, store: Store[Given, Result]) -> GroupCommit[Given, Result]:
    """The one group commit of an engine for what `store` stores."""
    groups = _groups.get(engine)
    found = groups.get(store) if groups else None
    if found is None:
        with _groups_lock:
            groups = _groups.setdefault(engine, {})
            found = groups.setdefault(store, GroupCommit(engine, store))
    return found
