"""The RSGI application that granian calls: it runs a WSGI application and keeps streams open."""

import asyncio
import logging
import os
import signal
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

from widget.gateway import answers, streams
from widget.gateway.answers import Answer
from widget.gateway.bodies import BrokenOff, has_body, read_body
from widget.gateway.environs import environ_of
from widget.gateway.shortcut import take_directly
from widget.web.frame.express import AT_ONCE, LATER
from widget.web.live.feed import Feed
from widget.web.live.listening import OFFER, Listener, Offer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import HTTPProtocol, Scope

log = logging.getLogger(__name__)

# The longest a thread computes before another has its turn. The event loop is one of many threads:
# with Python's 5 ms streams are told late when the others are busy, and with a tenth of that an
# answer takes so many turns to store that a quarter of them are lost.
_TURN_S = 0.002
# By then granian has opened the file that it sends.
_DELETE_FILE_AFTER_S = 60.0
_SIGNAL_AGAIN_S = 0.5


@dataclass(frozen=True)
class _Stream:
    """An answer that stays open."""

    answer: Answer
    body: bytes
    listener: Listener


Outcome = _Stream | Path | None


@dataclass(frozen=True)
class _Job:
    """A request for the threads. `done` is where the event loop waits for its end, if it does."""

    scope: "Scope"
    protocol: "HTTPProtocol"
    body: IO[bytes]
    length: int | None = None
    done: "asyncio.Future[Outcome] | None" = None


class Gateway:
    """Calls `application` in `threads` threads, and keeps the streams of `feed` open."""

    def __init__(self, application: "WSGIApplication", feed: Feed, threads: int) -> None:
        self._application, self._feed, self._count = application, feed, threads
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._files: set[Path] = set()
        self._streams: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start, in the worker process: granian calls this before the first request."""
        sys.setswitchinterval(_TURN_S)
        self._loop = loop
        self._feed.deliver_by(loop.call_soon_threadsafe)
        take_directly(self.take, self.receive)
        # granian waits for every answer to end before it stops. It hears of these signals by the
        # event loop, whatever is called here besides.
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, self._stop_streams)
        for number in range(self._count):
            thread = Thread(target=self._work, name=f"request-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop: what has begun is finished."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(5)
        for file in list(self._files):
            self._delete(file)

    def _delete(self, file: Path) -> None:
        self._files.discard(file)
        file.unlink(missing_ok=True)

    def _stop_streams(self, number: int, _frame: object) -> None:
        def stop() -> None:
            self._feed.end_all()
            # A busy event loop may not have heard the signal: until it stops, it is told again.
            self._loop.call_later(_SIGNAL_AGAIN_S, os.kill, os.getpid(), number)

        self._loop.call_soon_threadsafe(stop)

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answer one request, whatever it is."""
        try:
            body, length = await read_body(scope, protocol)
        except BrokenOff:
            # There is nobody to answer.
            return
        job = _Job(scope, protocol, body, length, self._loop.create_future())
        self._jobs.put(job)
        assert job.done is not None
        await self._finish(job, await job.done)

    async def receive(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Read a request's body and let a thread answer it; its end is not waited for."""
        try:
            body, length = await read_body(scope, protocol)
        except BrokenOff:
            return
        self._jobs.put(_Job(scope, protocol, body, length))

    def take(self, scope: "Scope", protocol: "HTTPProtocol") -> bool:
        """Answer a request, or see to it that it is, if that needs no event loop; whether it does.
        May be called in any thread."""
        if has_body(scope):
            return False
        if (
            scope.method == "GET"
            and scope.path.startswith("/w/")
            and self._at_once(scope, protocol)
        ):
            return True
        self._jobs.put(_Job(scope, protocol, BytesIO()))
        return True

    def _at_once(self, scope: "Scope", protocol: "HTTPProtocol") -> bool:
        """Answer right here from memory, if that can be done without waiting for anything."""
        answer, environ = Answer(), environ_of(scope, BytesIO(), None)
        environ[AT_ONCE] = True
        try:
            result = self._application(environ, answer)
            if result is LATER:
                return False
            protocol.response_bytes(answer.status, answer.headers, b"".join(result))
        except Exception:  # noqa: BLE001 - it fails again the ordinary way, and is told there
            return False
        return True

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                outcome = self._answer(job)
            except Exception:
                # A thread that ended would be missing for good.
                log.exception("%s %s could not be answered", job.scope.method, job.scope.path)
                outcome = None
            # A request that nobody waits for is over, unless there is more to do.
            if job.done is not None or outcome is not None:
                self._loop.call_soon_threadsafe(self._hand_back, job, outcome)

    def _answer(self, job: _Job) -> Outcome:
        offer = Offer()
        environ = environ_of(job.scope, job.body, job.length)
        environ[OFFER] = offer
        answer = answers.call(self._application, environ)
        job.body.close()
        if offer.listener is not None:
            body = answer.body() if answer is not None and answer.status == 200 else None
            if answer is not None and body is not None:
                answer.close()
                return _Stream(answer, body, offer.listener)
            self._feed.close(offer.listener)
        return answers.send(answer, job.protocol)

    def _hand_back(self, job: _Job, outcome: Outcome) -> None:
        if job.done is None:
            task = self._loop.create_task(self._finish(job, outcome))
            # The loop itself holds tasks weakly.
            self._streams.add(task)
            task.add_done_callback(self._streams.discard)
        elif not job.done.done():
            job.done.set_result(outcome)

    async def _finish(self, job: _Job, outcome: Outcome) -> None:
        if isinstance(outcome, Path):
            self._files.add(outcome)
            self._loop.call_later(_DELETE_FILE_AFTER_S, self._delete, outcome)
        elif outcome is not None:
            try:
                await streams.keep_open(
                    job.protocol, outcome.answer, outcome.body, outcome.listener
                )
            finally:
                self._feed.close(outcome.listener)
