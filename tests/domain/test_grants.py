from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import GrantRefused
from widget.domain.grants import (
    LIVE,
    STATUSES,
    VERBS,
    Standing,
    Status,
    check_budget,
    check_decision,
    month_of,
    settle,
)


def votes(*numbers: int) -> tuple[UUID, ...]:
    return tuple(UUID(int=number) for number in numbers)


def grant(number: int, status: Status, *held: int, needed: int = 3) -> Standing:
    return Standing(UUID(int=1000 + number), status, needed, votes(*held))


def test_enough_votes_earn_one_and_the_others_wait() -> None:
    assert settle(3, votes(1, 2), ()).new == ()
    assert settle(3, votes(1, 2, 3, 4), ()).new == (votes(1, 2, 3),)
    assert len(settle(3, votes(*range(7)), ()).new) == 2


def test_a_grant_that_lost_a_vote_takes_another_in_its_place() -> None:
    settled = settle(3, votes(9), [grant(1, "approved", 1, 2)])
    assert settled.grants == (grant(1, "approved", 1, 2, 9),)
    assert settled.new == ()


def test_a_grant_with_too_few_votes_is_withdrawn_and_earned_again_when_they_return() -> None:
    [withdrawn] = settle(3, (), [grant(1, "approved", 1, 2)]).grants
    assert (withdrawn.status, withdrawn.votes) == ("withdrawn", ())
    again = settle(3, votes(1, 2, 3), [withdrawn])
    assert again.grants == (grant(1, "earned", 1, 2, 3),)
    assert again.new == ()


def test_an_approved_grant_keeps_its_place_before_a_newer_one_that_waits() -> None:
    older, newer = grant(1, "earned", 1, 2, 3), grant(2, "approved", 4, 5)
    statuses = [one.status for one in settle(3, (), [older, newer]).grants]
    assert statuses == ["withdrawn", "approved"]


def test_of_two_that_wait_the_newer_one_goes() -> None:
    statuses = [
        one.status
        for one in settle(3, (), [grant(1, "earned", 1, 2), grant(2, "earned", 4, 5, 6)]).grants
    ]
    assert statuses == ["earned", "withdrawn"]


def test_a_reward_that_takes_more_votes_now_leaves_what_was_earned() -> None:
    settled = settle(10, votes(7, 8), [grant(1, "earned", 1, 2, 3)])
    assert settled.grants == (grant(1, "earned", 1, 2, 3),)


@given(
    needed=st.integers(1, 4),
    free=st.integers(0, 12),
    held=st.lists(
        st.tuples(st.sampled_from(["earned", "approved", "withdrawn"]), st.integers(0, 4)),
        max_size=5,
    ),
)
def test_there_are_always_as_many_grants_as_the_votes_are_worth(
    needed: int, free: int, held: list[tuple[Status, int]]
) -> None:
    numbers = iter(range(1000))
    grants = []
    for place, (status, kept) in enumerate(held):
        mine = 0 if status == "withdrawn" else min(kept, needed)
        grants.append(grant(place, status, *(next(numbers) for _ in range(mine)), needed=needed))
    loose = votes(*(next(numbers) for _ in range(free)))
    settled = settle(needed, loose, grants)
    total = free + sum(len(one.votes) for one in grants)
    live = [one for one in settled.grants if one.status in LIVE]
    used = [vote for one in live for vote in one.votes] + [v for new in settled.new for v in new]
    assert len(live) + len(settled.new) == total // needed
    assert len(used) == len(set(used)) == total // needed * needed
    assert all(len(one.votes) == one.needed for one in live)
    # One that somebody has approved is given up only when fewer are left than are approved.
    approved = sum(one.status == "approved" for one in grants)
    still = sum(one.status == "approved" for one in settled.grants)
    assert still == min(approved, total // needed)


def test_every_status_has_its_sentence_for_whoever_decides_too_late() -> None:
    allowed = {("approve", "earned"), ("hand-over", "approved")}
    allowed |= {("decline", "earned"), ("decline", "approved")}
    for verb in VERBS:
        for status in STATUSES:
            if (verb, status) in allowed:
                check_decision(verb, status)
            else:
                with pytest.raises(GrantRefused):
                    check_decision(verb, status)


def test_a_budget_is_used_up_by_its_number_and_nothing_limits_an_empty_one() -> None:
    check_budget(None, 10_000)
    check_budget(2, 1)
    with pytest.raises(GrantRefused, match="budget of 2 is used up"):
        check_budget(2, 2)
    with pytest.raises(GrantRefused, match="budget is 0"):
        check_budget(0, 0)


@pytest.mark.parametrize(
    ("at", "zone", "month"),
    [
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "UTC", 11),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "Europe/Berlin", 12),
        (datetime(2026, 12, 1, 4, 59, tzinfo=UTC), "America/New_York", 11),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), "Pacific/Kiritimati", 1),
    ],
)
def test_months_are_the_workspaces_own(at: datetime, zone: str, month: int) -> None:
    since, until = month_of(at, zone)
    assert since <= at < until
    assert (since.month, since.day, since.hour) == (month, 1, 0)
    assert (until.month, until.day, until.hour) == (month % 12 + 1, 1, 0)
    assert month_of(until, zone)[0] == until


def test_a_month_in_which_the_clock_changes_is_as_long_as_it_is() -> None:
    since, until = month_of(datetime(2026, 3, 15, tzinfo=UTC), "Europe/Berlin")
    hours = (until.astimezone(UTC) - since.astimezone(UTC)).total_seconds() / 3600
    assert hours == 31 * 24 - 1
