"""The request threads: few, and none of them may be lost."""

import asyncio
from io import BytesIO
from queue import SimpleQueue
from typing import Any

from tests.gateway.probe import gateway as probe
from tests.gateway.requests import Protocol, Scope
from widget.gateway.application import Gateway, _Job


class Refusing(Protocol):
    """Takes no answer at all."""

    def response_bytes(self, *_args: Any) -> None:
        raise RuntimeError("closed")

    def response_str(self, *_args: Any) -> None:
        raise RuntimeError("closed")


def test_a_thread_outlives_an_answer_that_cannot_be_sent() -> None:
    made = Gateway(probe._application, probe._feed, threads=1)
    made._loop = asyncio.new_event_loop()
    made._jobs = SimpleQueue()
    taken = Protocol()
    for protocol in (Refusing(), taken):
        made._jobs.put(_Job(Scope(), protocol, BytesIO()))  # type: ignore[arg-type]
    made._jobs.put(None)
    made._work()
    made._loop.close()
    assert [status for status, _headers, _body in taken.sent] == [200]
