"""A report's numbers as data, so that a report that is finished says the same for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from widget.domain.dashboards import Point, Tile
from widget.domain.scales import Kind
from widget.domain.score_summary import FEW
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.spans import Bucket, Span


@dataclass(frozen=True)
class Bar:
    """How many gave a score, in the period and in the days it is compared with."""

    score: int
    count: int
    before: int


@dataclass(frozen=True)
class FollowUpFigures:
    """Follow-ups of a span: how many were opened and resolved in it, how many were open when it was
    over, and the median time from opening to resolving of those resolved, in seconds."""

    opened: int
    resolved: int
    still_open: int
    time_to_resolve: Score


@dataclass(frozen=True)
class ReasonFigure:
    """A reason that customers ticked. `asked` is how many could have; `name` is in the words of
    the survey's main language. The same of the days before; 0 asked where nobody was.

    `score` is the mean score of those who ticked it, in points of the scale, for NPS their NPS;
    None in reports that were made before it was told. `difference` is that less the score of those
    who did not tick it; None where too few did either.
    """

    name: str
    is_positive: bool
    ticked: int
    asked: int
    ticked_before: int
    asked_before: int
    difference: Comparison | None = None
    score: Score | None = None


@dataclass(frozen=True)
class ThemeFigure:
    """A word or phrase that one side says more often: in how many of its comments, which share of
    them (0 to 1), and which share of the other side's."""

    text: str
    is_positive: bool
    comments: int
    share: float
    share_of_others: float


@dataclass(frozen=True)
class LanguageThemes:
    """What stands out in the comments of a language (a tag), of which so many were read.

    `is_enough`: whether they were enough to say anything. `is_sample`: whether there were more.
    """

    language: str
    positive: int
    negative: int
    is_enough: bool
    is_sample: bool
    terms: tuple[ThemeFigure, ...]


@dataclass(frozen=True)
class OtherSurvey:
    """Another survey that was answered about the same: its name, and its own metric's number."""

    name: str
    tile: Tile


@dataclass(frozen=True)
class AgainstBaseline:
    """The campaign that is marked as the baseline: its name, the day it began, what all customers
    answered to its first wave, and how far the period is from that. `own` is what the report's
    customers answered to it; None where the report is of all, or none of them did.

    `is_recounted`: its survey calls other answers satisfied; it is counted as the report's counts.
    """

    name: str
    began_on: date
    score: Score
    difference: Comparison
    own: Score | None = None
    own_difference: Comparison | None = None
    is_recounted: bool = False


@dataclass(frozen=True)
class WeightedFigure:
    """The metric's number with each group by an attribute weighing what it weighs among
    `customers`. `left_out` answers are of no stated group, and groups of which nobody answered
    weigh `missing_share`, from 0 to 1; where that is too much there is no number."""

    attribute: str
    score: Score
    customers: int
    left_out: int
    missing_share: float


@dataclass(frozen=True)
class ReportFigures:
    """All numbers of a report. `subject` and `survey` are names as they were.

    `tiles` compare the period with the baseline; the first is the metric that `baseline` and
    `trend` are of. `bars` are of the main question's `kind`, the highest score first.
    """

    subject: str
    survey: str
    kind: Kind
    positive_from: int
    metric: MetricId
    tiles: tuple[Tile, ...]
    baseline: Score
    trend: tuple[Point, ...]
    bars: tuple[Bar, ...]
    follow_ups: FollowUpFigures
    follow_ups_before: FollowUpFigures
    reasons: tuple[ReasonFigure, ...] = ()
    # None: nobody has looked for them yet.
    themes: tuple[LanguageThemes, ...] | None = None
    # By their names; verdicts hold for all of them together.
    others: tuple[OtherSurvey, ...] = ()
    # Where a campaign is marked as the baseline and began before the period.
    against: AgainstBaseline | None = None
    # Of reports about everybody, where the sizes of groups are stated.
    weighted: tuple[WeightedFigure, ...] = ()

    @property
    def has_before(self) -> bool:
        """Whether there is anything in the days that the period is compared with."""
        return self.answers_before > 0 or any(
            tile.change.difference is not None for tile in self.tiles
        )

    @property
    def main(self) -> Tile:
        """The metric of the survey's main question."""
        return next(tile for tile in self.tiles if tile.metric == self.metric)

    @property
    def answers(self) -> int:
        """How many answered the main question in the period."""
        return sum(bar.count for bar in self.bars)

    @property
    def answers_before(self) -> int:
        return sum(bar.before for bar in self.bars)

    @property
    def is_small(self) -> bool:
        """Whether so few answered that nothing should be made of it."""
        return 0 < self.answers < FEW

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "against": asdict(self.against) | {"began_on": self.against.began_on.isoformat()}
            if self.against
            else None,
            "trend": [
                {
                    "first": point.bucket.span.first.isoformat(),
                    "last": point.bucket.span.last.isoformat(),
                    "is_whole": point.bucket.is_whole,
                    "score": asdict(point.score),
                }
                for point in self.trend
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReportFigures":
        """What `to_json` gave."""
        return cls(
            **{
                **data,
                "tiles": tuple(_tile(one) for one in data["tiles"]),
                "baseline": Score(**data["baseline"]),
                "trend": tuple(_point(one) for one in data["trend"]),
                "bars": tuple(Bar(**one) for one in data["bars"]),
                "follow_ups": _follow_ups(data["follow_ups"]),
                "follow_ups_before": _follow_ups(data["follow_ups_before"]),
                "reasons": tuple(_reason(one) for one in data["reasons"]),
                "themes": _themes(data["themes"]),
                # Reports that were made before have none.
                "others": tuple(_other(one) for one in data.get("others", ())),
                "against": _against(data.get("against")),
                "weighted": tuple(
                    WeightedFigure(**{**one, "score": Score(**one["score"])})
                    for one in data.get("weighted", ())
                ),
            }
        )


def bars_of(
    scores: Sequence[int], now: Mapping[int, int], before: Mapping[int, int]
) -> tuple[Bar, ...]:
    """A bar for each point of a scale, the highest first, from score -> how many have it."""
    return tuple(
        Bar(score, now.get(score, 0), before.get(score, 0))
        for score in sorted(scores, reverse=True)
    )


def _tile(data: Mapping[str, Any]) -> Tile:
    return Tile(data["metric"], Score(**data["score"]), Comparison(**data["change"]))


def _point(data: Mapping[str, Any]) -> Point:
    span = Span(date.fromisoformat(data["first"]), date.fromisoformat(data["last"]))
    return Point(Bucket(span, data["is_whole"]), Score(**data["score"]))


def _against(data: Mapping[str, Any] | None) -> AgainstBaseline | None:
    if data is None:
        return None
    own, own_difference = data["own"], data["own_difference"]
    return AgainstBaseline(
        data["name"],
        date.fromisoformat(data["began_on"]),
        Score(**data["score"]),
        Comparison(**data["difference"]),
        Score(**own) if own else None,
        Comparison(**own_difference) if own_difference else None,
        # Reports that were made before do not tell.
        data.get("is_recounted", False),
    )


def _other(data: Mapping[str, Any]) -> OtherSurvey:
    return OtherSurvey(data["name"], _tile(data["tile"]))


def _reason(data: Mapping[str, Any]) -> ReasonFigure:
    difference, score = data["difference"], data.get("score")
    return ReasonFigure(
        **{
            **data,
            "difference": Comparison(**difference) if difference else None,
            "score": Score(**score) if score else None,
        }
    )


def _themes(data: Sequence[Mapping[str, Any]] | None) -> tuple[LanguageThemes, ...] | None:
    if data is None:
        return None
    return tuple(
        LanguageThemes(**{**one, "terms": tuple(ThemeFigure(**term) for term in one["terms"])})
        for one in data
    )


def _follow_ups(data: Mapping[str, Any]) -> FollowUpFigures:
    # Reports from before follow-ups were resolved call it closing.
    resolved, time = ("closed", "time_to_close") if "closed" in data else _RESOLVED
    return FollowUpFigures(data["opened"], data[resolved], data["still_open"], Score(**data[time]))


_RESOLVED = ("resolved", "time_to_resolve")
