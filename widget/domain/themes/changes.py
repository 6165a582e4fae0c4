"""How themes and reasons changed since the period before.

Shares of two periods are compared by Fisher's exact test (`odds`), which holds for what is rare,
with Newcombe's interval beside it (`scores.comparisons`); the verdicts hold together by Holm's
method (`scores.corrections`). What is shown was chosen for standing out in one of the periods, and
would by that alone seem to have changed; so terms are judged among all that could be compared, not
among those shown.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from widget.domain.scales import Sentiment
from widget.domain.score_summary import FEW
from widget.domain.scores.comparisons import ALPHA, Comparison, compare_shares
from widget.domain.scores.corrections import holm
from widget.domain.scores.shares import Part
from widget.domain.themes.areas import Ticks
from widget.domain.themes.counting import TermCounts
from widget.domain.themes.enough import MIN_ON_A_SIDE, Lack
from widget.domain.themes.odds import chance, least_chance
from widget.domain.themes.table import SIDES
from widget.domain.themes.terms import Themes, comparable

Direction = Literal["new", "more", "less", "gone", "unclear"]
What = TypeVar("What", bound=Hashable)


@dataclass(frozen=True)
class CountedPart(Part):
    """`hits` of `n`; of the others at most `missed` more may belong to them."""

    missed: int = 0


@dataclass(frozen=True)
class Change:
    """A share in two periods, from 0 to 1, and the later less the earlier in percentage points.

    The difference's `p` is Fisher's, and its `adjusted_p` allows for all that was compared. It is
    "new" or "gone", rather than more or less, when there was none of it before, or is none now, and
    chance does not explain that.
    """

    before: float
    now: float
    difference: Comparison
    direction: Direction


@dataclass(frozen=True)
class TermChange:
    """How a term's share of a side's comments changed; `text` as people most often write it."""

    key: str
    text: str
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


@dataclass(frozen=True)
class AreaChanges:
    """How the share that ticked each reason changed, by its id: of those that can be compared; or
    what is lacking for saying so."""

    areas: Mapping[str, Change] = field(default_factory=dict)
    lack: Lack | None = None


def changes_of(
    pairs: Mapping[What, tuple[CountedPart, CountedPart]],
    told: Collection[What] | None = None,
) -> dict[What, Change]:
    """Each change between what was before and what is now, judged together; of all that are
    judged, those of `told` alone where that is given."""
    found = {what: (before, now, _chance(before, now)) for what, (before, now) in pairs.items()}
    # Too rare to prove anything, whichever way it fell: these do not blunt the other comparisons.
    judged = [what for what, (before, now, _) in found.items() if _can_prove(before, now)]
    adjusted = holm([found[what][2] for what in judged])
    chances = dict(zip(judged, adjusted, strict=True))
    return {
        what: _change(*found[what], chances.get(what, 1.0))
        for what in (found if told is None else told)
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
    shown = {**_shown(themes_now), **_shown(themes_before), **_shown(themes_now)}
    found = changes_of(pairs, shown)
    return Changes(
        tuple(TermChange(key, text, side, found[side, key]) for (side, key), text in shown.items())
    )


def area_changes(before: Ticks, now: Ticks) -> AreaChanges:
    """How the share of those offered a reason who ticked it changed, by its id: of reasons that
    were offered to enough people in both periods."""
    asked_before, asked_now = sum(before.asked.values()), sum(now.asked.values())
    if asked_now < FEW:
        return AreaChanges(lack=Lack("too_few_answers", asked_now, FEW))
    if asked_before < FEW:
        return AreaChanges(lack=Lack("too_few_before", asked_before, FEW))
    reasons = sorted({*before.ticked, *now.ticked})
    pairs = {reason: (_ticked(before, reason), _ticked(now, reason)) for reason in reasons}
    # What was on offer to hardly anybody in one of the periods has no share to compare.
    return AreaChanges(
        changes_of(
            {what: pair for what, pair in pairs.items() if min(one.n for one in pair) >= FEW}
        )
    )


def _ticked(ticks: Ticks, reason: str) -> CountedPart:
    return CountedPart(
        sum(ticks.ticked.get(reason, {}).values()), sum(ticks.offered_to(reason).values())
    )


def _shown(themes: Themes) -> dict[tuple[Sentiment, str], str]:
    """The terms that stand out, by side and key, as they are written."""
    return {(term.side, term.key): term.text for term in (*themes.positive, *themes.negative)}


def _part(counts: TermCounts, key: str, side: Sentiment) -> CountedPart:
    count = counts.count(key)
    found = count.positive if side == "positive" else count.negative
    return CountedPart(found, counts.comments[side], count.missed)


def _chance(before: CountedPart, now: CountedPart) -> float:
    """The probability of chance, with what may be missing where it would weaken the difference."""
    rises = now.hits * before.n > before.hits * now.n
    low, high = (before, now) if rises else (now, before)
    most = min(low.hits + low.missed, low.n)
    if most * high.n >= high.hits * low.n:
        return 1.0
    return chance(high.hits, high.n, most, low.n)


def _can_prove(before: CountedPart, now: CountedPart) -> bool:
    marked = before.hits + now.hits
    return marked > 0 and least_chance(marked, before.n, now.n) < ALPHA


def _change(before: CountedPart, now: CountedPart, p: float, adjusted: float) -> Change:
    difference = replace(compare_shares(before, now), p=p, adjusted_p=adjusted)
    return Change(before.share, now.share, difference, _direction(before, now, adjusted))


def _direction(before: CountedPart, now: CountedPart, probability: float) -> Direction:
    if probability >= ALPHA:
        return "unclear"
    if now.share > before.share:
        return "more" if before.hits + before.missed else "new"
    return "less" if now.hits + now.missed else "gone"
