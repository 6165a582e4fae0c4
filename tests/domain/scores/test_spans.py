"""Spans of days, what comes before them, and how a trend is cut."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scores.spans import (
    PRESET_NAMES,
    PRESETS,
    BucketName,
    Preset,
    Span,
    bucket_name,
    buckets,
    chosen_bucket,
    preset_span,
)

DAY = timedelta(days=1)
SPANS = st.tuples(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 1_500)).map(
    lambda pair: Span(pair[0], pair[0] + timedelta(days=pair[1] - 1))
)


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def test_a_day_is_a_span() -> None:
    assert span("2024-02-29", "2024-02-29").days == 1
    assert span("2024-02-29", "2024-02-29").before == span("2024-02-28", "2024-02-28")


def test_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        span("2024-03-01", "2024-02-29")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        # The 29th of February, and none.
        (span("2024-02-25", "2024-03-02"), span("2024-02-18", "2024-02-24")),
        (span("2024-03-01", "2024-03-07"), span("2024-02-23", "2024-02-29")),
        (span("2023-03-01", "2023-03-07"), span("2023-02-22", "2023-02-28")),
        # Whole months are compared with as many months, however long.
        (span("2024-03-01", "2024-03-31"), span("2024-02-01", "2024-02-29")),
        (span("2023-03-01", "2023-03-31"), span("2023-02-01", "2023-02-28")),
        (span("2024-02-01", "2024-02-29"), span("2024-01-01", "2024-01-31")),
        (span("2024-01-01", "2024-03-31"), span("2023-10-01", "2023-12-31")),
        (span("2025-01-01", "2025-12-31"), span("2024-01-01", "2024-12-31")),
        (span("2024-01-01", "2024-12-31"), span("2023-01-01", "2023-12-31")),
        # 2100 is no leap year.
        (span("2100-03-01", "2100-03-31"), span("2100-02-01", "2100-02-28")),
        # 365 days that are no year, over a leap day.
        (span("2024-01-02", "2024-12-31"), span("2023-01-02", "2024-01-01")),
    ],
)
def test_the_span_before(now: Span, before: Span) -> None:
    assert now.before == before


@given(SPANS)
def test_the_span_before_ends_where_this_begins_and_is_as_long(one: Span) -> None:
    assert one.before.last + DAY == one.first
    if one.months is None:
        assert one.before.days == one.days
    else:
        assert one.before.months == one.months


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("last_7", span("2024-02-23", "2024-02-29")),
        ("last_30", span("2024-01-31", "2024-02-29")),
        ("last_90", span("2023-12-02", "2024-02-29")),
        ("last_365", span("2023-03-02", "2024-02-29")),
        ("this_month", span("2024-02-01", "2024-02-29")),
        ("last_month", span("2024-01-01", "2024-01-31")),
        ("this_quarter", span("2024-01-01", "2024-02-29")),
        ("last_quarter", span("2023-10-01", "2023-12-31")),
        ("this_year", span("2024-01-01", "2024-02-29")),
        ("last_year", span("2023-01-01", "2023-12-31")),
    ],
)
def test_presets_on_a_leap_day(preset: Preset, expected: Span) -> None:
    assert preset_span(preset, date(2024, 2, 29)) == expected


def test_the_last_month_of_march_is_february_however_long() -> None:
    assert preset_span("last_month", date(2023, 3, 31)) == span("2023-02-01", "2023-02-28")
    assert preset_span("last_month", date(2024, 3, 31)) == span("2024-02-01", "2024-02-29")
    assert preset_span("last_month", date(2024, 1, 1)) == span("2023-12-01", "2023-12-31")


@given(st.sampled_from(PRESETS), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_presets_are_named_and_never_end_after_today(preset: Preset, today: date) -> None:
    found = preset_span(preset, today)
    assert PRESET_NAMES[preset]
    assert found.last <= today
    if preset.startswith("last_") and preset[5:].isdigit():
        assert (found.days, found.last) == (int(preset[5:]), today)
    elif preset.startswith("last_"):
        assert found.months in (1, 3, 12)


@pytest.mark.parametrize(
    ("days", "name"),
    [(1, "day"), (30, "day"), (45, "day"), (46, "week"), (90, "week"), (200, "week"),
     (201, "month"), (365, "month")],
)  # fmt: skip
def test_longer_spans_are_cut_more_coarsely(days: int, name: BucketName) -> None:
    first = date(2024, 1, 1)
    assert bucket_name(Span(first, first + timedelta(days=days - 1))) == name


def test_weeks_begin_on_monday_and_stay_within_the_span() -> None:
    found = buckets(span("2024-02-28", "2024-03-12"), "week")
    assert [one.span for one in found] == [
        span("2024-02-28", "2024-03-03"),
        span("2024-03-04", "2024-03-10"),
        span("2024-03-11", "2024-03-12"),
    ]
    assert [one.is_whole for one in found] == [False, True, False]


def test_what_holds_today_is_not_whole() -> None:
    days = span("2024-03-04", "2024-03-17")
    by_day = buckets(days, "day", date(2024, 3, 17))
    assert [one.is_whole for one in by_day] == [True] * 13 + [False]
    # It is Sunday, and the week is not over.
    assert [one.is_whole for one in buckets(days, "week", date(2024, 3, 17))] == [True, False]
    assert all(one.is_whole for one in buckets(days, "week", date(2024, 3, 18)))


def test_a_year_is_twelve_whole_months() -> None:
    found = buckets(span("2024-01-01", "2024-12-31"))
    assert len(found) == 12
    assert all(one.is_whole for one in found)
    assert found[1].span == span("2024-02-01", "2024-02-29")


@given(SPANS, st.sampled_from([None, "day", "week", "month"]))
def test_buckets_cover_their_span_without_gap_or_overlap(
    one: Span, name: BucketName | None
) -> None:
    found = buckets(one, name)
    assert found[0].span.first == one.first
    assert found[-1].span.last == one.last
    for earlier, later in pairwise(found):
        assert earlier.span.last + DAY == later.span.first
    assert all(bucket.is_whole for bucket in found[1:-1])
    assert len(buckets(one)) <= 60


@pytest.mark.parametrize(
    ("days", "wanted", "gets"),
    [
        (30, None, "day"),
        (100, None, "week"),
        (30, "month", "month"),
        (366, "day", "day"),
        (367, "day", "week"),
        (366 * 7 + 1, "week", "month"),
        (366 * 7 + 1, "day", "month"),
        (366 * 28 + 1, "day", "month"),
    ],
)
def test_a_chosen_step_is_taken_as_long_as_there_are_not_too_many(
    days: int, wanted: BucketName | None, gets: BucketName
) -> None:
    first = date(2000, 1, 1)
    assert chosen_bucket(Span(first, first + (days - 1) * DAY), wanted) == gets
