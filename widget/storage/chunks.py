"""Long lists in pieces that a statement can take."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

_PIECE = 1000


def chunks(items: Collection[Item]) -> Iterator[list[Item]]:
    """The items in lists of at most a thousand."""
    rest = iter(items)
    while piece := list(islice(rest, _PIECE)):
        yield piece
