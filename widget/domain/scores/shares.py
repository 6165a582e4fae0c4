"""Shares of answers: satisfied ones, five stars, requests answered, answers with a comment.

In per cent, with Wilson's interval, which `widget.domain.score_summary` states. Five of five are
from 57 to 100 %, 95 of 100 from 89 to 98 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from widget.domain.score_summary import wilson
from widget.domain.scores.estimates import Score, Z, no_score

SHARE_LIMITS = (0.0, 100.0)


@dataclass(frozen=True)
class Part:
    """`hits` of `n`. Raises ValueError for fewer than none and for more than all."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError(f"{self.hits} of {self.n} is no share.")

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of 0 is 0."""
        return self.hits / self.n if self.n else 0.0


def part_from(counts: Mapping[int, int], lowest: int) -> Part:
    """How many answers have a score of `lowest` or more, from score -> how many."""
    return Part(
        sum(count for score, count in counts.items() if score >= lowest), sum(counts.values())
    )


def part_below(counts: Mapping[int, int], highest: int) -> Part:
    """How many answers have a score below `highest`, from score -> how many."""
    above = part_from(counts, highest)
    return Part(above.n - above.hits, above.n)


def share(part: Part) -> Score:
    """The share in per cent, 0 to 100. None of nothing."""
    if not part.n:
        return no_score("wilson")
    low, high = wilson(part.share, part.n, Z)
    return Score(100 * part.share, 100 * low, 100 * high, part.n, "wilson")
