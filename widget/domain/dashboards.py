"""What a dashboard says: numbers with what they were before, their course, and what they hide."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from widget.domain.scales import Kind
from widget.domain.score_filters import ScoreFilter
from widget.domain.score_summary import FEW
from widget.domain.scores.adding import summed, without
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.corrections import corrected
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRIC_IDS, METRICS, MetricId
from widget.domain.scores.scoring import Counts, compare, has_value, score_of, shrunken
from widget.domain.scores.spans import Bucket

Key = TypeVar("Key", bound=Hashable)


# Why a tile has no number: its filter asks for what is not known of it; nobody was asked by a
# request; there is none on offer.
TileLack = Literal["unknown_by_filter", "nothing_sent", "not_offered"]
LACK_WORDS: dict[TileLack, str] = {
    "unknown_by_filter": "not known by this filter",
    "nothing_sent": "no requests were sent",
    "not_offered": "none on offer",
}


@dataclass(frozen=True)
class Tile:
    """A metric's number, and how it differs from that of the span before. `lack` says why there is
    none, where that is another reason than that nobody answered."""

    metric: MetricId
    score: Score
    change: Comparison
    lack: TileLack | None = None

    @property
    def is_better(self) -> bool | None:
        """Whether the change is for the better; None where there is no verdict, or nothing is."""
        higher_is_better = METRICS[self.metric].higher_is_better
        verdict = self.change.verdict
        if verdict not in ("higher", "lower") or higher_is_better is None:
            return None
        return (verdict == "higher") is higher_is_better


@dataclass(frozen=True)
class Point:
    """A metric's number in one part of a span."""

    bucket: Bucket
    score: Score


@dataclass(frozen=True)
class Row(Generic[Key]):
    """A metric's number of one group, and how it differs from that of all others together.

    `fair` is drawn towards everybody's, the more the fewer answers there are; None where there is
    nobody else, and of numbers that are not drawn (times and plain counts).
    """

    key: Key
    score: Score
    fair: Score | None
    against_others: Comparison


@dataclass(frozen=True)
class Pair(Generic[Key]):
    """Two groups side by side. `pairs` is how many could have been compared as well."""

    first: Key
    second: Key
    first_score: Score
    second_score: Score
    comparison: Comparison
    pairs: int


def tiles(metrics: Sequence[MetricId], now: Counts, before: Counts) -> list[Tile]:
    """A tile for each metric, in their order."""
    return [Tile(metric, score_of(metric, now), compare(metric, before, now)) for metric in metrics]


@dataclass(frozen=True)
class Offered:
    """What the surveys of a filter ask, and what their workspace offers to whoever answers."""

    kinds: Collection[Kind]
    rewards: bool
    shares: bool


def all_tiles(wanted: ScoreFilter, offered: Offered, now: Counts, before: Counts) -> list[Tile]:
    """A tile for each metric of what is asked or was answered in either span, and for all that are
    of no kind of question; those without a number too."""
    kinds = {one.kind for counts in (now, before) for one in counts.answers if one.counts}
    kinds |= set(offered.kinds)
    metrics = [id for id in METRIC_IDS if METRICS[id].kind is None or METRICS[id].kind in kinds]
    lacks = {id: _lack(id, wanted, offered, now, before) for id in metrics}
    known = {one.metric: one for one in tiles(metrics, now, before)}
    nothing = {one.metric: one for one in tiles(metrics, Counts(), Counts())}
    return [replace(nothing[id], lack=lacks[id]) if lacks[id] else known[id] for id in metrics]


def _lack(
    metric: MetricId, wanted: ScoreFilter, offered: Offered, now: Counts, before: Counts
) -> TileLack | None:
    if metric in ("response_rate", "time_to_answer"):
        if not wanted.knows_requests:
            return "unknown_by_filter"
        return None if now.sent or before.sent else "nothing_sent"
    if metric == "shares" and not wanted.knows_shares:
        return "unknown_by_filter"
    # A 0 of what nobody could do would read as if nobody wanted to.
    if metric == "shares" and not (offered.shares or now.shares or before.shares):
        return "not_offered"
    if metric == "rewards" and not (offered.rewards or now.rewards or before.rewards):
        return "not_offered"
    return None


def shown_metrics(
    now: Counts, before: Counts, *, knows_requests: bool, knows_shares: bool
) -> list[MetricId]:
    """The metrics that there is anything to say about: of kinds that were asked in either span.

    Nobody knows who was asked, or who shared, by what an answer alone tells. Where nothing was
    asked, suggested or shared in either span, it may not even have been on offer.
    """
    asked = {one.kind for counts in (now, before) for one in counts.answers if one.counts}
    left_out: set[MetricId] = set()
    if not knows_requests or not (now.sent or before.sent):
        left_out |= {"response_rate", "time_to_answer"}
    if not (knows_shares and (now.shares or before.shares)):
        left_out.add("shares")
    if not (now.rewards or before.rewards):
        left_out.add("rewards")
    return [
        id
        for id in METRIC_IDS
        if id not in left_out and (METRICS[id].kind is None or METRICS[id].kind in asked)
    ]


def looked_at(metrics: Sequence[MetricId], wanted: str | None) -> MetricId:
    """The metric that is looked at more closely: the wanted one where it is shown, else the first.

    Where none is shown, all that there are stand for them.
    """
    shown = metrics or METRIC_IDS
    return next((id for id in shown if id == wanted), shown[0])


def breakdown(
    metric: MetricId,
    groups: Mapping[Key, Counts],
    most: int | None = None,
    whole: Counts | None = None,
) -> list[Row[Key]]:
    """A row for each group with a number, those with most answers first, and no more than `most`.

    `whole` is what all of them counted together, where an answer may be in several groups; each is
    compared with what is not in it. Verdicts hold for all groups together, those without a row
    among them (Holm).
    """
    groups = {key: _answers_to(metric, counts) for key, counts in groups.items()}
    whole = _answers_to(metric, whole) if whole else summed(groups.values())
    # Shares may be of answers that are older than the span, so that there are no answers to them.
    keys = [key for key, counts in groups.items() if has_value(metric, counts)]
    compared = {key: compare(metric, without(whole, groups[key]), groups[key]) for key in keys}
    verdicts = dict(zip(keys, corrected([compared[key] for key in keys]), strict=True))
    shown = sorted(keys, key=lambda key: -compared[key].n_second)[:most]
    # Whoever is alone is everybody: there is nothing to draw their number towards.
    is_drawn = len(keys) > 1 and METRICS[metric].unit not in ("seconds", "count")
    fair = shrunken(metric, groups, shown) if is_drawn else {}
    return [Row(key, score_of(metric, groups[key]), fair.get(key), verdicts[key]) for key in shown]


def _answers_to(metric: MetricId, counts: Counts) -> Counts:
    """Of what was counted no more than the metric is of: less to add up and take away."""
    kind = METRICS[metric].kind
    if kind is None:
        return counts
    return replace(counts, answers=[one for one in counts.answers if one.kind == kind], times={})


def compare_pair(
    metric: MetricId, groups: Mapping[Key, Counts], first: Key, second: Key
) -> Pair[Key]:
    """The second group's number minus the first's, of groups that share no answers.

    Who chooses two groups has looked at all of them. So the verdict allows for every pair that
    could have been chosen, of groups with enough answers: p times their number, at most 1
    (Bonferroni; O. J. Dunn, 1961, Multiple Comparisons among Means, Journal of the American
    Statistical Association 56, 52-64).
    """
    scores = {key: score_of(metric, counts) for key, counts in groups.items()}
    enough = sum(1 for score in scores.values() if score.n >= FEW)
    pairs = max(1, enough * (enough - 1) // 2)
    found = compare(metric, groups[first], groups[second])
    if found.p is not None:
        found = replace(found, adjusted_p=min(1.0, found.p * pairs))
    return Pair(first, second, scores[first], scores[second], found, pairs)


def shades(scores: Mapping[Key, Score]) -> dict[Key, int]:
    """How dark each number is shown, from 1 for the lowest to 4 for the highest of them; 0 for one
    of too few answers, and where all are alike."""
    values = {
        key: score.value
        for key, score in scores.items()
        if score.value is not None and not score.is_small
    }
    lowest, highest = min(values.values(), default=0.0), max(values.values(), default=0.0)
    if lowest == highest:
        return dict.fromkeys(scores, 0)
    steps = {key: int(4 * (value - lowest) / (highest - lowest)) for key, value in values.items()}
    return {key: min(4, steps[key] + 1) if key in steps else 0 for key in scores}


def by_weekday_and_hour(
    groups: Mapping[int, Counts], quarter_s: int, time_zone: str
) -> dict[tuple[int, int], Counts]:
    """Counts by quarters of an hour since 1970 as counts by weekday (0 is Monday) and hour (0-23)
    where the workspace is."""
    zone = ZoneInfo(time_zone)
    parts: dict[tuple[int, int], list[Counts]] = {}
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for quarter, counts in groups.items():
        moment = (epoch + timedelta(seconds=quarter * quarter_s)).astimezone(zone)
        parts.setdefault((moment.weekday(), moment.hour), []).append(counts)
    return {key: summed(of_key) for key, of_key in parts.items()}
