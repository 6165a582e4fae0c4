"""Somebody who watches a stream, as seen by whoever tells the news and by whoever sends them on."""

from collections.abc import Callable
from dataclasses import dataclass

from widget.web.live.subscriptions import Subscription

# A browser that does not read would otherwise let what waits for it grow: past this its stream
# ends, and what it missed is told when it comes back.
LARGEST_STREAM = 256 * 1024

_COME_BACK_AT_ONCE = b"retry: 200\n\n"


class Listener:
    """One open stream. Touched by the event loop's thread alone once it is open."""

    def __init__(self, subscription: Subscription, ends_at: float) -> None:
        self.subscription = subscription
        self.ends_at = ends_at
        self.is_over = False
        # Called when there is something to take, or the stream is over.
        self.on_news: Callable[[], None] | None = None
        self._waiting: list[bytes] = []
        self._size = 0

    def put(self, frames: bytes) -> None:
        """Tell it something."""
        if self.is_over:
            return
        self._waiting.append(frames)
        self._size += len(frames)
        if self._size > LARGEST_STREAM:
            self.end()
        else:
            self._notify()

    def take(self) -> bytes:
        """What has not been sent yet; empty for nothing."""
        waiting, self._waiting = self._waiting, []
        return b"".join(waiting)

    def end(self) -> None:
        """Let the stream end; a browser that is still there comes back at once."""
        if not self.is_over:
            self._waiting.append(_COME_BACK_AT_ONCE)
            self.is_over = True
            self._notify()

    def _notify(self) -> None:
        if self.on_news is not None:
            self.on_news()


@dataclass
class Offer:
    """What a server that can keep streams open puts into a request's environment.

    A view that starts a stream puts its listener here; without an offer it answers what there is
    and ends, and the browser asks again after a while.
    """

    listener: Listener | None = None


OFFER = "sayso.live"
