"""What failed is left alone for longer each time."""

from datetime import timedelta

from tests.builders import MONDAY
from widget.domain.retries import Backoff

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
