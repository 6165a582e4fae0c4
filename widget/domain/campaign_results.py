"""What a campaign found: its number against the baseline's, by group, and by stratum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from widget.domain.guidance import GROUPS
from widget.domain.requests import Why
from widget.domain.response_filters import Mood, mood_of
from widget.domain.sampling import Stratum
from widget.domain.scores.adding import summed, without
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.corrections import corrected
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.poststratified import Poststratified
from widget.domain.scores.scoring import Counts, Group, compare, has_value, poststratified, score_of

MOST_GROUPS = 50
# A stratum of fewer customers tells of people, not of a group.
FEWEST_OF_STRATUM = 5


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come. `sent` counts what a mail server took, whatever became of it;
    `not_sent` why others were not, most frequent reasons first. `bounced` were sent and came back,
    or no server took them. `wanted` is how many its waves ask. `is_made`: no
    more requests are to be made, be they fewer than that as somebody was erased meanwhile."""

    wanted: int = 0
    made: int = 0
    scheduled: int = 0
    sent: int = 0
    bounced: int = 0
    answered: int = 0
    unsubscribed: int = 0
    not_sent: tuple[tuple[str, int], ...] = ()
    is_made: bool = True

    @property
    def refused(self) -> int:
        """How many were not sent."""
        return sum(number for _why, number in self.not_sent)


# A mail has left a request of such a status, unless this is why: no mail server took it.
LEFT = frozenset({"sent", "delivered", "bounced", "answered", "expired"})
NOT_TAKEN: Why = "address_refused"


def progress(
    counted: Mapping[tuple[str, str], int],
    *,
    wanted: int,
    made: int,
    is_made: bool,
    unsubscribed: int,
) -> Progress:
    """The progress from how many requests have each status and reason."""
    by_status: dict[str, int] = {}
    reasons: dict[str, int] = {}
    sent = 0
    for (status, why), number in counted.items():
        by_status[status] = by_status.get(status, 0) + number
        if status == "not_sent" or why == NOT_TAKEN:
            reasons[why] = reasons.get(why, 0) + number
        elif status in LEFT:
            sent += number
    return Progress(
        wanted=wanted,
        made=made,
        scheduled=by_status.get("scheduled", 0),
        sent=sent,
        bounced=by_status.get("bounced", 0),
        answered=by_status.get("answered", 0),
        unsubscribed=unsubscribed,
        not_sent=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        is_made=is_made,
    )


@dataclass(frozen=True)
class GroupRow:
    """A group's number, and how it differs from the same group's of the baseline; None without a
    baseline, and where nobody of that group answered then."""

    name: str
    score: Score
    against: Comparison | None


def by_group(
    metric: MetricId, groups: Mapping[str, Counts], baseline: Mapping[str, Counts] | None
) -> list[GroupRow]:
    """The groups with most answers, up to MOST_GROUPS, most first, each against the group of its
    name in the baseline: against the whole of it every group that is unlike others would differ,
    though nothing has changed.

    Verdicts are made for all of them being looked at together (Holm), those of the rest as well.
    """
    scores = {name: score_of(metric, counts) for name, counts in groups.items()}
    names = sorted((name for name in groups if scores[name].n), key=lambda n: (-scores[n].n, n))
    before = {name: counts for name, counts in (baseline or {}).items() if name in scores}
    comparable = [name for name in names if name in before and has_value(metric, before[name])]
    tests = corrected([compare(metric, before[name], groups[name]) for name in comparable])
    against = dict(zip(comparable, tests, strict=True))
    return [GroupRow(name, scores[name], against.get(name)) for name in names[:MOST_GROUPS]]


def mood_counts(counts: Counts) -> dict[Mood, int]:
    """How many answers were how good, best first; those in between of NPS alone, which has some."""
    found: dict[Mood, int] = {}
    for answers in counts.answers:
        for mood in GROUPS if answers.kind == "nps" else ("positive", "negative"):
            found.setdefault(mood, 0)
        for score, number in answers.counts.items():
            mood = mood_of(answers.kind, score, answers.threshold)
            found[mood] = found.get(mood, 0) + number
    return found


def counted_from(counts: Counts, positive_from: int) -> Counts:
    """Answers to one kind of question, with those from a score on as the positive ones. Surveys may
    differ in that, and such a difference is none of what customers said."""
    answers = [replace(one, positive_from=positive_from) for one in counts.answers]
    return replace(counts, answers=answers)


@dataclass(frozen=True)
class StratumResult:
    """What became of a stratum: how many there were and were asked, who answered, and what.

    `rate` is its response rate; `against_others` how that differs from all others together.
    """

    values: Stratum
    population: int
    asked: int
    rate: Score
    against_others: Comparison
    score: Score


@dataclass(frozen=True)
class StrataResults:
    """All strata, and the number that weighs each as many as it has customers.

    `weighted` is None with fewer than two strata. `is_unequal`: some answered more readily than
    others, beyond chance, so that the plain number leans towards them.
    """

    strata: tuple[StratumResult, ...]
    weighted: Poststratified | None
    is_unequal: bool

    @property
    def shown(self) -> list[StratumResult]:
        """Those that say something by themselves, the largest first."""
        told = [one for one in self.strata if one.population >= FEWEST_OF_STRATUM]
        return sorted(told, key=lambda one: (-one.population, one.values))

    @property
    def smaller(self) -> tuple[int, int, int, int]:
        """How many strata are smaller than that, and of all of them together how many customers
        they have, how many of those were to be asked, and were."""
        rest = [one for one in self.strata if one.population < FEWEST_OF_STRATUM]
        customers = sum(one.population for one in rest)
        return len(rest), customers, sum(one.asked for one in rest), sum(one.rate.n for one in rest)


@dataclass(frozen=True)
class AskedStratum:
    """A stratum as its wave knows it."""

    values: Stratum
    population: int
    asked: int


def by_stratum(
    metric: MetricId, strata: Sequence[AskedStratum], counts: Mapping[int, Counts]
) -> StrataResults:
    """The results of a wave's strata; `counts` are by a stratum's place among them."""
    mine = [counts.get(place, Counts()) for place in range(len(strata))]
    everybody = summed(mine)
    rates = corrected([compare("response_rate", without(everybody, one), one) for one in mine])
    rows = tuple(
        StratumResult(
            stratum.values,
            stratum.population,
            stratum.asked,
            score_of("response_rate", one),
            rate,
            score_of(metric, one),
        )
        for stratum, one, rate in zip(strata, mine, rates, strict=True)
    )
    weighted = None
    if len(strata) > 1 and any(one.population for one in strata):
        groups = [
            Group(", ".join(stratum.values), stratum.population, one)
            for stratum, one in zip(strata, mine, strict=True)
        ]
        weighted = poststratified(metric, groups)
    is_unequal = any(rate.verdict in ("higher", "lower") for rate in rates)
    return StrataResults(rows, weighted, is_unequal)
