"""The net promoter score: of a hundred customers, how many more promote than detract.

NPS = 100 · (P − D), with P and D the shares of promoters and detractors among all who answered,
passives included; from −100 to 100 (F. F. Reichheld, 2003, The One Number You Need to Grow, Harvard
Business Review 81, 46-54). It is a hundred times the mean of +1, 0 and −1, whose variance is
P + D − (P − D)².

Its interval is the adjusted Wald interval: three further answers, ¾ of them promoters, 1½ passives
and ¾ detractors, then 1.96 standard errors to each side (B. Rocks, 2016, Interval Estimation for
the Net Promoter Score, The American Statistician 70, 365-372). Without them eight promoters of
eight would be a certainty; with them they are somewhere from 39 to 100.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from widget.domain.scales import POSITIVE_FROM
from widget.domain.scores.estimates import Score, Z, no_score, score_within
from widget.domain.scores.moments import Moments, moments, with_further

NPS_LIMITS = (-100.0, 100.0)
NPS_FURTHER = {100.0: 0.75, 0.0: 1.5, -100.0: 0.75}
_DETRACTORS_UNTIL = 6


@dataclass(frozen=True)
class Split:
    """How many customers promote, are passive, and detract."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def tally(self) -> dict[float, float]:
        """How many have each value in points: 100, 0 or −100."""
        return {100.0: self.promoters, 0.0: self.passives, -100.0: self.detractors}


def detractors_until(promoters_from: int = POSITIVE_FROM["nps"]) -> int:
    """The highest score of a detractor: 6, or less where a survey's promoters begin so low."""
    return min(_DETRACTORS_UNTIL, promoters_from - 1)


def split_of(counts: Mapping[int, int], promoters_from: int = POSITIVE_FROM["nps"]) -> Split:
    """The three groups, from score (0 to 10) -> how many answers have it."""
    until = detractors_until(promoters_from)
    promoters = sum(count for score, count in counts.items() if score >= promoters_from)
    detractors = sum(count for score, count in counts.items() if score <= until)
    return Split(promoters, sum(counts.values()) - promoters - detractors, detractors)


def together(splits: Iterable[Split]) -> Split:
    """All customers of several splits in one."""
    all_of_them = list(splits)
    return Split(
        sum(split.promoters for split in all_of_them),
        sum(split.passives for split in all_of_them),
        sum(split.detractors for split in all_of_them),
    )


def nps(split: Split) -> Score:
    """The net promoter score in points, −100 to 100. None without answers."""
    if not split.n:
        return no_score("adjusted_wald")
    value = 100 * (split.promoters - split.detractors) / split.n
    adjusted = adjusted_nps(split)
    reach = Z * sqrt(adjusted.variance / adjusted.n)
    ends = adjusted.mean - reach, adjusted.mean + reach
    return score_within(value, ends, split.n, "adjusted_wald", NPS_LIMITS)


def adjusted_nps(split: Split) -> Moments:
    """Mean (points) and variance (points²) with the three further answers; `n` counts them."""
    return moments(with_further(split.tally, NPS_FURTHER))
