"""The terms that set satisfied customers' comments apart from the others'.

A term is looked at twice: as a share of a side's comments, and of the words in them. Those who are
not satisfied write more, so most words are in more of their comments; and what is in as many
comments of both sides is no theme of the others, though it is more of the little they say. Only
what stands out in both readings is a theme, and the weaker reading is what is told: the log-odds
nearer to 0, and the greater probability of chance. Where comments may be missing from a count they
are taken to be where they would weaken it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from uuid import UUID

from widget.domain.scales import Sentiment
from widget.domain.score_summary import Estimate
from widget.domain.scores.comparisons import ALPHA
from widget.domain.scores.corrections import benjamini_hochberg
from widget.domain.themes.counting import CommentCounts, TermCounts
from widget.domain.themes.enough import Lack, lack_of_comments
from widget.domain.themes.grams import terms_within
from widget.domain.themes.odds import LogOdds, chance, least_chance, log_odds
from widget.domain.themes.table import SIDES, TermCount
from widget.domain.themes.words import separates_words

# Below so many comments a term is not looked at.
MIN_SUPPORT = 5
# Below such an odds ratio a difference is no theme, however certain it is.
MIN_ODDS_RATIO = 1.5
# A term is dropped for a longer one around it that has so many of its comments.
NEARLY_ALL = 0.8
SHOWN = 10


@dataclass(frozen=True)
class Said:
    """How many of a side's comments have a term, which share that is, and the newest of them."""

    comments: int
    share: float
    newest: tuple[UUID, ...]


@dataclass(frozen=True)
class Term:
    """A term that stands out on one side.

    `key` is the same in each period, `text` as people most often wrote it. `log_odds` is above 0
    where satisfied customers say it more, with its 95 % interval; `chance` the probability that it
    only seems so, adjusted for all terms that were looked at. Of both sides together at most
    `missed` more comments have it.
    """

    key: str
    text: str
    positive: Said
    negative: Said
    log_odds: Estimate
    z: float
    chance: float
    missed: int

    @property
    def side(self) -> Sentiment:
        return "positive" if self.z > 0 else "negative"


@dataclass(frozen=True)
class Themes:
    """What stands out in one language's comments, most marked first.

    `comments` is by side; `compared` is how many terms were. When too little was written to say
    anything, `lack` says so and there are no terms. Without lack and terms, nothing stands out.
    """

    language: str
    comments: Mapping[Sentiment, int]
    positive: tuple[Term, ...] = ()
    negative: tuple[Term, ...] = ()
    compared: int = 0
    lack: Lack | None = None


def all_themes(counts: CommentCounts, shown: int = SHOWN) -> tuple[Themes, ...]:
    """The themes of each language, that with the most comments first."""
    found = [themes_of(one, shown) for one in counts.languages.values()]
    return tuple(sorted(found, key=lambda one: (-sum(one.comments.values()), one.language)))


def themes_of(counts: TermCounts, shown: int = SHOWN) -> Themes:
    """The themes of one language's comments: at most `shown` terms a side."""
    comments = dict(counts.comments)
    lack = lack_of_comments(comments, separates_words(counts.language))
    if lack:
        return Themes(counts.language, comments, lack=lack)
    compared = comparable(counts)
    readings = [_reading(count, counts) for count in compared.values()]
    adjusted = benjamini_hochberg([reading[1] for reading in readings])
    forms = counts.forms()
    terms = [
        _term(key, odds, probability, counts, forms)
        for key, (odds, _), probability in zip(compared, readings, adjusted, strict=True)
        if _is_theme(odds, probability)
    ]
    sides = {
        side: _most_marked(_without_echoes([term for term in terms if term.side == side]), shown)
        for side in SIDES
    }
    return Themes(
        counts.language,
        comments,
        positive=sides["positive"],
        negative=sides["negative"],
        compared=len(compared),
    )


def _most_marked(terms: Sequence[Term], shown: int) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (-abs(term.z), term.key))[:shown])


def _without_echoes(terms: Sequence[Term]) -> list[Term]:
    """The terms of a side, of those that run through one and the same sentence only the longest:
    "waiting far too" and "far too long" are one theme, said in the same comments."""
    seen: list[Term] = []
    kept: list[Term] = []
    # Of equal ones always the same, so that those of two periods can be compared.
    for term in sorted(terms, key=lambda term: (-len(term.key.split(" ")), term.key)):
        # Also of what is left out itself: a long sentence is a chain of terms.
        if not any(_are_echoes(term, other) for other in seen):
            kept.append(term)
        seen.append(term)
    return kept


def _are_echoes(one: Term, other: Term) -> bool:
    """Whether two terms share a word and nearly all their comments, as far as the newest tell."""
    if set(one.key.split(" ")).isdisjoint(other.key.split(" ")):
        return False
    said, echoed = sorted(
        (term.positive if term.side == "positive" else term.negative for term in (one, other)),
        key=lambda side: side.comments,
    )
    if said.comments < NEARLY_ALL * echoed.comments or not (said.newest and echoed.newest):
        return False
    # Of both the newest are known, as many as that: the older ones of one cannot be in the other.
    since = max(min(said.newest), min(echoed.newest))
    there, here = ({id for id in side.newest if id >= since} for side in (said, echoed))
    return len(there & here) >= NEARLY_ALL * max(len(there), len(here))


def comparable(counts: TermCounts) -> dict[str, TermCount]:
    """The terms that can be compared, whichever side says them.

    Those with enough comments, less those that a longer one stands for, and less those that would
    prove nothing even if one side alone said them (Tarone 1990, A Modified Bonferroni Method for
    Discrete Data, Biometrics 46, 515-522): they would only blunt the comparison of the others.
    """
    positive, negative = counts.comments["positive"], counts.comments["negative"]

    @cache
    def can_prove(total: int) -> bool:
        return least_chance(total, positive, negative) < ALPHA

    supported = dict(sorted(counts.counted(MIN_SUPPORT)))
    return {
        term: count for term, count in _without_parts(supported).items() if can_prove(count.total)
    }


def _without_parts(supported: Mapping[str, TermCount]) -> dict[str, TermCount]:
    """The terms without those that nearly always come within one and the same longer term."""
    parts = {
        part
        for term, count in supported.items()
        for part in terms_within(term)
        if part in supported and count.total >= NEARLY_ALL * supported[part].total
    }
    return {term: count for term, count in supported.items() if term not in parts}


def _reading(count: TermCount, counts: TermCounts) -> tuple[LogOdds | None, float]:
    """The weaker of the two readings of a term, and the probability of chance. None where the two
    do not agree on the side."""
    positive, negative = count.positive, count.negative
    positive_of, negative_of = counts.comments["positive"], counts.comments["negative"]
    is_positive = positive * negative_of > negative * positive_of
    if is_positive:
        negative = min(negative + count.missed, negative_of)
    else:
        positive = min(positive + count.missed, positive_of)
    found: list[LogOdds] = []
    probability = 0.0
    for of in (counts.comments, counts.words):
        table = (positive, of["positive"], negative, of["negative"])
        if (positive * of["negative"] > negative * of["positive"]) != is_positive:
            return None, 1.0
        probability = max(probability, chance(*table))
        if probability >= ALPHA:
            return None, probability
        found.append(log_odds(*table))
    return min(found, key=lambda odds: abs(odds.z)), probability


def _is_theme(odds: LogOdds | None, probability: float) -> bool:
    if odds is None or probability >= ALPHA:
        return False
    is_off_zero = odds.estimate.low > 0 or odds.estimate.high < 0
    return is_off_zero and abs(odds.estimate.value) >= log(MIN_ODDS_RATIO)


def _term(
    key: str, odds: LogOdds | None, probability: float, counts: TermCounts, forms: Mapping[str, str]
) -> Term:
    assert odds is not None
    count = counts.count(key)
    return Term(
        key,
        # What was elided stands close to its word: temps d'attente.
        " ".join(forms.get(word, word) for word in key.split(" ")).replace("' ", "'"),
        _said(count.positive, key, "positive", counts),
        _said(count.negative, key, "negative", counts),
        odds.estimate,
        odds.z,
        probability,
        count.missed,
    )


def _said(comments: int, key: str, side: Sentiment, counts: TermCounts) -> Said:
    return Said(comments, comments / counts.comments[side], counts.newest(key, side))
