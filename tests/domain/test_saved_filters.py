"""What is kept of an address, and who may change it."""

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import FilterRefused, SubscriptionRefused
from widget.domain.saved_filters import (
    PAGES,
    SavedFilter,
    canonical,
    check_query,
    parameters,
    tidy_name,
)
from widget.domain.subscriptions import read_schedule


@pytest.mark.parametrize(
    ("given_query", "kept"),
    [
        ("span=last_90&from=2026-01-01&to=2026-02-01", "from=2026-01-01&to=2026-02-01"),
        ("", "span=last_30"),
        ("span=own&from=2026-01-01&to=2026-02-01", "from=2026-01-01&to=2026-02-01"),
        ("span=nonsense", "span=last_30"),
        ("channel=chat&survey=abc&channel=&channel=chat", "span=last_30&survey=abc&channel=chat"),
        ("utm_source=x&format=csv&by=team&metric=nps", "span=last_30&metric=nps&by=team"),
        ("client=A+%26+B", "span=last_30&client=A+%26+B"),
    ],
)
def test_of_the_dashboards_address_the_filter_is_kept(given_query: str, kept: str) -> None:
    assert canonical("dashboard", parse_qs(given_query)) == kept


@pytest.mark.parametrize(
    ("given_query", "kept"),
    [
        ("", ""),
        ("older=1_2&columns=tags&q=late&tag=a&tag=b", "q=late&tag=a&tag=b"),
        ("span=last_30&mood=negative&tests=1", "mood=negative&tests=1"),
    ],
)
def test_of_the_lists_address_the_filter_is_kept(given_query: str, kept: str) -> None:
    assert canonical("responses", parse_qs(given_query)) == kept


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)


@given(
    st.sampled_from(PAGES),
    st.dictionaries(
        st.sampled_from(["span", "from", "survey", "team", "channel", "client", "q", "tag", "x"]),
        st.lists(texts, max_size=3),
    ),
)
def test_what_is_kept_is_kept_as_it_is(page, query) -> None:
    kept = canonical(page, query)
    assert canonical(page, parameters(kept)) == kept


def test_names_are_one_line_and_short() -> None:
    assert tidy_name("  Bad\n ratings ") == "Bad ratings"
    for name in ("", " \n", "x" * 81):
        with pytest.raises(FilterRefused):
            tidy_name(name)
    with pytest.raises(FilterRefused):
        check_query("x" * 2_001)


def test_a_shared_one_is_changed_by_who_keeps_it_and_admins_alone() -> None:
    own = SavedFilter(1, 7, "Bo", "dashboard", "Own", "", is_shared=False)
    shared = SavedFilter(2, 7, "Bo", "dashboard", "Shared", "", is_shared=True)
    assert own.may_be_seen_by(7, sees_shared=False)
    assert not own.may_be_seen_by(8, sees_shared=True)
    assert shared.may_be_seen_by(8, sees_shared=True)
    assert not shared.may_be_seen_by(8, sees_shared=False)
    assert shared.may_be_changed_by(7, manages=False)
    assert shared.may_be_changed_by(8, manages=True)
    assert not shared.may_be_changed_by(8, manages=False)
    assert not own.may_be_changed_by(8, manages=True)


def test_a_schedule_is_read_from_a_form() -> None:
    found = read_schedule("month-31", "7", "UTC")
    assert (found.every, found.day, found.hour) == ("month", 31, 7)
    refused = (
        *(("", "8"), ("week-7", "8"), ("quarter-1", "8"), ("week-0", "24"), ("x", "")),
        # Neither is offered: February has no 29th, and the page would call it the last day.
        *(("month-29", "8"), ("month-30", "8"), ("month-0", "8"), ("month-1", "08")),
    )
    for when, hour in refused:
        with pytest.raises(SubscriptionRefused):
            read_schedule(when, hour, "UTC")
