"""Requests taken on granian's own thread, without a detour over the event loop.

By RSGI granian makes a task of the event loop for every request. Most of ours have nothing to wait
for: a survey's page is in memory, or a request thread takes over. For these the detour costs about
as much as the page, so the scheduler that makes the tasks is replaced by one that asks us first.

This is no public part of granian, so it is done only where it looks as we know it; elsewhere
everything goes over the event loop, a little slower.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

log = logging.getLogger(__name__)

Take = Callable[["Scope", "HTTPProtocol"], bool]
Run = Callable[[Any], Coroutine[Any, Any, None]]


def take_directly(take: Take) -> bool:
    """Let granian ask `take` first, which answers whether it has taken a request over; whether that
    could be arranged. To be called in a worker process before granian makes its scheduler."""
    try:
        from granian._granian import CallbackScheduler
        from granian.server import mp

        makes_schedulers = mp._new_cbscheduler  # type: ignore[attr-defined]
    except (ImportError, AttributeError):
        log.warning("This granian is not known: requests go over the event loop, a little slower.")
        return False

    class Direct(CallbackScheduler):
        """Asks `take`, and makes a task for what it does not take."""

        def __init__(self, loop: asyncio.AbstractEventLoop, run: Run, *_more: Any) -> None:
            super().__init__()
            self._schedule_fn = _scheduling(loop, run, take)

    def make(loop: asyncio.AbstractEventLoop, run: Run, impl_asyncio: bool = True) -> Any:
        if not impl_asyncio:
            return makes_schedulers(loop, run, impl_asyncio)  # type: ignore[no-untyped-call]
        return Direct(loop, run, None, None, None)

    mp._new_cbscheduler = make  # type: ignore[attr-defined]
    return True


def _scheduling(loop: asyncio.AbstractEventLoop, run: Run, take: Take) -> Callable[[Any], None]:
    tasks: set[asyncio.Task[None]] = set()

    def begin(watcher: Any) -> None:
        task = loop.create_task(run(watcher))
        # The loop itself holds tasks weakly.
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def schedule(watcher: Any) -> None:
        try:
            if take(watcher.scope, watcher.proto):
                return
        except Exception:
            # Nobody above would say so.
            log.exception("A request could not be taken")
        loop.call_soon_threadsafe(begin, watcher)

    return schedule
