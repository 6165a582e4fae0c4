"""Clients, or segments, side by side: each one's number in a quarter, and how sure it is.

A number of few answers is shown and not ranked: it stands behind the others, whatever they are
sorted by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.corrections import corrected
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.scoring import Counts, compare, score_of

Sort = Literal[
    "name", "score", "answers", "change", "baseline", "asked", "rate", "follow_ups", "last"
]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True)
class ClientRow:
    """A client's number of a metric in a quarter.

    `change` is against the quarter before, `against_baseline` against all answers of the baseline;
    None without one. `rate` is its response rate, whose n is how many were asked.
    `follow_ups` are those that are open, and `last_answered` the day of its newest answer of any
    time; None where it has none.
    """

    name: str
    score: Score
    change: Comparison
    against_baseline: Comparison | None
    rate: Score
    follow_ups: int
    last_answered: date | None


@dataclass(frozen=True)
class Counted:
    """What was counted by client: in the quarter, in the one before, and besides them.

    `baseline` is what all customers of the baseline answered, None without one.
    """

    now: Mapping[str, Counts]
    before: Mapping[str, Counts]
    baseline: Counts | None = None
    follow_ups: Mapping[str, int] = field(default_factory=dict)
    last_answered: Mapping[str, date] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Every client of whom anything is known. Answers that name none are nobody's."""
        known = {*self.now, *self.before, *self.follow_ups, *self.last_answered}
        return sorted(known - {""})


def client_rows(metric: MetricId, counted: Counted) -> list[ClientRow]:
    """A row for each client, by name.

    Verdicts are made for all clients being looked at together (Holm): the changes among
    themselves, and so the differences from the baseline.
    """
    nothing = Counts()
    names = counted.names
    now = [counted.now.get(name, nothing) for name in names]
    before = [counted.before.get(name, nothing) for name in names]
    changes = corrected([compare(metric, *pair) for pair in zip(before, now, strict=True)])
    against: Sequence[Comparison | None] = [None] * len(names)
    if counted.baseline is not None:
        against = corrected([compare(metric, counted.baseline, one) for one in now])
    return [
        ClientRow(
            name,
            score_of(metric, counts),
            change,
            difference,
            score_of("response_rate", counts),
            counted.follow_ups.get(name, 0),
            counted.last_answered.get(name),
        )
        for name, counts, change, difference in zip(names, now, changes, against, strict=True)
    ]


def is_better(metric: MetricId, change: Comparison | None) -> bool | None:
    """Whether a difference is for the better; None where there is no verdict."""
    if change is None or change.verdict not in ("higher", "lower"):
        return None
    return (change.verdict == "higher") is METRICS[metric].higher_is_better


def found_by(rows: Iterable[ClientRow], search: str) -> list[ClientRow]:
    """The rows whose names have all words of a search, however they are written."""
    words = search.casefold().split()
    return [row for row in rows if all(word in row.name.casefold() for word in words)]


def in_order(rows: Iterable[ClientRow], sort: Sort, *, descending: bool) -> list[ClientRow]:
    """The rows sorted by one of their numbers, equal ones by name.

    Whoever has too few answers for that number stands behind whoever has enough, those with most
    first, and whoever has none at the end, in either direction.
    """
    by_name = sorted(rows, key=lambda row: (row.name.casefold(), row.name))
    if sort == "name":
        return by_name[::-1] if descending else by_name
    value, standing = _KEYS[sort]
    ranked = [row for row in by_name if standing(row) == _ENOUGH]
    # Sorting keeps the order of those that are alike, which reversing would turn round.
    ranked.sort(key=lambda row: -value(row) if descending else value(row))
    rest = [row for row in by_name if standing(row) != _ENOUGH]
    rest.sort(key=lambda row: (standing(row), -row.score.n))
    return [*ranked, *rest]


_ENOUGH, _FEW, _NONE = range(3)


def _of_score(score: Score) -> int:
    return _NONE if score.value is None else _FEW if score.is_small else _ENOUGH


def _of_change(change: Comparison | None) -> int:
    if change is None or change.difference is None:
        return _NONE
    return _FEW if change.is_too_few else _ENOUGH


def _difference(change: Comparison | None) -> float:
    return 0.0 if change is None or change.difference is None else change.difference


def _always(_row: ClientRow) -> int:
    return _ENOUGH


_KEYS: dict[Sort, tuple[Callable[[ClientRow], Any], Callable[[ClientRow], int]]] = {
    "score": (lambda row: row.score.value, lambda row: _of_score(row.score)),
    "answers": (lambda row: row.score.n, _always),
    "change": (lambda row: _difference(row.change), lambda row: _of_change(row.change)),
    "baseline": (
        lambda row: _difference(row.against_baseline),
        lambda row: _of_change(row.against_baseline),
    ),
    "asked": (lambda row: row.rate.n, _always),
    "rate": (lambda row: row.rate.value, lambda row: _of_score(row.rate)),
    "follow_ups": (lambda row: row.follow_ups, _always),
    "last": (
        lambda row: (row.last_answered or date.min).toordinal(),
        lambda row: _NONE if row.last_answered is None else _ENOUGH,
    ),
}
