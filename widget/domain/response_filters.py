"""Which responses a list shows, an export holds and a change of many touches."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from widget.domain.roles import EVERYTHING, Scope
from widget.domain.scales import Kind
from widget.domain.scores.nps import detractors_until

# `other` is what is neither: the passives of NPS.
Mood = Literal["positive", "negative", "other"]
MOODS: tuple[Mood, ...] = get_args(Mood)

# The filter's parameters in an address. Those that may come several times:
SEVERAL = (
    *("survey", "kind", "score", "mood", "team", "member", "channel", "language", "source"),
    *("client", "segment", "version", "tag", "reason", "campaign", "wave"),
)
# So many values at most of each: what is asked for of every one costs.
MOST_VALUES = 50
NAMES = ("q", *SEVERAL, "comment", "again", "from", "to", "tests", "hidden")


def mood_of(kind: Kind, score: int, positive_from: int) -> Mood:
    """How good an answer is, as scores count it; `positive_from` is where its survey begins to call
    scores of this kind positive."""
    if score >= positive_from:
        return "positive"
    until = detractors_until(positive_from) if kind == "nps" else positive_from - 1
    return "negative" if score <= until else "other"


@dataclass(frozen=True)
class ResponseFilter:
    """Which responses are wanted. None and empty mean any; of several values one is enough.

    `since` is inclusive, `until` exclusive. `surveys` are public ids, `members` and `teams` ids of
    ours; None among the members is nobody, and `teams` are those below as well. "" among channels,
    languages, sources, clients and segments is none. `versions` are numbers. `scores` and
    `moods` are those of the kinds that are wanted, else of the main question; moods by what its
    survey calls positive.
    `reasons` are ids of ticked areas. `campaigns` are ids of those that asked for the response, and
    `waves` numbers of their waves, which mean nothing without.
    `is_recovery`: answers of customers who were asked again after a follow-up: only those, or none
    of them. `search` is what somebody typed to look for; `finds_hidden_comments` says whether
    they may read comments that the team has hidden.
    """

    scope: Scope = EVERYTHING
    surveys: Collection[str] = ()
    kinds: Collection[Kind] = ()
    scores: Collection[int] = ()
    moods: Collection[Mood] = ()
    teams: Collection[int] | None = None
    members: Collection[int | None] = ()
    channels: Collection[str] = ()
    languages: Collection[str] = ()
    sources: Collection[str] = ()
    clients: Collection[str] = ()
    segments: Collection[str] = ()
    reasons: Collection[str] = ()
    versions: Collection[int] = ()
    campaigns: Collection[int] = ()
    waves: Collection[int] = ()
    tags: Collection[str] = ()
    has_comment: bool | None = None
    is_recovery: bool | None = None
    search: str = ""
    finds_hidden_comments: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ref: str | None = None
    with_tests: bool = False
    only_tests: bool = False
    with_hidden: bool = False

    def to_json(self) -> dict[str, Any]:
        """What differs from a filter that wants everything. Whose responses somebody sees is not
        kept: it is looked up whenever the filter is used."""
        kept: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _OF_WHOEVER_ASKS or value == field.default:
                continue
            if isinstance(value, datetime):
                value = value.isoformat()
            elif isinstance(value, Collection) and not isinstance(value, str):
                value = list(value)
            kept[field.name] = value
        return kept

    @classmethod
    def from_json(
        cls, kept: dict[str, Any], *, scope: Scope, finds_hidden_comments: bool
    ) -> "ResponseFilter":
        """The same filter for somebody with this scope."""
        said = dict(kept)
        for name in ("since", "until"):
            if name in said:
                said[name] = datetime.fromisoformat(said[name])
        return cls(scope=scope, finds_hidden_comments=finds_hidden_comments, **said)


_OF_WHOEVER_ASKS = frozenset(("scope", "finds_hidden_comments"))
