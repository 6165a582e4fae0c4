"""How themes and reasons changed since the period before.

Shares of two periods are compared by Fisher's exact test, with Newcombe's interval beside it
(`odds`, `differences`), and the verdicts hold together by Holm's method (`verdicts`). What is shown
was chosen for standing out in one of the periods, and would by that alone seem to have changed; so
terms are judged among all that could be compared, not among those shown.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from widget.domain.scales import Sentiment
from widget.domain.score_summary import FEW, Estimate
from widget.domain.themes.areas import Ticks
from widget.domain.themes.counting import TermCounts
from widget.domain.themes.differences import difference_of_shares
from widget.domain.themes.enough import MIN_ON_A_SIDE, Lack
from widget.domain.themes.odds import chance, least_chance
from widget.domain.themes.table import SIDES
from widget.domain.themes.terms import Themes, comparable
from widget.domain.themes.verdicts import LEVEL, holm

Direction = Literal["new", "more", "less", "gone", "unclear"]
What = TypeVar("What", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """How many of how many; of the others at most `missed` more may belong to them."""

    count: int
    of: int
    missed: int = 0

    @property
    def share(self) -> float:
        return self.count / self.of


@dataclass(frozen=True)
class Change:
    """A share in two periods, from 0 to 1, and the later less the earlier.

    `chance` is the probability that it only seems changed, adjusted for all that was compared. It
    is "new" or "gone", rather than more or less, when there was none of it before, or is none now,
    and chance does not explain that.
    """

    before: float
    now: float
    difference: Estimate
    chance: float
    direction: Direction


@dataclass(frozen=True)
class TermChange:
    """How a term's share of a side's comments changed."""

    key: str
    side: Sentiment
    change: Change


@dataclass(frozen=True)
class Changes:
    """How all terms that stand out in either period changed, each on its side; or what is lacking
    for saying so."""

    terms: tuple[TermChange, ...] = ()
    lack: Lack | None = None

    def of(self, key: str, side: Sentiment) -> Change | None:
        """The change of one term; None where nothing can be said."""
        found = (one.change for one in self.terms if (one.key, one.side) == (key, side))
        return next(found, None)


def changes_of(pairs: Mapping[What, tuple[Part, Part]]) -> dict[What, Change]:
    """Each change between what was before and what is now, judged together. None is of nobody."""
    found = {what: (before, now, _chance(before, now)) for what, (before, now) in pairs.items()}
    # Too rare to prove anything, whichever way it fell: these do not blunt the other comparisons.
    judged = [what for what, (before, now, _) in found.items() if _can_prove(before, now)]
    adjusted = holm([found[what][2] for what in judged])
    chances = dict(zip(judged, adjusted, strict=True))
    return {
        what: _change(before, now, chances.get(what, 1.0))
        for what, (before, now, _) in found.items()
    }


def term_changes(
    before: TermCounts, now: TermCounts, themes_before: Themes, themes_now: Themes
) -> Changes:
    """How the terms of both periods' themes changed, in their order: first those of now."""
    if themes_now.lack:
        return Changes(lack=themes_now.lack)
    for side in SIDES:
        if before.comments[side] < MIN_ON_A_SIDE:
            lack = Lack("too_few_before", before.comments[side], MIN_ON_A_SIDE, side)
            return Changes(lack=lack)
    keys = {*comparable(before), *comparable(now)}
    pairs = {
        (side, key): (_part(before, key, side), _part(now, key, side))
        for key in sorted(keys)
        for side in SIDES
    }
    found = changes_of(pairs)
    shown = dict.fromkeys((*_shown(themes_now), *_shown(themes_before)))
    return Changes(tuple(TermChange(key, side, found[side, key]) for side, key in shown))


def area_changes(before: Ticks, now: Ticks) -> dict[str, Change] | Lack:
    """How the share of those asked who ticked each reason changed, by its id."""
    asked_before, asked_now = sum(before.asked.values()), sum(now.asked.values())
    if asked_now < FEW:
        return Lack("too_few_answers", asked_now, FEW)
    if asked_before < FEW:
        return Lack("too_few_before", asked_before, FEW)
    reasons = sorted({*before.ticked, *now.ticked})
    return changes_of(
        {
            reason: (
                Part(sum(before.ticked.get(reason, {}).values()), asked_before),
                Part(sum(now.ticked.get(reason, {}).values()), asked_now),
            )
            for reason in reasons
        }
    )


def _shown(themes: Themes) -> Iterable[tuple[Sentiment, str]]:
    return [(term.side, term.key) for term in (*themes.positive, *themes.negative)]


def _part(counts: TermCounts, key: str, side: Sentiment) -> Part:
    count = counts.count(key)
    found = count.positive if side == "positive" else count.negative
    return Part(found, counts.comments[side], count.missed)


def _chance(before: Part, now: Part) -> float:
    """The probability of chance, with what may be missing where it would weaken the difference."""
    rises = now.count * before.of > before.count * now.of
    low, high = (before, now) if rises else (now, before)
    most = min(low.count + low.missed, low.of)
    if most * high.of >= high.count * low.of:
        return 1.0
    return chance(high.count, high.of, most, low.of)


def _can_prove(before: Part, now: Part) -> bool:
    marked = before.count + now.count
    return marked > 0 and least_chance(marked, before.of, now.of) <= LEVEL


def _change(before: Part, now: Part, probability: float) -> Change:
    difference = difference_of_shares(now.count, now.of, before.count, before.of)
    return Change(
        before.share, now.share, difference, probability, _direction(before, now, probability)
    )


def _direction(before: Part, now: Part, probability: float) -> Direction:
    if probability > LEVEL:
        return "unclear"
    if now.share > before.share:
        return "more" if before.count + before.missed else "new"
    return "less" if now.count + now.missed else "gone"
