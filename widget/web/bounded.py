"""Things kept in memory up to a limit, for many threads at once."""

from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """A dictionary that makes room by dropping what was put first.

    Reading takes no lock. Whatever was read may be gone a moment later, so nobody reads twice what
    they have to rely on.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: dict[Key, Value] = {}
        self._lock = Lock()
        # The dictionary's own method: as fast as a dictionary.
        self.get = self._kept.get

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, as the newest one."""
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= self.limit:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = value

    def drop(self, key: Key) -> None:
        """Forget a value, if it is kept."""
        with self._lock:
            self._kept.pop(key, None)
