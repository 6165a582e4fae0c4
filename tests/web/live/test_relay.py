"""Hints by way of Redis: quick where it is there, and no harm where it is not."""

import threading
import time

import pytest

from tests.servers import free_port, wait_until
from widget.web.live import relay as relays
from widget.web.live.relay import Relay


def test_what_one_process_stores_another_hears_of(redis_url: str) -> None:
    heard = threading.Event()
    listening = Relay(redis_url, heard.set)
    listening.listen()
    storing = Relay(redis_url, lambda: None)

    def reaches() -> bool:
        # The other may not listen yet: a hint that nobody hears is gone.
        storing.pass_on()
        return heard.wait(0.1)

    wait_until(reaches, "The hint")
    listening.stop_listening()
    wait_until(lambda: listening._ear is None, "The end of listening")


def test_a_redis_that_is_away_makes_nobody_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relays, "_TRY_AGAIN_S", 0.05)
    relay = Relay(f"redis://127.0.0.1:{free_port()}/0", lambda: None)
    started = time.monotonic()
    for _ in range(1000):
        relay.pass_on()
    assert time.monotonic() - started < 1
    wait_until(lambda: "could not be told" in caplog.text, "The warning")
