"""Which comments a report shows: those that a person ticked, as they read them then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from widget.domain.scales import Sentiment, sentiment

# What fits on the pages that somebody reads, and keeps the making of a PDF short.
MOST_COMMENTS = 40
# How many are laid before whoever chooses.
PROPOSED = 60
# Between these a comment says something and is still read, in characters.
_TELLING_FROM, _TELLING_TO = 40, 500


@dataclass(frozen=True)
class ChosenComment:
    """A comment that somebody ticked, and when they read it: what its customer changed since then,
    nobody has looked at."""

    response_id: UUID
    read_at: datetime

    def is_as_read(self, updated_at: datetime) -> bool:
        """Whether the response is still what it was when its comment was ticked."""
        return updated_at <= self.read_at

    def to_json(self) -> dict[str, str]:
        return {"response": self.response_id.hex, "read_at": self.read_at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ChosenComment":
        """What `to_json` gave."""
        return cls(UUID(hex=data["response"]), datetime.fromisoformat(data["read_at"]))


@dataclass(frozen=True)
class Comment:
    """A comment with what it is judged by."""

    response_id: UUID
    text: str
    score: int
    positive_from: int


def proposed(newest_first: Sequence[Comment], limit: int = PROPOSED) -> list[UUID]:
    """The comments to lay before whoever chooses, at most `limit` of them: of each sentiment in
    turn, first those that are neither a word nor an essay, the newest of them first.

    In turn, so that the few who were unhappy are not lost among the many who were not, nor the
    other way round.
    """
    sides: dict[Sentiment, list[Comment]] = {}
    for comment in newest_first:
        side = sentiment(comment.score, comment.positive_from)
        sides.setdefault(side, []).append(comment)
    # Sorting keeps the order of those that are alike.
    queues = [sorted(of_side, key=lambda one: not _is_telling(one)) for of_side in sides.values()]
    found: list[UUID] = []
    longest = max((len(queue) for queue in queues), default=0)
    for place in range(longest):
        found += [queue[place].response_id for queue in queues if place < len(queue)]
    return found[:limit]


def _is_telling(comment: Comment) -> bool:
    return _TELLING_FROM <= len(comment.text) <= _TELLING_TO
