"""Which answers a number is about, and by what it is broken down."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

Group = Literal[
    "day",
    "survey",
    "member",
    "team",
    "channel",
    "version",
    "language",
    "source",
    "client",
    "segment",
    "tag",
    "hour",
]
# What rollups are kept by; all else is read from the responses themselves.
ROLLED_UP: frozenset[Group] = frozenset({"day", "survey", "member", "team", "channel"})
# What is known of shares.
SHARED_BY: frozenset[Group] = frozenset({"day", "survey", "member", "team"})
# The names of attributes that are dimensions of their own.
ATTRIBUTES: frozenset[Group] = frozenset({"client", "segment"})


@dataclass(frozen=True)
class ScoreFilter:
    """The answers of some days, both included, in the workspace's calendar.

    Each other field narrows them to those with one of its values; empty means any. `surveys`,
    `members`, `teams`, `versions` and `tags` are ids of ours, `teams` with those below each; None
    among the members is nobody. "" among channels, languages, clients and segments is none.
    """

    first: date
    last: date
    surveys: Collection[int] = ()
    members: Collection[int | None] = ()
    teams: Collection[int] = ()
    channels: Collection[str] = ()
    versions: Collection[int] = ()
    languages: Collection[str] = ()
    sources: Collection[str] = ()
    clients: Collection[str] = ()
    segments: Collection[str] = ()
    tags: Collection[int] = ()

    @property
    def knows_shares(self) -> bool:
        """Whether shares can be told by it: of those nothing is known but when, on which survey
        and whose rating was passed on."""
        return self.is_rolled_up and not self.channels

    @property
    def knows_requests(self) -> bool:
        """Whether requests can be told by it: those of clients and segments can as well."""
        return self._asks_for(ROLLED_UP | ATTRIBUTES)

    @property
    def is_rolled_up(self) -> bool:
        """Whether the rollups know all that it asks for."""
        return self._asks_for(ROLLED_UP)

    def _asks_for(self, groups: Collection[Group]) -> bool:
        """Whether it asks for nothing but what some groups tell."""
        known = {"first", "last", *(f"{group}s" for group in groups)}
        return not any(getattr(self, one.name) for one in fields(self) if one.name not in known)
