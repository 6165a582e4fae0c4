"""The columns that the list of responses can show."""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

Column = Literal[
    "comment",
    "member",
    "customer",
    "survey",
    "channel",
    "ref",
    "tags",
    "language",
    "source",
    "client",
    "segment",
    "version",
    "finished",
]
COLUMNS: tuple[Column, ...] = get_args(Column)
# What stands there until somebody chooses otherwise. Score and time always do.
USUAL: tuple[Column, ...] = ("comment", "member", "customer", "survey", "channel", "ref", "tags")


def known_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Those that there are, each once and in their order in the list."""
    chosen = set(names)
    return tuple(column for column in COLUMNS if column in chosen)


def columns_to_show(asked: Sequence[str], remembered: Sequence[str] | None) -> tuple[Column, ...]:
    """Those of the address, else those that somebody chose last, else the usual ones."""
    if asked:
        return known_columns(asked)
    return USUAL if remembered is None else known_columns(remembered)
