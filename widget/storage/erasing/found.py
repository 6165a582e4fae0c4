"""What was found to name somebody, or to be about them, in what others wrote."""

from dataclasses import dataclass, fields
from uuid import UUID


@dataclass(frozen=True)
class Found:
    """The ids of what names somebody, is about them or quotes them, where all rows of a sort have
    to be read to know.

    `threads` are follow-ups whose outcome or notes name them, `noted` and `rule_runs` responses
    whose notes do, or what rules were called that acted on them.
    """

    threads: frozenset[UUID] = frozenset()
    noted: frozenset[UUID] = frozenset()
    messages: frozenset[UUID] = frozenset()
    events: frozenset[UUID] = frozenset()
    rule_runs: frozenset[UUID] = frozenset()

    def __or__(self, other: "Found") -> "Found":
        names = (field.name for field in fields(self))
        return Found(**{name: getattr(self, name) | getattr(other, name) for name in names})
