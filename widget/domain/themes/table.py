"""How many comments have each term, in memory that does not grow with the comments.

A term that few comments have is forgotten when there are too many terms, as in the summary of Misra
and Gries (1982, Finding Repeated Elements, Science of Computer Programming 2), which is mergeable
(Agarwal et al. 2013, Mergeable Summaries, ACM TODS 38:4): of the counts, each with what may be
missing of it, the one next after the `capacity` largest is the new *floor*, and what is not above
the floor goes. As each rise of the floor by one takes one mention from more than `capacity` terms,

    floor ≤ mentions / (capacity + 1),

where a mention is one term in one comment. A term that is not there is in at most `floor` comments;
one that is there is in at least as many as counted and in at most `missed` more, `missed` ≤ floor.
Nothing is forgotten, and every count is exact, while there are at most `capacity` terms.
"""

from dataclasses import dataclass
from typing import get_args

from widget.domain.scales import Sentiment

SIDES: tuple[Sentiment, ...] = get_args(Sentiment)
# How many comments stay within one click's reach of a term on each side: the newest.
NEWEST = 20


@dataclass(frozen=True)
class TermCount:
    """How many comments of each side have a term, and how many more of both together may."""

    positive: int
    negative: int
    missed: int

    @property
    def total(self) -> int:
        return self.positive + self.negative


class TermTable:
    """Terms and in how many comments of each side they are.

    `missed` has every term; `counts` and `newest` those of the side. The newest are response ids as
    numbers, which grow with time (UUIDv7), greatest first. (Plain dictionaries of numbers, side by
    side, are what the garbage collector need not walk through.)
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.floor = 0
        self.missed: dict[str, int] = {}
        self.counts: dict[Sentiment, dict[str, int]] = {side: {} for side in SIDES}
        self.newest: dict[Sentiment, dict[str, tuple[int, ...]]] = {side: {} for side in SIDES}

    def count(self, term: str) -> TermCount:
        return TermCount(
            self.counts["positive"].get(term, 0),
            self.counts["negative"].get(term, 0),
            self.missed.get(term, self.floor),
        )

    def put(
        self, side: Sentiment, counts: dict[str, int], said: list[tuple[int, list[str]]]
    ) -> None:
        """Fill an empty side with what was counted, and said by whom: ids with their terms."""
        newest: dict[str, tuple[int, ...]] = {}
        for id, terms in sorted(said, reverse=True):
            for term in terms:
                ids = newest.get(term, ())
                if len(ids) < NEWEST:
                    newest[term] = (*ids, id)
        self.counts[side], self.newest[side] = counts, newest
        self.missed.update(dict.fromkeys(counts, 0))

    def absorb(self, other: "TermTable") -> None:
        """Add what another table counted, and forget what is then too rare."""
        # What one table has and the other lacks may have been forgotten there.
        if other.floor:
            for term in self.missed:
                if term not in other.missed:
                    self.missed[term] += other.floor
        for term, missed in other.missed.items():
            self.missed[term] = self.missed.get(term, self.floor) + missed
        self.floor += other.floor
        for side in SIDES:
            counts, newest = self.counts[side], self.newest[side]
            for term, count in other.counts[side].items():
                counts[term] = counts.get(term, 0) + count
            for term, ids in other.newest[side].items():
                known = newest.get(term)
                newest[term] = tuple(sorted(known + ids)[: -NEWEST - 1 : -1]) if known else ids
        if len(self.missed) > self.capacity:
            self._forget()

    def _forget(self) -> None:
        positive, negative = (self.counts[side] for side in SIDES)
        most = {
            term: missed + positive.get(term, 0) + negative.get(term, 0)
            for term, missed in self.missed.items()
        }
        self.floor = sorted(most.values(), reverse=True)[self.capacity]
        self.missed = {
            term: missed for term, missed in self.missed.items() if most[term] > self.floor
        }
        for side in SIDES:
            counts, newest = self.counts[side], self.newest[side]
            self.counts[side] = {term: counts[term] for term in counts if term in self.missed}
            self.newest[side] = {term: newest[term] for term in newest if term in self.missed}
