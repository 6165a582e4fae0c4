"""Telling the other processes and nodes by way of Redis that something was stored.

Only a hint travels: everybody reads the news from the database. So nothing depends on Redis: while
it is away, others hear of an answer when they next look by themselves.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import redis

log = logging.getLogger(__name__)

_CHANNEL = "sayso:stored"
# What is stored within this time is passed on together.
_GATHER_S = 0.03
_TRY_AGAIN_S = 2.0


class Relay:
    """Passes hints on, and calls `heard` for those of others. Never makes anybody wait."""

    def __init__(self, url: str, heard: Callable[[], None]) -> None:
        self._url, self._heard = url, heard
        self._stored = threading.Event()
        self._lock = threading.Lock()
        self._speaker: threading.Thread | None = None
        self._ear: threading.Thread | None = None
        self._is_listening = False

    def pass_on(self) -> None:
        """Something was stored here."""
        if self._speaker is None:
            with self._lock:
                if self._speaker is None:
                    self._speaker = _start(self._speak, "live-relay")
        if not self._stored.is_set():
            self._stored.set()

    def listen(self) -> None:
        """Hear what others store, until `stop_listening`."""
        with self._lock:
            self._is_listening = True
            if self._ear is None:
                self._ear = _start(self._hear, "live-ear")

    def stop_listening(self) -> None:
        self._is_listening = False

    def _speak(self) -> None:
        client = _client(self._url)
        while True:
            self._stored.wait()
            self._stored.clear()
            try:
                client.publish(_CHANNEL, b"")
            except redis.RedisError as error:
                log.warning("Redis could not be told of an answer: %s", error)
                time.sleep(_TRY_AGAIN_S)
            time.sleep(_GATHER_S)

    def _hear(self) -> None:
        while True:
            try:
                self._hear_until_broken()
                with self._lock:
                    if not self._is_listening:
                        self._ear = None
                        return
            except redis.RedisError as error:
                log.warning("Redis cannot be listened to: %s", error)
                time.sleep(_TRY_AGAIN_S)

    def _hear_until_broken(self) -> None:
        client = _client(self._url)
        with client.pubsub(  # type: ignore[no-untyped-call]
            ignore_subscribe_messages=True
        ) as channel:
            channel.subscribe(_CHANNEL)
            while self._is_listening:
                if channel.get_message(timeout=1.0) is not None:
                    self._heard()
        with suppress(redis.RedisError):
            client.close()


def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)


def _start(target: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
