"""Medians and kept due dates of follow-ups, together and by whose they are."""

from datetime import UTC, datetime, timedelta

from widget.domain.follow_up_times import Happened, Whose, all_times, times_by

THEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
BO, CY = Whose(1, 7), Whose(2, 7)


def took(whose: Whose, minutes: float) -> tuple[Whose, datetime, datetime]:
    return whose, THEN, THEN + timedelta(minutes=minutes)


def test_nothing_is_no_number() -> None:
    times = all_times(Happened([], [], []))
    assert times.first_reply.value is None
    assert times.resolution.value is None
    assert (times.due, times.share_in_time) == (0, None)


def test_each_has_their_own_and_all_have_all() -> None:
    happened = Happened(
        [took(BO, 10), took(BO, 20.5), took(BO, 300), took(CY, 60)],
        [took(CY, 120)],
        [(BO, True), (BO, False), (CY, True), (CY, True)],
    )
    by_person = times_by(happened, lambda whose: whose.user_id)
    assert by_person[1].first_reply.value == 20 * 60
    assert by_person[1].first_reply.n == 3
    assert by_person[1].resolution.value is None
    assert by_person[1].share_in_time == 50
    assert by_person[2].resolution.value == 7200
    assert times_by(happened, lambda whose: whose.team_id).keys() == {7}
    assert all_times(happened).first_reply.value == 40 * 60
    assert all_times(happened).share_in_time == 75


def test_clocks_that_differ_make_no_time_negative() -> None:
    assert all_times(Happened([took(BO, -2)], [], [])).first_reply.value == 0
