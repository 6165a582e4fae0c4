"""A WSGI application called, and its answer sent back by granian."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import HTTPProtocol

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]

# A longer answer goes by way of a file: what is sent from memory lies there until its reader has
# taken the last byte, however slow they are.
_FROM_MEMORY = 1024 * 1024


class NotSent(Exception):
    """An application broke the rules of WSGI."""


class Answer:
    """What an application answers: `start_response` for it, and its body as far as it is known."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self._written: list[bytes] = []
        self._rest: Iterator[bytes] = iter(())
        self._close: Callable[[], None] | None = None

    def __call__(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], None]:
        if self.status and exc_info is None:
            raise NotSent("start_response was called twice.")
        self.status, self.headers = int(status[:3]), headers
        return self._written.append

    def take(self, result: Iterable[bytes]) -> None:
        """Take what the application returned; raises what its first part raises."""
        self._close = getattr(result, "close", None)
        parts = iter(result)
        # An application may start its answer as late as with the first part that is not empty.
        for part in parts:
            self._written.append(part)
            if part:
                break
        self._rest = parts
        if not self.status:
            raise NotSent("The application returned without calling start_response.")

    def close(self) -> None:
        """Tell the application that its answer is over, whatever came of it."""
        close, self._close = self._close, None
        if close is not None:
            close()

    def body(self) -> bytes | None:
        """The whole body where it is short enough to be sent from memory; else None."""
        size = sum(map(len, self._written))
        for part in self._rest:
            self._written.append(part)
            size += len(part)
            if size > _FROM_MEMORY:
                return None
        return b"".join(self._written) if size <= _FROM_MEMORY else None

    def write_to(self, file: int) -> None:
        """Write the body, which was too long for `body`, to an open file."""
        for part in chain(self._written, self._rest):
            view = memoryview(part)
            while view:
                view = view[os.write(file, view) :]
        self._written = []


def call(application: "WSGIApplication", environ: dict[str, Any]) -> Answer | None:
    """The application's answer, whose headers can be sent; None when it failed, which is logged."""
    answer = Answer()
    try:
        answer.take(application(environ, answer))
        for name, value in answer.headers:
            if not (name.isascii() and value.isascii() and value.isprintable()):
                raise NotSent(f"The header {name!r} cannot be sent.")
    except Exception:
        log.exception("%s %s failed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        answer.close()
        return None
    return answer


def send(answer: Answer | None, protocol: "HTTPProtocol") -> Path | None:
    """Send a whole answer, 500 for None. Returns the file it is sent from, to be deleted later."""
    if answer is None:
        protocol.response_str(500, [("content-type", "text/plain")], "Something went wrong.\n")
        return None
    try:
        body = answer.body()
        if body is not None:
            protocol.response_bytes(answer.status, answer.headers, body)
            return None
        handle, name = mkstemp(prefix="sayso-answer-")
        try:
            answer.write_to(handle)
        except BaseException:
            os.unlink(name)
            raise
        finally:
            os.close(handle)
        protocol.response_file(answer.status, answer.headers, name)
        return Path(name)
    except Exception:
        log.exception("An answer could not be made to its end")
        send(None, protocol)
        return None
    finally:
        answer.close()
