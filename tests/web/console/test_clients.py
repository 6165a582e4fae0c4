"""Clients and segments side by side, and each one's own page."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.builders import Workspace, answer_survey, make_workspace, post, send_due_requests
from tests.campaigning import add_customers, answer, launched, requests_of
from tests.following import user_id
from widget.actions.change_campaigns import mark_baseline
from widget.actions.open_follow_up import open_by_hand
from widget.domain.reports.plans import ReportPlan
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import ReportSchedule, Request, Response
from widget.storage.models import Workspace as WorkspaceRow

ODD = 'Größe & "Söhne" <b>/../?#%00+=;é\u202e'


class _Table(HTMLParser):
    """The cells of a page's first table, by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        if tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def table(page: str) -> list[dict[str, str]]:
    """The rows of a page's first table by the heads of its columns."""
    found = re.search(r"<table.*?</table>", page, re.DOTALL)
    if found is None:
        return []
    parser = _Table()
    parser.feed(found[0])
    words = [[" ".join(cell.split()) for cell in row] for row in parser.rows]
    heads = [head.rstrip(" ↓↑") for head in words[0]]
    return [dict(zip(heads, row, strict=True)) for row in words[1:]]


def by_name(client: FlaskClient, address: str = "/console/clients", **more: str) -> dict[str, Any]:
    page = client.get(address, query_string=more)
    assert page.status_code == 200
    rows = table(page.text)
    return {row.get("Client") or row["Segment"]: row for row in rows}


@pytest.fixture
def nps(acme: Workspace) -> str:
    """An NPS survey, on a day in the middle of a quarter."""
    acme.world.clock.moment = datetime(2026, 11, 26, 12, tzinfo=UTC)
    return acme.survey("nps")


def say(
    acme: Workspace, survey: str, client: str, scores: Iterator[int] | Any, **more: Any
) -> None:
    """Answers of a client's people, today unless told."""
    for score in scores:
        attributes = {"client": client, **more.get("attributes", {})}
        details = {name: value for name, value in more.items() if name != "attributes"}
        answer_survey(acme, survey, score, attributes=attributes, **details)


LAST_QUARTER = datetime(2026, 8, 5, 12, tzinfo=UTC)


def test_each_client_has_its_number_its_answers_and_its_change(acme: Workspace, nps: str) -> None:
    say(acme, nps, "Globex", [9] * 30 + [2] * 10)
    say(acme, nps, "Globex", [9] * 10 + [2] * 30, at=LAST_QUARTER)
    say(acme, nps, "Initech", [9] * 3)
    answer_survey(acme, nps, 0)
    client = acme.signed_in()
    rows = by_name(client)
    assert set(rows) == {"Globex", "Initech"}
    globex = rows["Globex"]
    assert globex["NPS"].startswith("50 ")
    assert (globex["Answers"], globex["Last answered"]) == ("40", "26 Nov 2026")
    assert globex["Since Q3 2026"].startswith("▲ +100")
    assert globex["Since Q3 2026"].endswith("more than chance")
    assert globex["Response rate"] == globex["Asked"] == "–"
    assert rows["Initech"]["Answers"] == "3 few"
    assert rows["Initech"]["Since Q3 2026"] == "–"
    page = client.get("/console/clients").text
    assert "1 of them names none." in page
    earlier = by_name(client, quarter="2026-Q3")
    assert earlier["Globex"]["NPS"].startswith("−50 ")
    assert earlier["Initech"]["NPS"] == "–"


def test_few_answers_have_no_arrow_and_no_verdict(acme: Workspace, nps: str) -> None:
    say(acme, nps, "Globex", [9] * 9)
    say(acme, nps, "Globex", [2] * 40, at=LAST_QUARTER)
    change = by_name(acme.signed_in())["Globex"]["Since Q3 2026"]
    assert change.startswith("+200")
    assert change.endswith("too few answers to tell")


def test_a_survey_of_stars_shows_stars(acme: Workspace, nps: str) -> None:
    stars = acme.survey("stars", name="Tickets")
    say(acme, stars, "Globex", [5, 4])
    rows = by_name(acme.signed_in())
    assert rows["Globex"]["Stars"].startswith("4.50")
    # Once NPS was answered, it is what the page is about.
    say(acme, nps, "Globex", [9])
    assert by_name(acme.signed_in())["Globex"]["NPS"].startswith("100")
    assert by_name(acme.signed_in(), survey=stars)["Globex"]["Stars"].startswith("4.50")


def test_segments_are_told_as_clients_are(acme: Workspace, nps: str) -> None:
    say(acme, nps, "Globex", [9], attributes={"segment": "Large"})
    say(acme, nps, "Initech", [0], attributes={"segment": "Large"})
    rows = by_name(acme.signed_in(), by="segment")
    assert set(rows) == {"Large"}
    assert rows["Large"]["NPS"].startswith("0 ")
    page = acme.signed_in().get("/console/clients/one?by=segment&name=Large")
    assert "Large" in page.text
    assert page.status_code == 200


def asked_by_a_campaign(acme: Workspace, survey: str, client: str, number: int) -> int:
    """A campaign that asked so many people of a client."""
    add_customers(acme, number, prefix=f"{client}-".lower(), client=client)
    id = launched(acme, survey, name=f"To {client}", quiet_days=0)
    send_due_requests(acme)
    with acme.world.app.app_context():
        db.session.rollback()
    return id


def mark_sent(acme: Workspace) -> None:
    """All requests have left."""
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Request).values(sent_at=acme.world.clock(), status="sent"))


def test_who_was_asked_and_never_answered_has_a_response_rate(acme: Workspace, nps: str) -> None:
    id = asked_by_a_campaign(acme, nps, "Globex", 4)
    mark_sent(acme)
    client = acme.signed_in()
    globex = by_name(client)["Globex"]
    assert globex["Asked"] == "4"
    assert globex["Response rate"].startswith("0 %")
    assert globex["NPS"] == "–"
    row = requests_of(acme, id)[0]
    answer(acme, nps, row.id, 10, attributes=row.properties or {})
    assert by_name(client)["Globex"]["Response rate"].startswith("25 %")
    page = client.get("/console/clients/one?name=Globex").text
    assert "To Globex" in page
    assert "4 asked, 1 answered" in " ".join(page.split())


def test_clients_are_shown_against_the_baseline(acme: Workspace, nps: str) -> None:
    acme.world.clock.moment = LAST_QUARTER
    id = asked_by_a_campaign(acme, nps, "Globex", 12)
    mark_sent(acme)
    for row in requests_of(acme, id):
        answer(acme, nps, row.id, 0, at=LAST_QUARTER, attributes=row.properties or {})
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, id, is_baseline=True, at=acme.world.clock())
    acme.world.clock.moment = datetime(2026, 11, 26, 12, tzinfo=UTC)
    say(acme, nps, "Initech", [10] * 12)
    client = acme.signed_in()
    difference = by_name(client)["Initech"]["Against the baseline"]
    assert difference.startswith("▲ +200")
    page = client.get("/console/clients/one?name=Globex").text
    assert "These customers then" in page
    # A baseline is no yardstick for the quarter that it was taken in.
    assert "Against the baseline" not in by_name(client, quarter="2026-Q3")["Globex"]
    for address in ("/console/clients", "/console/clients/one"):
        words = "is the baseline of this quarter: later quarters are compared with it."
        then = client.get(address, query_string={"name": "Globex", "quarter": "2026-Q3"}).text
        assert words in then
        assert words not in client.get(address, query_string={"name": "Globex"}).text


def test_a_baseline_whose_survey_calls_other_answers_satisfied_is_counted_alike(
    acme: Workspace,
) -> None:
    acme.world.clock.moment = LAST_QUARTER
    strict, mild = acme.survey("csat"), acme.survey("csat")
    acme.change(strict, positive_from=5)
    id = asked_by_a_campaign(acme, strict, "Globex", 12)
    mark_sent(acme)
    for row in requests_of(acme, id):
        answer(acme, strict, row.id, 4, at=LAST_QUARTER, attributes=row.properties or {})
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, id, is_baseline=True, at=acme.world.clock())
    acme.world.clock.moment = datetime(2026, 11, 26, 12, tzinfo=UTC)
    for survey in (mild, strict):
        say(acme, survey, "Globex", [4] * 12)
    client = acme.signed_in()
    row = by_name(client, survey=mild)["Globex"]
    assert re.match(r"[±+]?0 ", row["Against the baseline"])
    assert "▲" not in row["Against the baseline"]
    words = "calls other answers satisfied"
    for address in ("/console/clients", "/console/clients/one"):
        told = {
            survey: client.get(address, query_string={"name": "Globex", "survey": survey}).text
            for survey in (mild, strict)
        }
        assert words in told[mild]
        assert words not in told[strict]
    said = " ".join(re.sub(r"<[^>]+>", " ", told[mild]).split())
    assert re.search(r"all customers: 100 ?%", said)
    assert re.search(r"These customers then: 100 ?%", said)


def test_a_baseline_is_of_the_quarter_that_it_was_in_the_zone_of_the_workspace(
    acme: Workspace, nps: str
) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        session.get_one(WorkspaceRow, acme.id).time_zone = "Asia/Tokyo"
    # In Tokyo the fourth quarter has begun.
    acme.world.clock.moment = datetime(2026, 9, 30, 16, tzinfo=UTC)
    id = asked_by_a_campaign(acme, nps, "Globex", 1)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, id, is_baseline=True, at=acme.world.clock())
    acme.world.clock.moment = datetime(2026, 11, 26, 12, tzinfo=UTC)
    say(acme, nps, "Globex", [9])
    client = acme.signed_in()
    assert "Against the baseline" not in by_name(client)["Globex"]
    words = "is the baseline of this quarter"
    assert words in client.get("/console/clients").text
    assert words not in client.get("/console/clients?quarter=2026-Q3").text


def test_open_follow_ups_lead_to_the_queue_of_that_client(acme: Workspace, nps: str) -> None:
    for name in (ODD, ODD, "Globex"):
        say(acme, nps, name, [2])
    with acme.world.app.app_context():
        for row in db.session.scalars(select(Response)).all():
            open_by_hand(
                db.session(),
                acme.id,
                row.id,
                user_id=user_id(acme, acme.owner),
                at=acme.world.clock(),
            )
    client = acme.signed_in()
    page = client.get("/console/clients").text
    address = next(
        link for link in re.findall(r'href="([^"]*follow-ups\?[^"]*)"', page) if "Gr%C3%B6" in link
    )
    assert parse_qs(urlsplit(address).query) == {"client": [ODD]}
    assert by_name(client)[ODD]["Open follow-ups (all surveys)"].startswith("2")
    queue = client.get(address).text
    assert len(re.findall(r"/console/follow-ups/[0-9a-f-]{36}", queue)) == 2


def test_any_name_has_a_page_of_its_own(acme: Workspace, nps: str) -> None:
    names = [ODD, "-", ".", "Acme  Ltd", "=1+1", "a" * 200, "日本語", "x\ty"]
    for name in names:
        say(acme, nps, name, [9], comment=f"Words of {len(name)}")
    client = acme.signed_in()
    page = client.get("/console/clients").text
    links = re.findall(r'<th scope="row"><a href="([^"]*)"', page)
    assert len(links) == len(names)
    for link in links:
        address = link.replace("&amp;", "&")
        one = client.get(address)
        [name] = parse_qs(urlsplit(address).query)["name"]
        assert one.status_code == 200
        assert f"Words of {len(name)}<" in one.text
        assert "<b>/" not in one.text


def test_a_name_that_nobody_has_is_a_page_without_numbers(acme: Workspace, nps: str) -> None:
    client = acme.signed_in()
    assert client.get("/console/clients/one?name=Nobody").status_code == 200
    assert client.get("/console/clients/one").status_code == 404


def test_the_list_is_searched_sorted_and_paged(acme: Workspace, nps: str) -> None:
    for number in range(53):
        say(acme, nps, f"Client {number:02}", [9])
    say(acme, nps, "Globex", [9, 9])
    client = acme.signed_in()
    first = list(by_name(client))
    assert (len(first), first[0]) == (50, "Globex")
    second = list(by_name(client, page="2"))
    assert len(second) == 4
    assert set(first).isdisjoint(second)
    assert list(by_name(client, page="99")) == second
    assert list(by_name(client, page="no")) == first
    assert list(by_name(client, search="glo")) == ["Globex"]
    assert list(by_name(client, sort="name", order="asc"))[:2] == ["Client 00", "Client 01"]
    assert list(by_name(client, sort="nonsense", order="up")) == first
    head = re.search(
        r'aria-sort="descending"[^>]*><a href="([^"]*)"',
        client.get("/console/clients?search=client").text,
    )
    assert head is not None
    query = parse_qs(urlsplit(head[1].replace("&amp;", "&")).query)
    assert (query["sort"], query["order"], query["search"]) == (["answers"], ["asc"], ["client"])


def test_the_file_has_every_row_and_runs_nowhere(acme: Workspace, nps: str) -> None:
    for number in range(55):
        say(acme, nps, f"Client {number}", [9])
    say(acme, nps, "=cmd|'/C calc'!A0", [2])
    answer_file = acme.signed_in().get("/console/clients?format=csv")
    assert answer_file.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer_file.text)))
    assert len(rows) == 56
    by = {row["client"]: row for row in rows}
    assert by["'=cmd|'/C calc'!A0"]["NPS"] == "-100"
    assert (by["Client 3"]["n"], by["Client 3"]["asked"]) == ("1", "0")
    assert by["Client 3"]["response rate"] == ""


def test_a_manager_sees_their_teams_numbers_alone(acme: Workspace, nps: str) -> None:
    team = acme.team("Support")
    ours = acme.member("Ana", email="ana@a.example")
    acme.member("Ben", email="ben@a.example")
    acme.put_in(team, ours)
    say(acme, nps, "Globex", [9, 9], member="ana@a.example", comment="To Ana")
    say(acme, nps, "Globex", [0] * 5, member="ben@a.example", comment="To Ben")
    say(acme, nps, "Initech", [0], member="ben@a.example")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    rows = by_name(lead)
    assert set(rows) == {"Globex"}
    assert rows["Globex"]["Answers"] == "2 few"
    lines = lead.get("/console/clients?format=csv").text
    assert "Initech" not in lines
    page = lead.get("/console/clients/one?name=Globex").text
    assert "To Ana" in page
    assert "To Ben" not in page
    hidden = lead.get("/console/clients/one?name=Initech").text
    assert "No comment in two years." in hidden


def test_nobody_sees_another_workspaces_clients(acme: Workspace, nps: str) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = rival.survey("nps")
    say(rival, theirs, "Globex", [9], comment="Not for Acme")
    say(acme, nps, "Initech", [9])
    client = acme.signed_in()
    assert set(by_name(client, survey=theirs)) == {"Initech"}
    page = client.get(f"/console/clients/one?name=Globex&survey={theirs}").text
    assert "Not for Acme" not in page


def test_who_may_not_lead_makes_no_reports_and_sees_no_follow_ups(
    acme: Workspace, nps: str
) -> None:
    say(acme, nps, "Globex", [9])
    viewer = acme.person("viewer@acme.example", "viewer")
    assert "Open follow-ups (all surveys)" not in by_name(viewer)["Globex"]
    page = viewer.get("/console/clients/one?name=Globex").text
    assert "Make the quarterly report" not in page
    assert "Open follow-ups" not in page
    assert "open follow-ups" not in viewer.get("/console/clients?format=csv").text


def test_the_report_of_a_client_is_filled_in(acme: Workspace, nps: str) -> None:
    say(acme, nps, ODD, [9])
    client = acme.signed_in()
    page = client.get("/console/clients/one", query_string={"name": ODD, "quarter": "2026-Q3"}).text
    found = re.search(r'href="([^"]*reports/new[^"]*)"', page)
    assert found is not None
    form = client.get(found[1].replace("&amp;", "&")).text
    assert re.search(rf'<option value="{nps}" selected', form)
    assert re.search(r'name="client"[^>]*value="Größe &amp; &#34;Söhne&#34; &lt;b&gt;', form)
    assert 'value="2026-07-01"' in form
    assert 'value="2026-09-30"' in form


def test_every_quarter_makes_a_schedule_once(acme: Workspace, nps: str) -> None:
    say(acme, nps, ODD, [9])
    client = acme.signed_in()
    page = client.get("/console/clients/one", query_string={"name": ODD}).text
    found = re.search(r'action="([^"]*clients/one/schedule[^"]*)"', page)
    assert found is not None
    for _press in range(2):
        done = post(client, found[1].replace("&amp;", "&"), page="/console/reports/new")
        assert done.status_code == 303
    with acme.world.app.app_context():
        [row] = db.session.scalars(select(ReportSchedule)).all()
        plan = ReportPlan.from_json(row.plan)
        assert (plan.client, plan.segment, plan.survey) == (ODD, "", nps)
        assert (row.every, row.day, row.hour) == ("quarter", 2, 8)


@pytest.mark.parametrize("queue", ["open", "all", "unanswered"])
def test_each_queue_is_narrowed_to_a_client(acme: Workspace, nps: str, queue: str) -> None:
    for name in ("Globex", "Initech"):
        say(acme, nps, name, [2], comment=f"Said by {name}")
    with acme.world.app.app_context():
        for row in db.session.scalars(select(Response)).all():
            by = user_id(acme, acme.owner)
            open_by_hand(db.session(), acme.id, row.id, user_id=by, at=acme.world.clock())
    page = acme.signed_in().get(f"/console/follow-ups?queue={queue}&client=Globex").text
    assert "Said by Globex" in page
    assert "Said by Initech" not in page
