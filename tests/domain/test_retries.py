"""What failed is left alone for longer each time."""

from datetime import timedelta

from tests.builders import MONDAY
from widget.domain.retries import Backoff, wait_by_age

MINUTE = timedelta(minutes=1)


def test_each_failure_doubles_the_wait_up_to_a_limit() -> None:
    backoff: Backoff[str] = Backoff(MINUTE, 4 * MINUTE)
    waits = [backoff.failed("broken", MONDAY) - MONDAY for _ in range(4)]
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, 4 * MINUTE]


def test_only_what_failed_waits_and_only_so_long() -> None:
    backoff: Backoff[str] = Backoff(MINUTE, 4 * MINUTE)
    backoff.failed("broken", MONDAY)
    assert backoff.waiting(MONDAY) == ["broken"]
    assert backoff.waiting(MONDAY + MINUTE) == []


def test_a_success_forgets_the_failures() -> None:
    backoff: Backoff[str] = Backoff(MINUTE, 4 * MINUTE)
    backoff.failed("flaky", MONDAY)
    backoff.failed("flaky", MONDAY)
    backoff.succeeded("flaky")
    assert backoff.waiting(MONDAY) == []
    assert backoff.failed("flaky", MONDAY) == MONDAY + MINUTE


def test_a_wait_by_age_is_as_long_as_the_age_within_limits() -> None:
    ages = [timedelta(0), 5 * MINUTE, timedelta(days=9)]
    assert [wait_by_age(age) for age in ages] == [MINUTE, 5 * MINUTE, timedelta(hours=1)]
