"""The open streams of this process, and the thread that tells them what is new.

While somebody watches, the thread looks for new events several times a second, at once when this
process has stored something or Redis says that another has. It is idle for most of the time however
much happens, so that watching never slows down storing by much.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from random import uniform
from typing import TYPE_CHECKING

from flask import Flask

from widget.extensions import db
from widget.storage.engine import after_commit
from widget.storage.ids import new_id
from widget.storage.seats import standings
from widget.web.live import frames
from widget.web.live.listening import Listener
from widget.web.live.subscriptions import Subscription, Watcher
from widget.web.live.telling import Teller

if TYPE_CHECKING:
    from widget.web.live.relay import Relay

log = logging.getLogger(__name__)

# How often to look while nobody says that there is something.
_LOOK_EVERY_S = 0.2
# What comes meanwhile is told together.
_REST_S = 0.05
# After a look the thread rests this many times as long as it computed, within bounds.
_IDLE_SHARE = 6
_LONGEST_REST_S = 1.0
_HERE_EVERY_S = 15.0
_CHECK_EVERY_S = 5.0
# Streams end after about this long, and their browsers come back with a fresh look at their rights.
LIFETIME_S = 300.0

MOST_OF_ONE = 12
MOST = 2_000

Watchers = dict[Listener, Watcher]
Deliver = Callable[[Callable[[], None]], object]


class TooManyStreams(Exception):
    """Nobody else can watch from this process, or somebody watches too often already."""


class Feed:
    """Opens and closes streams; safe to be called from any thread."""

    def __init__(self, app: Flask, redis_url: str | None = None) -> None:
        self._app = app
        self._teller = Teller(app)
        self._watchers: Watchers = {}
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        # How to run something where listeners live; at first, and in tests, right here.
        self._deliver: Deliver = lambda call: call()
        self._relay = _relay(redis_url, self.wake) if redis_url else None
        with app.app_context():
            after_commit(db.engine, self._stored)

    def deliver_by(self, deliver: Deliver) -> None:
        """Touch listeners only in what `deliver` runs."""
        self._deliver = deliver

    def open(self, subscription: Subscription, watcher: Watcher) -> Listener:
        """A listener that is told from now on; what happened before, its page has read or is to
        read now. Raises TooManyStreams."""
        ends_at = time.monotonic() + LIFETIME_S * uniform(0.8, 1.2)  # noqa: S311 - spreads load
        listener = Listener(subscription, ends_at)
        with self._lock:
            own = sum(other.user_id == watcher.user_id for other in self._watchers.values())
            if own >= MOST_OF_ONE or len(self._watchers) >= MOST:
                raise TooManyStreams
            now_ms = int(time.time() * 1000)
            if self._thread is None:
                self._teller.begin(now_ms)
            if all(other.workspace_id != watcher.workspace_id for other in self._watchers.values()):
                self._teller.skip(watcher.workspace_id, now_ms)
            self._watchers[listener] = watcher
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live-feed", daemon=True)
                self._thread.start()
        return listener

    def close(self, listener: Listener) -> None:
        """Tell it nothing more."""
        with self._lock:
            self._watchers.pop(listener, None)

    def end_all(self) -> None:
        """Let every stream end. To be called where listeners live."""
        with self._lock:
            watchers = list(self._watchers)
        for listener in watchers:
            listener.end()

    def wake(self) -> None:
        """Look at once."""
        if self._watchers and not self._news.is_set():
            self._news.set()

    def _stored(self) -> None:
        self.wake()
        if self._relay is not None:
            self._relay.pass_on()

    def _run(self) -> None:
        rounds = Rounds(self._app, self._teller)
        if self._relay is not None:
            self._relay.listen()
        while True:
            self._news.wait(_LOOK_EVERY_S)
            self._news.clear()
            started = time.thread_time()
            with self._lock:
                if not self._watchers:
                    self._thread = None
                    if self._relay is not None:
                        self._relay.stop_listening()
                    return
            try:
                self._hand_over(rounds.next(self._watching))
            except Exception:
                # The database may be away for a while; who watches waits.
                log.exception("The live streams could not look for news")
                time.sleep(1.0)
            rest = _IDLE_SHARE * (time.thread_time() - started)
            time.sleep(min(max(_REST_S, rest), _LONGEST_REST_S))

    def _watching(self) -> Watchers:
        with self._lock:
            return dict(self._watchers)

    def _hand_over(self, calls: list[Callable[[], None]]) -> None:
        """Run the calls where listeners live, all in one go."""
        if calls:
            self._deliver(partial(_all, calls))


class Rounds:
    """What is to be done with listeners at each look of the thread."""

    def __init__(self, app: Flask, teller: Teller) -> None:
        self._app, self._teller = app, teller
        self._here_at = self._checked_at = time.monotonic()

    def next(self, watching: Callable[[], Watchers]) -> list[Callable[[], None]]:
        """The calls that tell listeners the news, that they are still heard, or that it is over.

        `watching` says who watches at the moment; see `Teller` for when it is asked.
        """
        now = time.monotonic()
        workspace_ids = {watcher.workspace_id for watcher in watching().values()}
        fresh = self._teller.read(sorted(workspace_ids), int(time.time() * 1000))
        watchers = watching()
        by_subscription: dict[Subscription, list[Listener]] = defaultdict(list)
        for listener in watchers:
            by_subscription[listener.subscription].append(listener)
        told = self._teller.tell(fresh, by_subscription.keys())
        calls = [
            _telling(listener, text)
            for subscription, text in told.items()
            for listener in by_subscription[subscription]
        ]
        if now - self._here_at >= _HERE_EVERY_S:
            self._here_at = now
            here = frames.here_frame(new_id())
            calls += [_telling(listener, here) for listener in watchers]
        over = [listener for listener in watchers if now >= listener.ends_at]
        if now - self._checked_at >= _CHECK_EVERY_S:
            self._checked_at = now
            over += self._without_seat(watchers)
        return calls + [listener.end for listener in over]

    def _without_seat(self, watchers: Watchers) -> Iterable[Listener]:
        """Those whose sessions have ended, or who may see something else than when they began."""
        with self._app.app_context():
            found = standings(db.session(), {watcher.user_id for watcher in watchers.values()})
        return [
            listener
            for listener, watcher in watchers.items()
            if found.get((watcher.user_id, watcher.workspace_id)) != watcher.standing
        ]


def _telling(listener: Listener, text: bytes) -> Callable[[], None]:
    return partial(listener.put, text)


def _all(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()


def _relay(url: str, heard: Callable[[], None]) -> "Relay":
    # Only who has set Redis up needs to have its library.
    from widget.web.live.relay import Relay

    return Relay(url, heard)
