"""How many a sample asks, and whom."""

import tracemalloc
from collections import Counter
from fractions import Fraction
from math import sqrt
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.sampling import (
    Draw,
    Lot,
    Missed,
    Stratum,
    allocate,
    answers_needed,
    is_drawn,
    margin_reached,
    spread_of,
    to_ask,
)

POPULATIONS = st.dictionaries(st.tuples(st.text(max_size=3)), st.integers(0, 400), max_size=12)


def customers_of(population: dict[Stratum, int]) -> list[tuple[Stratum, str]]:
    """So many customers of each stratum, with ids that differ."""
    people = [stratum for stratum, number in population.items() for _ in range(number)]
    return [(stratum, UUID(int=place + 1).hex) for place, stratum in enumerate(people)]


def sample(
    seed: str, size: int, people: list[tuple[Stratum, str]], *, all_seen: bool = False
) -> list[tuple[Stratum, str]]:
    """Those who are drawn, by the steps that a campaign takes."""
    population = dict(Counter(stratum for stratum, _id in people))
    lot = Lot(seed)
    draw = Draw(allocate(size, population), population, all_seen=all_seen)
    for stratum, id in people:
        draw.show(stratum, lot.number(id))
    try:
        bars = draw.bars()
    except Missed:
        return sample(seed, size, people, all_seen=True)
    return [one for one in people if is_drawn(bars, one[0], lot.number(one[1]))]


def test_five_points_of_margin_in_a_large_population_want_385_answers() -> None:
    assert answers_needed(10_000_000, 5, spread_of("csat")) == 385
    # As tables have it for a population of 1,000.
    assert answers_needed(1_000, 5, spread_of("csat")) == 278


def test_nps_wants_four_times_as_many_answers_as_a_share() -> None:
    large = 10**9
    assert answers_needed(large, 5, spread_of("nps")) == pytest.approx(4 * 384.15, abs=1)


@given(st.integers(2, 100_000), st.floats(0.5, 50))
def test_the_answers_needed_reach_the_margin_and_one_fewer_does_not(
    population: int, margin: float
) -> None:
    answers = answers_needed(population, margin, spread_of("nps"))
    reached = margin_reached(population, answers, spread_of("nps"))
    assert reached is not None
    assert reached <= margin * (1 + 1e-9)
    fewer = margin_reached(population, answers - 1, spread_of("nps"))
    assert fewer is None or fewer > margin * (1 - 1e-9)


def test_nobody_gives_no_answers_and_no_margin() -> None:
    assert answers_needed(0, 5, 50) == 0
    assert margin_reached(100, 0, 50) is None


def test_all_answers_leave_no_error() -> None:
    assert margin_reached(7, 7, 50) == 0


@pytest.mark.parametrize("margin", [0, -1])
def test_a_margin_is_above_nothing(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        answers_needed(10, margin, 50)


def test_who_expects_a_tenth_to_answer_asks_ten_times_as_many() -> None:
    assert to_ask(100_000, 385, 0.1) == 3850
    assert to_ask(100_000, 7, 0.07) == 100
    assert to_ask(1_000, 385, 0.1) == 1_000


@pytest.mark.parametrize("rate", [0, -0.1, 1.1])
def test_a_response_rate_is_a_share(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        to_ask(10, 5, rate)


@given(st.integers(0, 6_000), POPULATIONS)
def test_an_allocation_is_exact_and_asks_none_for_more_than_it_has(
    size: int, population: dict[Stratum, int]
) -> None:
    asked = allocate(size, population)
    assert sum(asked.values()) == min(size, sum(population.values()))
    assert all(0 <= asked[stratum] <= number for stratum, number in population.items())


@given(st.integers(0, 6_000), POPULATIONS)
def test_each_stratum_gets_its_share_within_one(size: int, population: dict[Stratum, int]) -> None:
    asked = allocate(size, population)
    total, size = sum(population.values()), sum(asked.values())
    shares = {one: Fraction(size * n, total) for one, n in population.items() if n}
    if any(share < 1 for share in shares.values()):
        return
    assert all(abs(asked[one] - share) < 1 for one, share in shares.items())


@given(st.integers(0, 6_000), POPULATIONS)
def test_each_stratum_is_asked_or_each_has_its_share_within_one(
    size: int, population: dict[Stratum, int]
) -> None:
    asked = allocate(size, population)
    there = {one: number for one, number in population.items() if number}
    total, size = sum(there.values()), sum(asked.values())
    if all(abs(asked[one] - Fraction(size * n, total)) < 1 for one, n in there.items()):
        return
    assert all(asked[one] >= 1 for one in there)
    given = {one: n for one, n in there.items() if asked[one] == 1 and size * n < total}
    # What they have beyond their shares is a tenth of all at most.
    assert len(given) - Fraction(size * sum(given.values()), total) <= Fraction(size, 10)


def test_tiny_strata_take_their_ones_from_the_large() -> None:
    population = {("a",): 990, ("b",): 9, ("c",): 1}
    assert allocate(20, population) == {("a",): 18, ("b",): 1, ("c",): 1}
    assert allocate(10, population) == {("a",): 10, ("b",): 0, ("c",): 0}


def test_many_lone_customers_take_no_more_than_their_share_from_a_large_group() -> None:
    population = {("big",): 1_000, **{(f"lone {place}",): 1 for place in range(400)}}
    asked = allocate(420, population)
    assert asked["big",] == 300
    assert sum(asked.values()) == 420


def test_chance_says_which_of_many_like_strata_are_asked_and_not_their_names() -> None:
    population = {(f"{place:03}",): 1 for place in range(100)}
    drawn = [
        {one for one, number in allocate(50, population, seed).items() if number}
        for seed in ("one", "two")
    ]
    assert drawn[0] != drawn[1]
    assert all(20 < sum(name < "050" for (name,) in some) < 30 for some in drawn)
    assert allocate(50, dict(reversed(population.items())), "one") == allocate(
        50, population, "one"
    )


def test_too_small_a_sample_asks_the_largest_strata() -> None:
    assert allocate(1, {("a",): 60, ("b",): 40}) == {("a",): 1, ("b",): 0}


@given(st.integers(0, 500), POPULATIONS, st.text(min_size=1, max_size=20))
def test_a_sample_has_exactly_those_whom_its_allocation_wants(
    size: int, population: dict[Stratum, int], seed: str
) -> None:
    people = customers_of(population)
    drawn = sample(seed, size, people)
    wanted = allocate(size, {one: n for one, n in population.items() if n})
    assert Counter(stratum for stratum, _id in drawn) == Counter(wanted)
    assert len({id for _stratum, id in drawn}) == len(drawn)


@given(st.integers(0, 300), POPULATIONS, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_whatever_the_order(
    size: int, population: dict[Stratum, int], random: Random
) -> None:
    people = customers_of(population)
    drawn = set(sample("seed", size, people))
    random.shuffle(people)
    assert set(sample("seed", size, people)) == drawn


@given(POPULATIONS, st.integers(1, 100))
def test_who_is_not_in_the_frame_is_never_drawn(population: dict[Stratum, int], size: int) -> None:
    people = customers_of(population)
    excluded, frame = people[::3], [one for place, one in enumerate(people) if place % 3]
    assert not set(sample("seed", size, frame)) & set(excluded)


def test_another_seed_draws_others() -> None:
    people = customers_of({("a",): 1000})
    assert sample("one", 100, people) != sample("two", 100, people)


def test_strata_of_nobody_and_of_one_are_drawn_like_any_other() -> None:
    people = customers_of({("a",): 0, ("b",): 1, ("c",): 50})
    drawn = Counter(stratum for stratum, _id in sample("s", 10, people))
    assert drawn == {("b",): 1, ("c",): 9}
    assert sample("s", 5, []) == []


def test_a_draw_that_missed_says_so_and_with_all_in_sight_it_does_not() -> None:
    population = {("a",): 100_000}
    asked = {("a",): 50_000}
    low = [(place * 2**100).to_bytes(16, "big") for place in range(100_000)]
    for all_seen in (False, True):
        draw = Draw(asked, population, all_seen=all_seen)
        for number in low:
            draw.show(("a",), number)
        if all_seen:
            assert draw.bars() == {("a",): low[49_999]}
        else:
            with pytest.raises(Missed):
                draw.bars()


def test_every_customer_is_as_likely_to_be_drawn_as_any_other() -> None:
    people = customers_of({("a",): 60})
    times = Counter(id for seed in range(400) for _s, id in sample(f"seed {seed}", 15, people))
    # 400 draws of a quarter: 100 each, within five standard deviations.
    assert all(abs(times[id] - 100) < 5 * sqrt(75) for _s, id in people)


def test_drawing_holds_few_of_many_customers_in_memory() -> None:
    lot = Lot("seed")
    number, wanted = 60_000, 20_000
    draw = Draw({("a",): wanted}, {("a",): number}, all_seen=False)
    tracemalloc.start()
    for place in range(number):
        draw.show(("a",), lot.number(f"{place:032x}"))
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    bar = draw.bars()[("a",)]
    assert sum(lot.number(f"{place:032x}") <= bar for place in range(number)) == wanted
    assert held < 400_000
