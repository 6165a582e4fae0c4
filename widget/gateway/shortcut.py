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
Receive = Callable[["Scope", "HTTPProtocol"], Coroutine[Any, Any, None]]
Run = Callable[[Any], Coroutine[Any, Any, None]]


def take_directly(take: Take, receive: Receive) -> bool:
    """Let granian ask `take` first, which answers whether it has taken a request over, and give
    what that does not take to `receive` on the event loop; whether that could be arranged.

    To be called in a worker process before granian makes its scheduler.

    Neither has to wait for the answer's end: once a request is taken, granian waits for no task.
    """
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
            self._schedule_fn = _scheduling(loop, take, receive)

    def make(loop: asyncio.AbstractEventLoop, run: Run, impl_asyncio: bool = True) -> Any:
        if not impl_asyncio:
            return makes_schedulers(loop, run, impl_asyncio)  # type: ignore[no-untyped-call]
        return Direct(loop, run, None, None, None)

    mp._new_cbscheduler = make  # type: ignore[attr-defined]
    return True


def _scheduling(
    loop: asyncio.AbstractEventLoop, take: Take, receive: Receive
) -> Callable[[Any], None]:
    tasks: set[asyncio.Task[None]] = set()

    def begin(scope: "Scope", protocol: "HTTPProtocol") -> None:
        task = loop.create_task(receive(scope, protocol))
        # The loop itself holds tasks weakly.
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def schedule(watcher: Any) -> None:
        scope, protocol = watcher.scope, watcher.proto
        try:
            if take(scope, protocol):
                return
        except Exception:
            # Nobody above would say so.
            log.exception("A request could not be taken")
        loop.call_soon_threadsafe(begin, scope, protocol)

    return schedule
