"""When follow-ups are due: working hours and days, by the clocks of the workspace."""

from datetime import UTC, datetime

import pytest

from widget.domain.due_dates import (
    Allowed,
    DueRules,
    check_due_rules,
    due_at,
    is_overdue,
)
from widget.domain.errors import DueRulesRefused

# 2026-11-23 is a Monday.
MONDAY, FRIDAY = 23, 27


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def due(opened: datetime, number: int, unit: str, zone: str = "UTC", **rules: object) -> datetime:
    allowed = {"score": Allowed(number, unit)}  # type: ignore[arg-type]
    found = due_at(opened, ["score"], DueRules(allowed=allowed, **rules), zone)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("opened", "number", "unit", "expected"),
    [
        (at(MONDAY, 10), 1, "days", at(MONDAY + 1, 10)),
        (at(MONDAY, 10, 20), 3, "hours", at(MONDAY, 13, 20)),
        # What does not fit into the day goes on in the morning.
        (at(MONDAY, 16), 3, "hours", at(MONDAY + 1, 11)),
        # A day that is used up to its end is used up, and not one minute of the next.
        (at(MONDAY, 9), 8, "hours", at(MONDAY, 17)),
        # Before work, after work, at its end and at the weekend count from when work begins.
        (at(MONDAY, 6), 1, "hours", at(MONDAY, 10)),
        (at(MONDAY, 17), 1, "hours", at(MONDAY + 1, 10)),
        (at(MONDAY, 22), 1, "days", at(MONDAY + 2, 9)),
        (at(FRIDAY, 16), 2, "hours", at(30, 10)),
        (at(FRIDAY, 16), 2, "days", at(1, 16, month=12)),
        (at(FRIDAY + 1, 12), 1, "days", at(1, 9, month=12)),
        (at(MONDAY, 10), 10, "days", at(7, 10, month=12)),
        (at(MONDAY, 9), 17, "hours", at(MONDAY + 2, 10)),
    ],
)
def test_only_working_time_counts(
    opened: datetime, number: int, unit: str, expected: datetime
) -> None:
    assert due(opened, number, unit) == expected


def test_working_time_is_that_of_the_workspaces_clocks() -> None:
    # 9:00 to 17:00 in Auckland is 20:00 to 4:00 in UTC of the day before; opened on its Monday.
    assert due(at(MONDAY, 1), 1, "hours", "Pacific/Auckland") == at(MONDAY, 2)
    assert due(at(MONDAY, 12), 1, "hours", "Pacific/Auckland") == at(MONDAY, 21)


def test_a_day_with_a_change_of_clocks_is_as_long_as_it_is() -> None:
    # In Lisbon, 2026-10-25 has 25 hours. Whoever works around the clock has one more.
    around = {"days": tuple(range(7)), "begins": 0, "ends": 24 * 60}
    opened = datetime(2026, 10, 24, 11, tzinfo=UTC)  # 12:00 there
    assert due(opened, 24, "hours", "Europe/Lisbon", **around) == at(25, 11, month=10)
    # The same time of the next day comes an hour later.
    assert due(opened, 1, "days", "Europe/Lisbon", **around) == at(25, 12, month=10)


def test_the_soonest_of_several_reasons_holds_and_none_asks_for_nothing() -> None:
    rules = DueRules(allowed={"contact": Allowed(2, "hours"), "score": Allowed(1, "days")})
    assert due_at(at(MONDAY, 10), ["score", "contact"], rules, "UTC") == at(MONDAY, 12)
    assert due_at(at(MONDAY, 10), ["by_hand"], rules, "UTC") is None


def test_it_is_overdue_from_its_due_date_until_it_is_resolved() -> None:
    then = at(MONDAY, 10)
    assert not is_overdue(then, None, at(MONDAY, 9, 59))
    assert is_overdue(then, None, then)
    assert not is_overdue(then, at(MONDAY, 12), at(MONDAY, 13))
    assert not is_overdue(None, None, then)


def test_rules_are_kept_as_they_were() -> None:
    rules = DueRules((5, 6), 0, 1440, {"keyword": Allowed(3, "hours")})
    assert DueRules.from_json(rules.to_json()) == rules
    assert DueRules.from_json(None) == DueRules()


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        (DueRules(days=()), {"days"}),
        (DueRules(begins=600, ends=600), {"ends"}),
        (DueRules(begins=-1), {"ends"}),
        (DueRules(ends=1441), {"ends"}),
        (
            DueRules(allowed={"score": Allowed(0, "days"), "contact": Allowed(201, "hours")}),
            {"score", "contact"},
        ),
        (DueRules(allowed={"score": Allowed(91, "days")}), {"score"}),
    ],
)
def test_rules_that_cannot_be_are_refused_by_field(rules: DueRules, fields: set[str]) -> None:
    with pytest.raises(DueRulesRefused) as caught:
        check_due_rules(rules)
    assert caught.value.problems.keys() == fields
