"""When there is too little to say anything, and how much would be needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from widget.domain.scales import Sentiment
from widget.domain.score_summary import FEW

LackName = Literal[
    "language_without_words",
    "too_few_comments",
    "one_sided",
    "too_few_before",
    "too_few_answers",
    "too_few_ticked",
    "too_few_unticked",
    "one_score",
]

# Below so many comments in all, and on either side, terms are not compared; answers neither.
MIN_ON_A_SIDE = FEW
MIN_COMMENTS = 2 * FEW


@dataclass(frozen=True)
class Lack:
    """Why nothing can be said. `have` and `need` are comments or answers, 0 where no number helps.

    `side` is the one that is short, where it is one side's.

    - language_without_words: the language puts no spaces between its words.
    - too_few_comments: in all.
    - one_sided: hardly anybody on that side wrote anything.
    - too_few_before: the period before has too few comments or answers to compare with.
    - too_few_answers: too few were asked for reasons.
    - too_few_ticked, too_few_unticked: too few ticked a reason, or too few did not.
    - one_score: everybody who was asked counts the same number of points.
    """

    name: LackName
    have: int = 0
    need: int = 0
    side: Sentiment | None = None


def lack_of_comments(comments: Mapping[Sentiment, int], has_words: bool = True) -> Lack | None:
    """What is lacking for comparing the comments of two sides; None when nothing is."""
    if not has_words:
        return Lack("language_without_words")
    total = sum(comments.values())
    if total < MIN_COMMENTS:
        return Lack("too_few_comments", total, MIN_COMMENTS)
    side = min(comments, key=comments.__getitem__)
    if comments[side] < MIN_ON_A_SIDE:
        return Lack("one_sided", comments[side], MIN_ON_A_SIDE, side)
    return None
