"""Adding up what was counted, and taking a part of it away."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from widget.domain.scales import Kind
from widget.domain.scores.scoring import Answers, Counts


def summed(parts: Iterable[Counts]) -> Counts:
    """What all parts counted together."""
    answers: dict[tuple[Kind, int], Counter[int]] = {}
    times: Counter[int] = Counter()
    sent = answered = responses = comments = rewards = shares = 0
    for part in parts:
        for one in part.answers:
            answers.setdefault((one.kind, one.threshold), Counter()).update(one.counts)
        times.update(part.times)
        sent, answered = sent + part.sent, answered + part.answered
        responses, comments = responses + part.responses, comments + part.comments
        rewards, shares = rewards + part.rewards, shares + part.shares
    return Counts(
        answers=[Answers(kind, counts, threshold) for (kind, threshold), counts in answers.items()],
        sent=sent,
        answered=answered,
        responses=responses,
        comments=comments,
        times=dict(times),
        rewards=rewards,
        shares=shares,
    )


def without(whole: Counts, part: Counts) -> Counts:
    """What the rest counted, where `part` is a part of `whole`."""
    gone: dict[tuple[Kind, int], Mapping[int, int]] = {}
    for one in part.answers:
        key = one.kind, one.threshold
        gone[key] = {**Counter(gone[key]) + Counter(one.counts)} if key in gone else one.counts
    return Counts(
        answers=[
            replace(one, counts=_less(one.counts, gone.get((one.kind, one.threshold), {})))
            for one in whole.answers
        ],
        sent=whole.sent - part.sent,
        answered=whole.answered - part.answered,
        responses=whole.responses - part.responses,
        comments=whole.comments - part.comments,
        times=_less(whole.times, part.times),
        rewards=whole.rewards - part.rewards,
        shares=whole.shares - part.shares,
    )


def _less(whole: Mapping[int, int], part: Mapping[int, int]) -> dict[int, int]:
    left = ((value, number - part.get(value, 0)) for value, number in whole.items())
    return {value: number for value, number in left if number}
