"""What the scores of one kind say together: a mean, a share of positive ones, and how many of each.

The numbers and intervals are those of the metrics, so that a stream and a dashboard of the same
answers say the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from widget.domain.scales import KINDS, POSITIVE_FROM, Kind
from widget.domain.score_summary import HIGHEST, LOWEST
from widget.domain.scores.estimates import Score
from widget.domain.scores.means import mean
from widget.domain.scores.nps import nps, split_of, together
from widget.domain.scores.scoring import Answers
from widget.domain.scores.shares import Part, part_from, share


@dataclass(frozen=True)
class Bar:
    """How many gave a score, and their share of all, from 0 to 1."""

    score: int
    count: int
    share: float


@dataclass(frozen=True)
class Summary:
    """What the scores of one kind say.

    `mean` is in points of the scale, for NPS from −100 to 100; `positive` is in per cent. `bars`
    begin with the highest score. `thresholds` are from where scores are positive: one, unless
    surveys differ in it, each of which is counted by its own.
    """

    kind: Kind
    n: int
    mean: Score
    positive: Score
    bars: tuple[Bar, ...]
    thresholds: tuple[int, ...]

    @property
    def is_small(self) -> bool:
        """Whether so few answered that the numbers should be shown as uncertain."""
        return self.mean.is_small


def summarise(kind: Kind, answers: Sequence[Answers]) -> Summary:
    """The summary of answers, all of which are of the kind. Raises ValueError for a score off its
    scale."""
    counts: Counter[int] = Counter()
    for one in answers:
        counts.update(one.counts)
    points = range(LOWEST[kind], HIGHEST[kind] + 1)
    if kind == "nps":
        middle = nps(together(split_of(one.counts, one.threshold) for one in answers))
    else:
        middle = mean(counts, points)
    n = counts.total()
    parts = [part_from(one.counts, one.threshold) for one in answers]
    positive = share(Part(sum(part.hits for part in parts), sum(part.n for part in parts)))
    bars = tuple(
        Bar(score, counts[score], counts[score] / n if n else 0.0) for score in reversed(points)
    )
    thresholds = {one.threshold for one in answers} or {POSITIVE_FROM[kind]}
    return Summary(kind, n, middle, positive, bars, tuple(sorted(thresholds)))


def summaries(answers: Sequence[Answers]) -> list[Summary]:
    """A summary for each kind that was answered, in the order of the metrics."""
    asked = {one.kind for one in answers if any(one.counts.values())}
    return [
        summarise(kind, [one for one in answers if one.kind == kind])
        for kind in KINDS
        if kind in asked
    ]
