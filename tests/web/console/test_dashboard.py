"""The dashboard: the numbers of a filter, within a scope, with how sure they are."""

import csv
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from uuid import UUID

from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey
from widget.actions.count_shares import count_shares
from widget.actions.tag_response import set_tag
from widget.domain.roles import EVERYTHING
from widget.domain.score_filters import ScoreFilter
from widget.extensions import db
from widget.storage.dashboards import counted_surveys, counts_of
from widget.storage.share_counts import Uses

PAGE = "/console/dashboard"


def say(acme: Workspace, survey: str, *scores: int, days_ago: int = 0, **details: object) -> None:
    at = acme.world.clock() - timedelta(days=days_ago)
    for score in scores:
        answer_survey(acme, survey, score, at=at, **details)


def tile(client: FlaskClient, name: str, address: str = PAGE) -> str:
    """What one tile says, its tags left out."""
    page = client.get(address).text
    [found] = re.findall(rf'<li class="card tile">\s*<h2>{name}</h2>(.*?)<details', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_a_number_stands_with_its_interval_and_how_many_it_is_of(acme: Workspace) -> None:
    survey = acme.survey("nps")
    say(acme, survey, *[10] * 8)
    assert tile(acme.signed_in(), "NPS").startswith("100 Show the answers 39 to 100 · n = 8 few")


def test_where_nobody_answered_there_is_no_number(acme: Workspace) -> None:
    acme.survey()
    client = acme.signed_in()
    page = client.get(PAGE).text
    assert "No answers in these days" in page
    assert 'id="trend"' not in page
    for name in ("Stars", "Five stars", "Positive", "Negative", "Comment rate"):
        assert tile(client, name) == "– n = 0 nothing to compare with"
    # What no survey asks is no number that is missing.
    assert "<h2>NPS</h2>" not in page


def test_a_tile_says_why_it_has_no_number(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, 5)
    client = acme.signed_in()
    assert tile(client, "Response rate") == "– n = 0 no requests were sent"
    assert tile(client, "Time to answer", f"{PAGE}?language=en").endswith(
        "not known by this filter"
    )
    assert tile(client, "Shares") == "– n = 0 none on offer"
    assert tile(client, "Shares", f"{PAGE}?channel=-").endswith("not known by this filter")
    assert tile(client, "Rewards") == "– n = 0 none on offer"
    acme.change(survey, share=True)
    acme.reward()
    assert tile(client, "Shares").startswith("0 n = 1")
    assert tile(client, "Rewards").startswith("0 n = 1")


def test_a_kind_that_is_asked_and_was_not_answered_is_not_what_is_looked_at(
    acme: Workspace,
) -> None:
    acme.survey("stars")
    say(acme, acme.survey("nps"), 9)
    page = acme.signed_in().get(PAGE).text
    assert "NPS by day" in page
    assert "<h2>Stars</h2>" in page


def test_a_change_is_told_from_chance(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, *[5] * 40, days_ago=1)
    say(acme, survey, *[3] * 40, days_ago=31)
    client = acme.signed_in()
    assert "▲ +2.00" in tile(client, "Stars")
    assert "more than chance" in tile(client, "Stars")
    assert "▼ −100" in tile(client, "Negative")


def test_of_few_answers_no_verdict_is_given(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, 5, 5, 5)
    say(acme, survey, 1, 1, 1, days_ago=31)
    said = tile(acme.signed_in(), "Stars")
    assert "too few answers to tell" in said
    assert "▲" not in said
    assert "few: read with care" in said


def test_every_filter_narrows(acme: Workspace) -> None:
    team = acme.team("Desk")
    acme.put_in(acme.team("Below", parent=team), acme.member("Ana", email="ana@a.example"))
    stars, nps = acme.survey(), acme.survey("nps")
    say(acme, stars, 5, 5, member="ana@a.example", channel="chat", attributes={"client": "Globex"})
    say(acme, stars, 1, channel="email", attributes={"segment": "Small"})
    say(acme, nps, 9)
    say(acme, stars, 3, 3, 3, days_ago=40)
    client = acme.signed_in()
    ana = re.findall(r'<option value="(\w{12})">Ana</option>', client.get(PAGE).text)
    for query, n in (
        ("", 3),
        (f"survey={nps}", None),
        (f"survey={stars}&survey={nps}", 3),
        (f"team={team}", 2),
        ("team=999", None),
        (f"member={ana[0] if ana else 'bcdfghjkmnpq'}", 2 if ana else None),
        ("member=none", 1),
        ("channel=chat", 2),
        ("channel=chat&channel=email", 3),
        ("client=Globex", 2),
        ("client=-", 1),
        ("segment=Small&channel=chat", None),
        ("source=widget", 3),
        ("language=en", 3),
        ("language=de", None),
        ("from=2026-10-01&to=2026-10-31", 3),
        ("from=2026-10-14&to=2026-10-14", 3),
    ):
        address = f"{PAGE}?{query}"
        if n is None:
            page = client.get(address).text
            assert "<h2>Stars</h2>" not in page or "n = 0" in tile(client, "Stars", address), query
        else:
            assert f"n = {n} " in tile(client, "Stars", address) + " ", query


def test_everybody_sees_the_numbers_of_their_scope_alone(acme: Workspace) -> None:
    team, other = acme.team("Ours"), acme.team("Theirs")
    ours, theirs = (
        acme.member("Ana", email="ana@a.example"),
        acme.member("Ben", email="ben@a.example"),
    )
    acme.put_in(team, ours)
    acme.put_in(other, theirs)
    survey = acme.survey()
    say(acme, survey, 5, 4, member="ana@a.example")
    say(acme, survey, 1, 1, 1, member="ben@a.example")
    say(acme, survey, 2)
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    ben = acme.person("ben@acme.example", "member", member=theirs)
    assert "n = 6" in tile(acme.signed_in(), "Stars")
    assert "n = 2" in tile(lead, "Stars")
    assert "n = 3" in tile(ben, "Stars")
    for client in (lead, ben):
        for query in ("by=member", "by=team", "by=client", f"team={other}", "member=none"):
            page = client.get(f"{PAGE}?{query}").text
            assert "Nobody" not in page, query
            if client is lead:
                assert "Ben" not in page, query
                assert "Theirs" not in page, query
            else:
                assert "Ana" not in page, query
                assert "Ours" not in page, query
    assert "n = 3" not in lead.get(f"{PAGE}?team={other}").text


def test_a_breakdown_names_its_rows_and_says_who_differs(acme: Workspace) -> None:
    survey = acme.survey()
    for name in ("Ana", "Ben"):
        acme.member(name, email=f"{name.lower()}@a.example")
    say(acme, survey, *[5] * 30, member="ana@a.example")
    say(acme, survey, *[3] * 30, member="ben@a.example")
    say(acme, survey, 4, 4)
    page = acme.signed_in().get(f"{PAGE}?by=member&metric=stars").text
    rows = re.findall(r"<tr><th scope=\"row\" dir=\"auto\">(.*?)</tr>", page, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert [row.split()[0] for row in words] == ["Ana", "Ben", "Nobody"]
    assert "more than chance" in words[0]
    assert "too few answers to tell" in words[2]


def test_the_files_hold_what_the_charts_show(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("=cmd|' /C calc'!A0", email="ana@a.example")
    say(acme, survey, 5, 4, member="ana@a.example", days_ago=1)
    say(acme, survey, 3)
    client = acme.signed_in()
    trend = list(csv.reader(StringIO(client.get(f"{PAGE}?format=csv&of=trend").text)))
    assert trend[0] == ["from", "Stars", "low", "high", "n", "to", "whole"]
    assert [row for row in trend[1:] if row[4] != "0"] == [
        ["2026-11-22", "4.5", *trend[-2][2:4], "2", "2026-11-22", "yes"],
        # Today is not over.
        ["2026-11-23", "3", *trend[-1][2:4], "1", "2026-11-23", "no"],
    ]
    assert trend[1][1:5] == ["", "", "", "0"]
    table = client.get(f"{PAGE}?format=csv&by=member")
    assert table.mimetype == "text/csv"
    assert "'=cmd" in table.text


def test_a_filter_by_version_narrows_to_the_survey_s_as_it_was_then(any_acme: Workspace) -> None:
    acme, survey, other = any_acme, any_acme.survey(name="Shop"), any_acme.survey(name="Year")
    say(acme, survey, 5, 5)
    acme.change(survey, texts={"question.stars": {"en": "Happy?"}})
    say(acme, survey, 1)
    say(acme, other, 3)
    client = acme.signed_in()
    for query, n in (
        ("version=1", 3),
        ("version=2", 1),
        (f"version=1&survey={survey}", 2),
        ("version=1&version=2", 4),
    ):
        assert f"n = {n} " in tile(client, "Stars", f"{PAGE}?{query}") + " ", query
    for query in ("version=3", "version=x", f"version=2&survey={other}"):
        assert "n = 0" in tile(client, "Stars", f"{PAGE}?{query}"), query
    page = client.get(f"{PAGE}?by=version&metric=stars").text
    [row] = re.findall(r'<th scope="row" dir="auto"><a href="([^"]+)">Shop, version 2</a>', page)
    assert "n = 1 " in tile(client, "Stars", unescape(row)) + " "


def test_members_read_whose_team_their_answers_are_of(acme: Workspace) -> None:
    ben = acme.member("Ben", email="ben@a.example")
    acme.put_in(acme.team("Theirs", parent=acme.team("Desk")), ben)
    say(acme, acme.survey(), 5, member="ben@a.example")
    member = acme.person("ben@acme.example", "member", member=ben)
    assert file(member, "by=team&metric=stars") == {"Theirs": ("5", 1)}


def points(client: FlaskClient, query: str) -> list[tuple[str, str, str, str]]:
    """First and last day, number and whether it is whole, of each point with answers."""
    text = client.get(f"{PAGE}?format=csv&of=trend&metric=stars&{query}").text
    rows = csv.DictReader(StringIO(text))
    return [(row["from"], row["to"], row["n"], row["whole"]) for row in rows if row["n"] != "0"]


def test_the_course_goes_by_the_step_that_is_chosen(acme: Workspace) -> None:
    survey = acme.survey()
    # Today is Monday; nine days ago was a Saturday.
    for days_ago in (0, 1, 9):
        say(acme, survey, 5, days_ago=days_ago)
    client = acme.signed_in()
    span = "from=2026-11-12&to=2026-11-23"
    assert len(points(client, span)) == 3
    assert points(client, f"{span}&step=week") == [
        ("2026-11-12", "2026-11-15", "1", "no"),
        ("2026-11-16", "2026-11-22", "1", "yes"),
        ("2026-11-23", "2026-11-23", "1", "no"),
    ]
    assert points(client, f"{span}&step=month") == [("2026-11-12", "2026-11-23", "3", "no")]
    assert points(client, f"{span}&step=fortnight") == points(client, span)
    page = client.get(f"{PAGE}?{span}&step=week&metric=stars").text
    assert "Stars by week" in page
    assert page.count("data-in-part") == 2
    assert "in part: 4 days" in page
    assert '<option value="week" selected>Week</option>' in page
    assert "step=week&amp;" in page.split("of the course")[0].rsplit("href", 1)[1]
    assert client.get(f"{PAGE}?{span}").text.count("data-in-part") == 1
    whole = "from=2026-11-12&to=2026-11-22"
    assert "data-in-part" not in client.get(f"{PAGE}?{whole}").text


def test_too_many_points_are_made_longer_and_that_is_told(acme: Workspace) -> None:
    say(acme, acme.survey(), 5)
    page = acme.signed_in().get(f"{PAGE}?from=2024-11-23&to=2026-11-23&step=day").text
    assert "Stars by week" in page
    assert "more points than can be drawn" in page


def test_a_survey_that_comes_while_numbers_are_read_counts_the_next_time(acme: Workspace) -> None:
    known, new = acme.survey(), acme.survey("stars", "New")
    say(acme, known, 5)
    say(acme, new, 1)
    with acme.world.app.app_context():
        surveys = counted_surveys(db.session(), acme.id)
        before = {id: one for id, one in surveys.items() if one.public_id == known}
        wanted = ScoreFilter(acme.world.clock().date(), acme.world.clock().date())
        counts = counts_of(db.session(), acme.id, EVERYTHING, wanted, before, "UTC")
    assert counts.responses == 1
    assert [one.counts for one in counts.answers] == [{5: 1}]


def test_a_weekday_and_hour_is_the_workspaces(acme: Workspace) -> None:
    survey = acme.survey()
    # Sunday, a quarter to eleven in the evening.
    answer_survey(acme, survey, 5, at=datetime(2026, 11, 22, 22, 45, tzinfo=UTC))
    page = acme.signed_in().get(f"{PAGE}?by=hour").text
    hours = re.findall(r'<th scope="row">(\d\d):00</th>(.*?)</tr>', page, re.DOTALL)
    said = {hour: ["n = 1" in day for day in row.split("</td>")[:7]] for hour, row in hours}
    assert len(hours) == 24
    assert {hour: row.index(True) for hour, row in said.items() if any(row)} == {"22": 6}


def test_htmx_gets_the_numbers_alone(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5)
    answer = acme.signed_in().get(PAGE, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="numbers"')
    assert "HX-Request" in answer.headers["Vary"]


def test_days_that_are_none_are_told_by_their_field(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = client.get(f"{PAGE}?from=2026-13-01")
    assert answer.status_code == 422
    assert 'id="from-error"' in answer.text or "from" in answer.text
    assert client.get(f"{PAGE}?from=2026-11-20&to=2026-11-10").status_code == 422


def test_the_stream_says_the_same_as_the_dashboard(acme: Workspace) -> None:
    """The same answers, the same number and interval: also where a survey has its own threshold."""
    csat = acme.survey("csat")
    acme.change(csat, positive_from=5)
    say(acme, acme.survey("stars"), 5, 5, 4, 1, 5, 5)
    say(acme, acme.survey("nps"), 10, 10, 9, 8, 3, 2, 10)
    say(acme, csat, 5, 4, 4)
    client = acme.signed_in()
    stream = " ".join(re.sub(r"<[^>]+>", " ", client.get("/console/stream").text).split())
    for name in ("Stars", "NPS", "CSAT"):
        value, interval = re.fullmatch(
            r"(\S+(?: %)?) Show the answers (\S+ to \S+) · n = .*", tile(client, name)
        ).groups()
        assert re.search(rf"{value} \S+( \S+)* {interval} ", stream), (name, value, interval)
    assert "33 % gave 5 of 5" in stream
    assert "Stars average: Bootstrap" in stream
    assert "NPS: Adjusted Wald" in stream


def file(client: FlaskClient, query: str) -> dict[str, tuple[str, int]]:
    """Number and count by the words of each row of a breakdown's file."""
    rows = csv.reader(StringIO(client.get(f"{PAGE}?format=csv&{query}").text))
    next(rows)
    return {row[0]: (row[1], int(row[4])) for row in rows}


def tag(acme: Workspace, response: str, *names: str) -> None:
    for name in names:
        with acme.world.app.app_context():
            set_tag(db.session, acme.id, UUID(response), name, given=True, at=acme.world.clock())


def test_a_breakdown_by_tag_counts_a_response_with_each_of_its_tags(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    both = [answer_survey(acme, survey, 5) for _ in range(12)]
    late = [answer_survey(acme, survey, 1) for _ in range(12)]
    say(acme, survey, *[3] * 12)
    for response in both:
        tag(acme, response, "refund", "vip")
    for response in late:
        tag(acme, response, "refund")
    client = acme.signed_in()
    found = file(client, "by=tag&metric=stars")
    assert found == {"refund": ("3", 24), "vip": ("5", 12), "No tag": ("3", 12)}
    page = client.get(f"{PAGE}?by=tag&metric=stars").text
    [vip] = re.findall(r"<tr><th[^>]*><a[^>]*>vip</a>.*?</tr>", page, re.DOTALL)
    # Against the 24 without it, not against 36 of whom 12 are counted twice.
    assert "+3.00" in vip
    assert "more than chance" in vip
    # Filtered by two tags, a response that has both counts once.
    assert "n = 24" in tile(client, "Stars", f"{PAGE}?tag=vip&tag=refund")
    assert "n = 12" in tile(client, "Stars", f"{PAGE}?tag=vip")
    assert "No answers in these days" in client.get(f"{PAGE}?tag=unheard-of").text


def test_rewards_and_shares_are_told_by_member_and_day_within_a_scope(
    any_acme: Workspace,
) -> None:
    acme, survey = any_acme, any_acme.survey()
    ana, bo = (acme.member(name, email=f"{name}@a.example") for name in ("Ana", "Bo"))
    team = acme.team("Support")
    acme.put_in(team, ana)
    say(acme, survey, 5, 5, member="Ana@a.example", reward="x")
    say(acme, survey, 5, member="Bo@a.example", reward="x")
    with acme.world.app.app_context():
        # Of Bo's two, one is of an answer that is older than the days.
        for member, used in ((ana, 3), (bo, 2), (None, 1)):
            shared = {"page": Uses(used=used), "x": Uses(offered=5)}
            at = acme.world.clock() - timedelta(days=1)
            count_shares(db.engine, acme.id, 1, member, shared, time_zone="UTC", at=at)
    client = acme.signed_in()
    assert file(client, "by=member&metric=rewards") == {"Ana": ("2", 2), "Bo": ("1", 1)}
    assert file(client, "by=member&metric=shares") == {
        "Ana": ("3", 2),
        "Bo": ("2", 1),
        "Nobody": ("1", 0),
    }
    assert file(client, "by=team&metric=shares") == {"Support": ("3", 2), "No team": ("3", 1)}
    assert tile(client, "Shares").startswith("6 n = 3")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    assert file(lead, "by=member&metric=shares") == {"Ana": ("3", 2)}
    assert tile(lead, "Shares").startswith("3 n = 2")
    assert tile(client, "Shares", f"{PAGE}?team={team}").startswith("3 n = 2")
    course = csv.DictReader(StringIO(client.get(f"{PAGE}?format=csv&of=trend&metric=shares").text))
    assert {row["from"]: row["Shares"] for row in course if row["Shares"] not in ("", "0")} == {
        "2026-11-22": "6"
    }


def test_every_chart_can_be_copied_as_its_file(acme: Workspace) -> None:
    say(acme, acme.survey(), 5, 4)
    client = acme.signed_in()
    page = client.get(PAGE).text
    copied = dict(re.findall(r'<pre id="([a-z]+)-csv" hidden>(.*?)</pre>', page, re.DOTALL))
    assert set(copied) == set(re.findall(r'data-copy="([a-z]+)-csv"', page))
    assert copied["stars"].split() == [
        "score,answers,share",
        "5,1,50",
        "4,1,50",
        "3,0,0",
        "2,0,0",
        "1,0,0",
    ]
    for name, query in (("trend", "of=trend"), ("table", "by=member")):
        text = client.get(f"{PAGE}?format=csv&{query}").text
        assert copied[name].split() == text.split()


def test_the_file_of_a_breakdown_says_all_that_the_table_does(acme: Workspace) -> None:
    survey = acme.survey()
    say(acme, survey, *[5] * 30, channel="chat")
    say(acme, survey, *[2] * 30, channel="mail")
    say(acme, survey, 4, channel="phone")
    answer = acme.signed_in().get(f"{PAGE}?format=csv&by=channel&metric=stars")
    assert 'filename="stars-by-channel.csv"' in answer.headers["Content-Disposition"]
    chat, mail, phone = csv.DictReader(StringIO(answer.text))
    assert float(chat["fair low"]) < float(chat["fair estimate"]) < float(chat["fair high"])
    assert float(chat["difference low"]) > 0
    assert chat["verdict"] == "higher, more than chance"
    assert mail["verdict"] == "lower, more than chance"
    assert phone["verdict"] == "too few"


def test_whoever_is_alone_is_not_drawn_towards_anybody(acme: Workspace) -> None:
    say(acme, acme.survey(), 5, 3, channel="chat")
    page = acme.signed_in().get(f"{PAGE}?by=channel&metric=stars").text
    assert '<td data-label="Fair estimate">–</td>' in page
    assert "draws each number" not in page


def how(page: str, after: str) -> str:
    """What is said of how something is computed, the next that is said after some words."""
    return page.split(after, 1)[1].split('<details class="how">', 1)[1].split("</details>")[0]


def test_every_judgement_names_its_method_and_where_it_is_from(acme: Workspace) -> None:
    say(acme, acme.survey(), *[5] * 12, *[3] * 12, channel="chat")
    say(acme, acme.survey("nps"), *[10] * 12, channel="mail")
    say(acme, acme.survey("csat"), *[5] * 12, channel="chat")
    page = (
        acme.signed_in()
        .get(f"{PAGE}?by=channel&metric=comment_rate&first=%3Dchat&second=%3Dmail")
        .text
    )
    assert "B. L. Welch" in how(page, "<h2>Stars</h2>")
    assert "R. G. Newcombe" in how(page, "<h2>CSAT</h2>")
    assert "B. Rocks" in how(page, "<h2>NPS</h2>")
    # Of two methods the one that was used: 24 answers are fewer than 30.
    assert "B. Efron" in how(page, "<h2>Stars</h2>")
    assert "Biometrika 6" not in how(page, "<h2>Stars</h2>")
    assert "not tested" in how(page, "<h2>Time to answer</h2>")
    assert "O. J. Dunn" in how(page, 'id="pair-result"')
    breakdown = how(page.split("O. J. Dunn")[1], "</details>")
    for source in ("J. C. Kleinman", "R. G. Newcombe", "S. Holm"):
        assert source in breakdown


def test_hours_have_their_intervals_and_say_why_they_lead_nowhere(acme: Workspace) -> None:
    say(acme, acme.survey(), *[5] * 12)
    page = acme.signed_in().get(f"{PAGE}?by=hour&metric=stars").text
    assert 'title="95 % interval: ' in page
    assert "no filter by weekday and hour" in page
    assert "the stronger the colour" in page.lower()
    assert "S. Holm" in how(page, "no filter by weekday and hour")


def test_what_is_not_known_is_told_and_stays_chosen_without_numbers(acme: Workspace) -> None:
    say(acme, acme.survey(), 5)
    acme.team("Top")
    client = acme.signed_in()
    for name, value in (("team", "999"), ("member", "nobodyknows"), ("survey", "bcdfghjkmnpq")):
        answer = client.get(f"{PAGE}?{name}={value}")
        assert answer.status_code == 422
        assert f"There is no such {name}" in answer.text.split(f'id="problem-{name}">')[1][:60]
        assert f'<option value="{value}" selected>' in answer.text
        assert 'class="tiles"' not in answer.text


def test_days_that_cannot_be_have_no_numbers(acme: Workspace) -> None:
    say(acme, acme.survey(), 5)
    client = acme.signed_in()
    for query in ("from=2026-13-01", "from=1969-01-01", "from=2026-11-20&to=2026-11-10"):
        answer = client.get(f"{PAGE}?{query}")
        assert answer.status_code == 422
        assert 'class="tiles"' not in answer.text
        assert client.get(f"{PAGE}?{query}&format=csv").mimetype == "text/html"
    # The one rule: whatever year the other pages take is counted.
    answer = client.get(f"{PAGE}?from=1970-01-01")
    assert "1 Jan 1970 –" in answer.text


def test_fields_that_are_left_empty_are_not_in_the_address(acme: Workspace) -> None:
    say(acme, acme.survey(), 5)
    answer = acme.signed_in().get(
        f"{PAGE}?span=last_7&survey=&team=", headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Push-Url"] == f"{PAGE}?span=last_7"


def test_two_rows_are_compared_with_one_another(acme: Workspace) -> None:
    survey = acme.survey()
    for segment, scores in (("Large", [5] * 30), ("Small", [3] * 30), ("Tiny", [4] * 3)):
        say(acme, survey, *scores, attributes={"segment": segment})
    say(acme, survey, *[4] * 12)
    client = acme.signed_in()
    address = f"{PAGE}?by=segment&metric=stars&first=%3DSmall&second=%3DLarge"
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(address).text).split())
    assert "+2.00" in page
    assert "Large has 5.00 (n = 30), Small has 3.00 (n = 30)." in page
    # Large, Small and none; Tiny has too few for any verdict.
    assert "The verdict allows for all 3 pairs" in page
    for query in ("first=%3DSmall&second=%3DSmall", "first=%3DGone&second=%3DSmall", "first="):
        assert "The verdict" not in client.get(f"{PAGE}?by=segment&metric=stars&{query}").text
    for group in ("tag", "hour"):
        assert 'id="pair"' not in client.get(f"{PAGE}?by={group}&metric=stars").text
    assert 'id="pair"' in client.get(f"{PAGE}?by=segment&metric=stars").text
