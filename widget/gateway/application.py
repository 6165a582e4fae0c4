"""The RSGI application that granian calls: it runs a WSGI application and keeps streams open."""

import asyncio
import sys
from collections import deque
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

from widget.gateway import answers, streams
from widget.gateway.answers import Answer
from widget.gateway.bodies import read_body
from widget.gateway.environs import environ_of
from widget.web.frame.express import AT_ONCE, LATER
from widget.web.live.feed import Feed
from widget.web.live.listening import OFFER, Listener, Offer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import HTTPProtocol, Scope

# The longest a thread computes before another has its turn. The event loop is one of many threads,
# and with Python's 5 ms it would hand requests on late whenever the others are busy.

_TURN_S = 0.0005
# By then granian has opened the file that it sends.
_DELETE_FILE_AFTER_S = 60.0


@dataclass(frozen=True)
class _Stream:
    """An answer that stays open."""

    answer: Answer
    body: bytes
    listener: Listener


@dataclass(frozen=True)
class _Job:
    """A request for the threads, and where the event loop waits for its end."""

    scope: "Scope"
    protocol: "HTTPProtocol"
    body: IO[bytes]
    length: int | None
    done: "asyncio.Future[_Stream | Path | None]"


class Gateway:
    """Calls `application` in `threads` threads, and keeps the streams of `feed` open."""

    def __init__(self, application: "WSGIApplication", feed: Feed, threads: int) -> None:
        self._application, self._feed, self._count = application, feed, threads
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._done: deque[tuple[_Job, _Stream | Path | None]] = deque()
        self._is_called = False
        self._threads: list[Thread] = []
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start, in the worker process: granian calls this before the first request."""
        sys.setswitchinterval(_TURN_S)
        self._loop = loop
        self._feed.deliver_by(loop.call_soon_threadsafe)
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

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answer one request."""
        if (
            scope.method == "GET"
            and scope.path.startswith("/w/")
            and self._at_once(scope, protocol)
        ):
            return
        body, length = await read_body(scope, protocol)
        job = _Job(scope, protocol, body, length, self._loop.create_future())
        self._jobs.put(job)
        outcome = await job.done
        if isinstance(outcome, _Stream):
            await self._keep_open(protocol, outcome)
        elif outcome is not None:
            self._loop.call_later(_DELETE_FILE_AFTER_S, outcome.unlink, True)

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
            self._hand_back(job, self._answer(job))

    def _answer(self, job: _Job) -> "_Stream | Path | None":
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

    def _hand_back(self, job: _Job, outcome: "_Stream | Path | None") -> None:
        """Wake whoever waits on the event loop; one call wakes all that are done by then."""
        self._done.append((job, outcome))
        if not self._is_called:
            self._is_called = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        # First, so that whatever is added from here on calls again.
        self._is_called = False
        while self._done:
            job, outcome = self._done.popleft()
            if not job.done.done():
                job.done.set_result(outcome)

    async def _keep_open(self, protocol: "HTTPProtocol", stream: _Stream) -> None:
        try:
            await streams.keep_open(protocol, stream.answer, stream.body, stream.listener)
        finally:
            self._feed.close(stream.listener)
