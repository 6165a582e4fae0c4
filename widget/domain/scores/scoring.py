"""Every metric from what was counted: as a number, compared, weighted, or drawn together.

Each metric is one of five sorts of sample, and each sort has its functions: a share, a split of
promoters and detractors, scores on a scale, times, or a plain count.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from widget.domain.scales import POSITIVE_FROM, Kind
from widget.domain.score_summary import HIGHEST, LOWEST
from widget.domain.scores.comparisons import (
    Comparison,
    compare_means,
    compare_nps,
    compare_shares,
    untested,
)
from widget.domain.scores.durations import median_time
from widget.domain.scores.estimates import Score
from widget.domain.scores.means import mean
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.nps import Split, nps, split_of, together
from widget.domain.scores.poststratified import (
    Poststratified,
    mean_stratum,
    nps_stratum,
    poststratified_mean,
    poststratified_nps,
    poststratified_share,
    share_stratum,
)
from widget.domain.scores.shares import Part, part_below, part_from, share
from widget.domain.scores.shrinkage import shrunken_means, shrunken_nps, shrunken_shares

Who = TypeVar("Who")


@dataclass(frozen=True)
class Answers:
    """Answers to one kind of question: score -> how many have it.

    `positive_from` is the survey's; None is the usual one of its kind.
    """

    kind: Kind
    counts: Mapping[int, int]
    positive_from: int | None = None

    @property
    def threshold(self) -> int:
        return POSITIVE_FROM[self.kind] if self.positive_from is None else self.positive_from


@dataclass(frozen=True)
class Counts:
    """What was counted, of a period or of a group of customers.

    `answers` may have several of a kind, as surveys differ in what they call positive. `sent` is
    requests sent and `answered` those of them that were answered; `responses` is all answers,
    asked for or not, and `comments` those of them with a comment. `times`: seconds from sending a
    request to its answer -> how many took so long. `rewards` suggested and `shares` made.
    """

    answers: Sequence[Answers] = ()
    sent: int = 0
    answered: int = 0
    responses: int = 0
    comments: int = 0
    times: Mapping[int, int] = field(default_factory=dict)
    rewards: int = 0
    shares: int = 0


@dataclass(frozen=True)
class Group:
    """A group of customers: how many there are (or any measure of it), and what was counted."""

    name: str
    population: float
    counts: Counts


def score_of(metric: MetricId, counts: Counts) -> Score:
    """The metric's number in its unit, with its interval. No value without answers."""
    if METRICS[metric].unit == "percent":
        return share(_part(metric, counts))
    if metric == "nps":
        return nps(_split(counts))
    if metric == "stars" or metric == "ces":
        return mean(_scores(metric, counts), _points(metric))
    if metric == "time_to_answer":
        return median_time(counts.times)
    number = counts.rewards if metric == "rewards" else counts.shares
    # None from nobody is no news: a 0 would read as if somebody had been asked.
    value = float(number) if number or counts.responses else None
    return Score(value, None, None, counts.responses, "counted")


def has_value(metric: MetricId, counts: Counts) -> bool:
    """Whether `score_of` would say a number; quicker than having its interval made as well."""
    if METRICS[metric].unit == "percent":
        return _part(metric, counts).n > 0
    if metric == "nps":
        return _split(counts).n > 0
    if metric == "stars" or metric == "ces":
        return any(_scores(metric, counts).values())
    return score_of(metric, counts).value is not None


def compare(metric: MetricId, first: Counts, second: Counts) -> Comparison:
    """The second's number minus the first's. Times and plain counts are not tested: no verdict."""
    if METRICS[metric].unit == "percent":
        return compare_shares(_part(metric, first), _part(metric, second))
    if metric == "nps":
        return compare_nps(_split(first), _split(second))
    if metric == "stars" or metric == "ces":
        return compare_means(_scores(metric, first), _scores(metric, second), _points(metric))
    return untested(score_of(metric, first), score_of(metric, second))


def poststratified(metric: MetricId, groups: Sequence[Group]) -> Poststratified:
    """The metric's number of all customers. Raises ValueError for times and plain counts."""
    if METRICS[metric].unit == "percent":
        return poststratified_share(
            [share_stratum(one.name, one.population, _part(metric, one.counts)) for one in groups]
        )
    if metric == "nps":
        return poststratified_nps(
            [nps_stratum(one.name, one.population, _split(one.counts)) for one in groups]
        )
    if metric == "stars" or metric == "ces":
        strata = [
            mean_stratum(one.name, one.population, _scores(metric, one.counts)) for one in groups
        ]
        return poststratified_mean(strata, _points(metric))
    raise ValueError(f"{METRICS[metric].name} cannot be weighted.")


def shrunken(
    metric: MetricId, people: Mapping[Who, Counts], only: Collection[Who] | None = None
) -> dict[Who, Score]:
    """The metric's number of each person, drawn together; times and plain counts as they are.

    `only`: whose numbers are wanted, which are drawn towards everybody's all the same.
    """
    if METRICS[metric].unit == "percent":
        parts = {who: _part(metric, counts) for who, counts in people.items()}
        return shrunken_shares(parts, only)
    if metric == "nps":
        return shrunken_nps({who: _split(counts) for who, counts in people.items()}, only)
    if metric == "stars" or metric == "ces":
        scores = {who: _scores(metric, counts) for who, counts in people.items()}
        return shrunken_means(scores, _points(metric), only)
    return {who: score_of(metric, people[who]) for who in (people if only is None else only)}


def _part(metric: MetricId, counts: Counts) -> Part:
    if metric == "response_rate":
        return Part(counts.answered, counts.sent)
    if metric == "comment_rate":
        return Part(counts.comments, counts.responses)
    parts = []
    for answers in counts.answers:
        if answers.kind != METRICS[metric].kind:
            continue
        if metric == "five_star":
            parts.append(part_from(answers.counts, HIGHEST["stars"]))
        elif metric == "negative":
            parts.append(part_below(answers.counts, answers.threshold))
        else:
            parts.append(part_from(answers.counts, answers.threshold))
    return Part(sum(part.hits for part in parts), sum(part.n for part in parts))


def _split(counts: Counts) -> Split:
    return together(
        split_of(answers.counts, answers.threshold)
        for answers in counts.answers
        if answers.kind == "nps"
    )


def _scores(kind: Kind, counts: Counts) -> Mapping[int, int]:
    found = [answers.counts for answers in counts.answers if answers.kind == kind]
    if len(found) == 1:
        return found[0]
    scores: Counter[int] = Counter()
    for one in found:
        scores.update(one)
    return dict(scores)


def _points(kind: Kind) -> range:
    return range(LOWEST[kind], HIGHEST[kind] + 1)
