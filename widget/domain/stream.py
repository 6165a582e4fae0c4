"""Who sees which response in a stream: the same rule for the page and for what comes live."""

from dataclasses import dataclass
from typing import Literal

from widget.domain.roles import Scope
from widget.domain.scales import POSITIVE_FROM, Kind, Sentiment, sentiment

Scores = Literal["positive", "negative"]


@dataclass(frozen=True)
class StreamFilter:
    """What somebody wants to see of what they may see. None and False: anything.

    `survey` is a public id; `teams` the ids of a team and those below it. Positive and negative
    are meant by the built-in thresholds of each kind (`scales.POSITIVE_FROM`).
    """

    survey: str | None = None
    member_id: int | None = None
    teams: frozenset[int] | None = None
    scores: Scores | None = None
    with_comment: bool = False
    kudos: bool = False


ANYTHING = StreamFilter()


@dataclass(frozen=True)
class Facts:
    """What decides whether a response is in a stream. `team_id` is that of its member."""

    survey: str
    kind: Kind
    score: int
    member_id: int | None
    team_id: int | None
    has_comment: bool
    is_kudos: bool
    is_test: bool = False
    is_hidden: bool = False

    @property
    def sentiment(self) -> Sentiment:
        return sentiment(self.score, POSITIVE_FROM[self.kind])


def is_within(scope: Scope, facts: Facts) -> bool:
    """Whether somebody with this scope may hear of a response."""
    return scope.everything or scope.covers(facts.member_id, facts.team_id)


def is_shown(scope: Scope, wanted: StreamFilter, facts: Facts) -> bool:
    """Whether a response is in somebody's stream."""
    return (
        is_within(scope, facts)
        and not facts.is_test
        and not facts.is_hidden
        and (wanted == ANYTHING or _fits(wanted, facts))
    )


def _fits(wanted: StreamFilter, facts: Facts) -> bool:
    return (
        wanted.survey in (None, facts.survey)
        and wanted.member_id in (None, facts.member_id)
        and (wanted.teams is None or facts.team_id in wanted.teams)
        and wanted.scores in (None, facts.sentiment)
        and (facts.has_comment or not wanted.with_comment)
        and (facts.is_kudos or not wanted.kudos)
    )
