"""What looks like a machine, at the edges of each rule; and nobody pays for somebody else."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import BROWSER, MONDAY, PHONE
from widget.domain.suspicion import (
    ENOUGH,
    REASONS,
    SUSPICIONS,
    Act,
    Click,
    is_robot,
    is_suspicious,
    judge,
)

SENT = MONDAY - timedelta(days=1)


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def click(seconds: float, act: Act = "GET", score: int | None = None, **about: object) -> Click:
    known: dict[str, object] = {"client": "carla", "user_agent": BROWSER, **about}
    return Click(after(seconds), act, score=score, **known)  # type: ignore[arg-type]


def reasons(*clicks: Click, delivered_at: datetime | None = SENT) -> list[str]:
    """The reasons against the last of some clicks."""
    found = judge(clicks, clicks[-1], delivered_at=delivered_at)
    return [suspicion.reason for suspicion in found]


def suspicious(*clicks: Click, delivered_at: datetime | None = SENT) -> bool:
    return is_suspicious(judge(clicks, clicks[-1], delivered_at=delivered_at))


def test_who_opens_a_page_and_presses_its_button_is_a_person() -> None:
    assert reasons(click(0, score=4), click(3, "POST", 4)) == []


def test_a_person_may_choose_another_score_on_the_page() -> None:
    assert reasons(click(0, score=4), click(3, "POST", 1), click(9, "POST", 5)) == []


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([0, 2], "several_scores"),
        ([0, 4.999], "several_scores"),
        ([0, 5], "two_scores"),
        ([0, 59.999], "two_scores"),
        ([0, 60], None),
        ([0, 20, 40], "several_scores"),
        ([0, 20, 59.999], "several_scores"),
        ([0, 30, 60], "two_scores"),
    ],
)
def test_links_of_different_scores_within_a_minute(seconds: list[float], found: str | None) -> None:
    opened = [click(at, score=score) for score, at in enumerate(seconds, 1)]
    answer = click(300, "POST", 1)
    assert reasons(*opened, answer) == ([found] if found else [])
    assert suspicious(*opened, answer) == (found == "several_scores")


@pytest.mark.parametrize(("pause", "found"), [(3600, ["several_scores"]), (3600.001, [])])
def test_after_an_hours_pause_a_client_begins_anew(pause: float, found: list[str]) -> None:
    machine = [click(score, score=score) for score in range(5)]
    opened, answer = click(4 + pause, score=4), click(9 + pause, "POST", 4)
    assert reasons(*machine, opened, answer) == found
    # Nor does what comes long after tell against an answer that was given before.
    first, later = click(-pause, "POST", 4), [click(at, score=at) for at in range(5)]
    assert [one.reason for one in judge([first, *later], first, delivered_at=SENT)] == found


def test_the_same_link_opened_many_times_is_no_sign() -> None:
    assert reasons(*(click(at, score=4) for at in range(10)), click(60, "POST", 4)) == []


def test_what_a_browser_fetched_ahead_is_no_click() -> None:
    ahead = [click(0, "prefetch", score) for score in range(1, 6)]
    assert reasons(*ahead, click(5, score=4), click(9, "POST", 4)) == []


@pytest.mark.parametrize(
    ("seconds", "found"), [(-1, False), (0, True), (59.999, True), (60, False)]
)
def test_within_a_minute_after_delivery(seconds: float, found: bool) -> None:
    opened, answer = click(seconds, score=4), click(500, "POST", 4)
    assert ("soon_after_delivery" in reasons(opened, answer, delivered_at=MONDAY)) == found
    # A person whose telephone rings may well be as fast.
    assert not suspicious(opened, answer, delivered_at=MONDAY)


def test_without_a_mail_of_ours_nothing_is_soon() -> None:
    assert reasons(click(0, score=4), click(2, "POST", 4), delivered_at=None) == []


@pytest.mark.parametrize(("seconds", "found"), [(0.999, True), (1, False)])
@pytest.mark.parametrize("act", ["POST", "gesture"])
def test_pressed_faster_than_anybody_reads(act: Act, seconds: float, found: bool) -> None:
    assert ("pressed_at_once" in reasons(click(0, score=4), click(seconds, act, 4))) == found


def test_fast_and_early_is_still_a_person_but_in_a_data_centre_it_is_not() -> None:
    opened, answer = click(20, score=4), click(20.5, "POST", 4)
    assert reasons(opened, answer, delivered_at=MONDAY) == [
        "soon_after_delivery",
        "pressed_at_once",
    ]
    assert not suspicious(opened, answer, delivered_at=MONDAY)
    hosted = replace(answer, in_data_centre=True)
    assert suspicious(opened, hosted, delivered_at=MONDAY)


def test_a_network_of_data_centres_alone_may_be_a_vpn() -> None:
    answer = click(9, "POST", 4, in_data_centre=True)
    assert reasons(click(0, score=4), answer) == ["data_centre"]
    assert not suspicious(click(0, score=4), answer)


@pytest.mark.parametrize("act", ["HEAD", "honeypot"])
def test_what_no_browser_does_is_enough_alone(act: Act) -> None:
    assert suspicious(click(0, act), click(5, score=4), click(60, "POST", 4))


def test_a_visit_of_another_client_never_counts_against_a_person() -> None:
    machine = [
        click(score, act, score, client="filter", user_agent="curl/8", in_data_centre=True)
        for score in range(1, 6)
        for act in ("HEAD", "GET", "honeypot", "POST")
    ]
    person = [click(7, score=5), click(12, "POST", 5)]
    assert judge([*machine, *person], person[-1], delivered_at=SENT) == ()
    assert is_suspicious(judge([*person, *machine], machine[-1], delivered_at=SENT))


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1",
        "curl/8.5.0",
        "Wget/1.21",
        "python-requests/2.32.3",
        "Python-urllib/3.12",
        "python-httpx/0.28",
        "Go-http-client/2.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b",
        "Werkzeug/3.1.9 (spider)",
    ],
)
def test_programs_that_say_what_they_are(user_agent: str) -> None:
    assert is_robot(user_agent)
    assert suspicious(click(9, "POST", 4, user_agent=user_agent))


@pytest.mark.parametrize(
    "user_agent",
    [
        BROWSER,
        PHONE,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120.0 Mobile",
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    ],
)
def test_browsers_that_people_use(user_agent: str) -> None:
    assert not is_robot(user_agent)


def test_who_hides_the_browser_needs_one_more_reason() -> None:
    silent = click(9, "POST", 4, user_agent=" ")
    assert reasons(silent) == ["no_user_agent"]
    assert not suspicious(silent)
    assert suspicious(silent, delivered_at=after(0))


def test_the_manual_has_the_same_table() -> None:
    manual = Path(__file__).parents[2] / "docs" / "email-links.md"
    rows = [line.split("|")[1:-1] for line in manual.read_text().splitlines() if "| `" in line]
    table = [(row[0].strip(" `"), row[1].strip(), int(row[2])) for row in rows]
    assert table == [
        (suspicion.reason, suspicion.sentence, suspicion.points)
        for suspicion in SUSPICIONS.values()
    ]
    assert tuple(SUSPICIONS) == REASONS
    assert f"{ENOUGH} points" in manual.read_text()
