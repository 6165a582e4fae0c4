"""Adding up what was counted, and taking a part away."""

from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scores.adding import summed, without
from widget.domain.scores.scoring import Answers, Counts

numbers = st.integers(0, 50)
answers = st.builds(
    Answers,
    st.sampled_from(["stars", "nps"]),
    st.dictionaries(st.integers(1, 5), st.integers(1, 9), max_size=4),
    st.sampled_from([3, 4]),
)
counts = st.builds(
    Counts,
    st.lists(answers, max_size=3),
    numbers,
    numbers,
    numbers,
    numbers,
    st.dictionaries(st.integers(0, 500), st.integers(1, 9), max_size=4),
    numbers,
    numbers,
)


def said(counted: Counts) -> object:
    """What counts say, in whichever order they say it."""
    told = {(one.kind, one.threshold): dict(one.counts) for one in counted.answers if one.counts}
    rest = (counted.sent, counted.answered, counted.responses, counted.comments)
    return told, rest, dict(counted.times), counted.rewards, counted.shares


@given(st.lists(counts, max_size=4))
def test_the_order_of_parts_does_not_matter(parts: list[Counts]) -> None:
    assert said(summed(parts)) == said(summed(parts[::-1]))


@given(counts, counts)
def test_a_part_that_is_taken_away_leaves_the_rest(part: Counts, rest: Counts) -> None:
    assert said(without(summed([part, rest]), part)) == said(summed([rest]))


def test_surveys_with_other_thresholds_stay_apart() -> None:
    one, other = Answers("stars", {4: 1}, 4), Answers("stars", {4: 2}, 5)
    assert summed([Counts([one]), Counts([other, one])]).answers == [
        Answers("stars", {4: 2}, 4),
        Answers("stars", {4: 2}, 5),
    ]
