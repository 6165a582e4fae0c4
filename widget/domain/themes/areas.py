"""Which ticked reasons go with how many points.

Reasons are offered with the scores of one sentiment only, so each is looked at among those who were
asked for reasons of its sentiment: those who ticked it against those who did not. What is told is
an association; people who tick one reason often tick another with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from widget.domain.scales import Kind
from widget.domain.score_summary import FEW, Estimate
from widget.domain.themes.differences import Sample, difference_of_means, sample_of
from widget.domain.themes.enough import Lack
from widget.domain.themes.sides import points_of
from widget.domain.themes.verdicts import LEVEL, holm

Verdict = Literal["lower", "higher", "unclear"]


@dataclass(frozen=True)
class Ticks:
    """Answers of one kind and sentiment: how many of those asked for reasons gave each score, and
    how many of those who ticked each reason, by its id. Reasons nobody ticked may be there too."""

    kind: Kind
    asked: Mapping[int, int]
    ticked: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Area:
    """A reason, and how those who ticked it score.

    `share` is of those asked, from 0 to 1. `difference` is the mean score of those who ticked less
    that of those who did not, in points of the scale, for NPS in its points from −100 to 100.
    `cost` is the share times the difference, turned round: how much higher the mean of those asked
    would be if those who ticked scored as the others do. `chance` is the probability that the
    difference only seems so, adjusted for all reasons compared, and `verdict` what it allows to
    say. Where `lack` says that too few ticked, or did not, these four say nothing.
    """

    reason: str
    ticked: int
    unticked: int
    share: float
    difference: Estimate | None = None
    cost: float = 0.0
    chance: float = 1.0
    verdict: Verdict = "unclear"
    lack: Lack | None = None


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
    found = [_area(ticks, reason, asked, lack) for reason in ticks.ticked]
    compared = [area for area in found if area.difference]
    adjusted = holm([area.chance for area in compared])
    judged = [_judged(area, chance) for area, chance in zip(compared, adjusted, strict=True)]
    judged.sort(key=lambda area: (-area.cost, area.reason))
    others = [area for area in found if not area.difference]
    others.sort(key=lambda area: (-area.ticked, area.reason))
    return Areas(asked, (*judged, *others), lack)


def _lack_of_answers(ticks: Ticks, asked: int) -> Lack | None:
    if asked < 2 * FEW:
        return Lack("too_few_answers", asked, 2 * FEW)
    given = {points_of(ticks.kind, score) for score, count in ticks.asked.items() if count}
    return Lack("one_score") if len(given) == 1 else None


def _area(ticks: Ticks, reason: str, asked: int, lack: Lack | None) -> Area:
    with_it = ticks.ticked[reason]
    ticked = sum(with_it.values())
    area = Area(reason, ticked, asked - ticked, ticked / asked if asked else 0.0)
    if lack:
        return replace(area, lack=lack)
    if area.ticked < FEW:
        return replace(area, lack=Lack("too_few_ticked", area.ticked, FEW))
    if area.unticked < FEW:
        return replace(area, lack=Lack("too_few_unticked", area.unticked, FEW))
    without = {score: count - with_it.get(score, 0) for score, count in ticks.asked.items()}
    everybody = _sample(ticks.kind, ticks.asked)
    difference, chance = difference_of_means(
        _with_variance(_sample(ticks.kind, with_it), everybody),
        _with_variance(_sample(ticks.kind, without), everybody),
    )
    return replace(area, difference=difference, cost=-area.share * difference.value, chance=chance)


def _sample(kind: Kind, counts: Mapping[int, int]) -> Sample:
    points: dict[float, int] = {}
    for score, count in counts.items():
        value = points_of(kind, score)
        points[value] = points.get(value, 0) + count
    return sample_of(points)


def _with_variance(sample: Sample, everybody: Sample) -> Sample:
    """A sample of one and the same score gets everybody's variance: ten equal scores do not prove
    that there are no others."""
    return sample if sample.variance else replace(sample, variance=everybody.variance)


def _judged(area: Area, chance: float) -> Area:
    assert area.difference is not None
    if chance > LEVEL:
        return replace(area, chance=chance)
    verdict: Verdict = "lower" if area.difference.value < 0 else "higher"
    return replace(area, chance=chance, verdict=verdict)
