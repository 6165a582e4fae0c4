"""Which ticked reasons go with how many points.

Reasons are offered with the scores of one sentiment only, so each is looked at among those to whom
it was offered: those who ticked it against those who did not. What is told is an association;
people who tick one reason often tick another with it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from widget.domain.scales import Kind, Sentiment
from widget.domain.score_summary import FEW, HIGHEST, LOWEST
from widget.domain.scores.comparisons import Comparison, Verdict, compare_means, compare_nps
from widget.domain.scores.corrections import corrected
from widget.domain.scores.estimates import Score
from widget.domain.scores.means import mean
from widget.domain.scores.nps import nps, split_of
from widget.domain.themes.enough import Lack

Scores = Mapping[int, int]
"""How many gave each score."""


@dataclass(frozen=True)
class Ticks:
    """Answers of one kind and sentiment: the scores of those asked for reasons, and of those who
    ticked each reason, by its id. Reasons nobody ticked may be there too.

    `positive_from` is where the kind's positive scores begin. `offered` has the scores of those who
    were offered each reason; None where everybody who was asked was offered all of them.
    """

    kind: Kind
    sentiment: Sentiment
    positive_from: int
    asked: Scores
    ticked: Mapping[str, Scores]
    offered: Mapping[str, Scores] | None = None

    def offered_to(self, reason: str) -> Scores:
        """The scores of those who could tick a reason."""
        return self.asked if self.offered is None else self.offered.get(reason, {})

    @property
    def points(self) -> Sequence[int]:
        """The scores that lead to this sentiment's reasons."""
        if self.sentiment == "positive":
            return range(self.positive_from, HIGHEST[self.kind] + 1)
        return range(LOWEST[self.kind], self.positive_from)


@dataclass(frozen=True)
class Area:
    """A reason, and how those who ticked it score.

    `difference` is the mean score of those who ticked less that of those who did not, in points of
    the scale, for NPS in its points; its verdict holds for all reasons compared (Holm). It is None
    where `lack` says that too few ticked, or did not.
    """

    reason: str
    ticked: int
    unticked: int
    difference: Comparison | None = None
    lack: Lack | None = None

    @property
    def share(self) -> float:
        """Of those to whom it was offered, 0 to 1."""
        offered = self.ticked + self.unticked
        return self.ticked / offered if offered else 0.0

    @property
    def cost(self) -> float | None:
        """How many points higher the mean of those to whom it was offered would be if those who
        ticked scored as the others do: the share times the difference, turned round."""
        if self.difference is None or self.difference.difference is None:
            return None
        return -self.share * self.difference.difference

    @property
    def verdict(self) -> Verdict | None:
        return self.difference.verdict if self.difference else None


@dataclass(frozen=True)
class Areas:
    """All reasons of one sentiment: first those compared, the most costly first; then the others,
    the most ticked first. `lack` says why none is compared."""

    asked: int
    areas: tuple[Area, ...]
    lack: Lack | None = None


def areas_of(ticks: Ticks) -> Areas:
    """What reasons cost, where enough people ticked them and enough others did not."""
    asked = sum(ticks.asked.values())
    lack = _lack_of_answers(ticks, asked)
    found = [_area(ticks, reason, lack) for reason in ticks.ticked]
    compared = [area for area in found if area.difference]
    verdicts = corrected([area.difference for area in compared if area.difference])
    judged = [
        replace(area, difference=verdict) for area, verdict in zip(compared, verdicts, strict=True)
    ]
    judged.sort(key=lambda area: (-(area.cost or 0.0), area.reason))
    others = [area for area in found if not area.difference]
    others.sort(key=lambda area: (-area.ticked, area.reason))
    return Areas(asked, (*judged, *others), lack)


def score_of_ticked(ticks: Ticks, reason: str) -> Score:
    """The score of those who ticked a reason, in the unit of its area's difference."""
    scores = ticks.ticked.get(reason, {})
    if ticks.kind == "nps":
        return nps(split_of(scores, ticks.positive_from))
    return mean(scores, range(LOWEST[ticks.kind], HIGHEST[ticks.kind] + 1))


def _lack_of_answers(ticks: Ticks, asked: int) -> Lack | None:
    if asked < 2 * FEW:
        return Lack("too_few_answers", asked, 2 * FEW)
    counts: Collection[int] = ticks.asked.values()
    if ticks.kind == "nps":
        split = split_of(ticks.asked, ticks.positive_from)
        counts = (split.promoters, split.passives, split.detractors)
    return Lack("one_score") if sum(count > 0 for count in counts) == 1 else None


def _area(ticks: Ticks, reason: str, lack: Lack | None) -> Area:
    offered, with_it = ticks.offered_to(reason), ticks.ticked[reason]
    ticked = sum(with_it.values())
    area = Area(reason, ticked, sum(offered.values()) - ticked)
    if lack:
        return replace(area, lack=lack)
    if area.ticked < FEW:
        return replace(area, lack=Lack("too_few_ticked", area.ticked, FEW))
    if area.unticked < FEW:
        return replace(area, lack=Lack("too_few_unticked", area.unticked, FEW))
    without = {score: count - with_it.get(score, 0) for score, count in offered.items()}
    return replace(area, difference=_difference(ticks, without, with_it))


def _difference(ticks: Ticks, without: Scores, with_it: Scores) -> Comparison:
    if ticks.kind == "nps":
        first, second = (split_of(counts, ticks.positive_from) for counts in (without, with_it))
        return compare_nps(first, second)
    return compare_means(without, with_it, ticks.points)
