"""Reports in the console: every step with plain forms, and nothing of anybody else's."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.builders import Workspace, csrf_token, post
from tests.reporting import Desk
from widget.actions.find_themes import FindThemes
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Event, Message, Report, Response, team_managers


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    """A form with the session's token, whatever page it stands on."""
    token = csrf_token(client.get("/console/account").text)
    return client.post(path, data={"csrf_token": token, **fields})


def reports(acme: Workspace) -> list[Report]:
    with acme.world.app.app_context():
        rows = list(db.session.scalars(select(Report)))
        db.session.expunge_all()
        return rows


def test_a_report_goes_from_a_form_to_a_pdf(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    said = desk.answer(5, 8, comment="She called back at once.", customer_name="Kim Lee")
    fields = {"survey": desk.survey, "period": "last_quarter", "title": "Our review"}
    made = post(client, "/console/reports/new", **fields)
    assert made.status_code == 303
    path = made.headers["Location"]
    page = client.get(path).text
    assert "Our review" in page
    assert "No comment is chosen" in page
    assert "She called back" not in page
    chosen = post(client, f"{path}/comments", comment=said.hex, read_at=read_at(client, path))
    assert chosen.status_code == 303
    page = client.get(path).text
    assert "She called back at once." in page
    assert "Kim Lee" not in page
    assert send(client, f"{path}/finish").status_code == 303
    assert "The PDF is being made." in client.get(path).text
    desk.make_pdfs()
    assert "Download the PDF" in client.get(path).text
    file = client.get(f"{path}/report.pdf")
    assert (file.status_code, file.data) == (200, b"%PDF-1.7 a report")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == 'attachment; filename="Our-review.pdf"'
    with acme.world.app.app_context():
        taken = select(Event).where(Event.name == "report.downloaded")
        assert db.session.scalars(taken).one().data["title"] == "Our review"


def read_at(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="read_at" value="([^"]+)"', client.get(f"{path}/comments").text)
    assert found
    return found[1]


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    acme: Workspace,
) -> None:
    Desk.of(acme)
    client = acme.signed_in()
    answer = post(client, "/console/reports/new", period="own", introduction="Typed words")
    assert answer.status_code == 422
    assert "Choose a survey." in answer.text
    assert "Choose the first and the last day." in answer.text
    assert "Typed words" in answer.text
    assert reports(acme) == []


def test_the_form_takes_what_a_link_says(acme: Workspace) -> None:
    desk = Desk.of(acme)
    query = f"survey={desk.survey}&client=Contoso&from=2026-01-01&to=2026-02-15"
    page = acme.signed_in().get(f"/console/reports/new?{query}").text
    for said in ('value="Contoso"', 'value="2026-01-01"', 'value="2026-02-15"'):
        assert said in page
    assert re.search(r'value="own" selected', page)


def test_a_draft_is_changed_in_its_form(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    path = f"/console/reports/{desk.make(introduction='Old words', paper='letter')}/change"
    page = client.get(path).text
    assert "Old words" in page
    assert re.search(r'value="letter" selected', page)
    fields = {"survey": desk.survey, "period": "last_month", "introduction": "New words"}
    assert post(client, path, **fields).status_code == 303
    [row] = reports(acme)
    assert (row.plan["introduction"], row.plan["span"][0]) == ("New words", "2026-10-01")
    assert post(client, path, **fields | {"survey": "no"}).status_code == 422


def test_a_finished_report_offers_no_form(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    said = desk.answer(5, 8, comment="Good")
    report = desk.make()
    desk.finish(report)
    path = f"/console/reports/{report}"
    page = client.get(path).text
    assert f"{path}/change" not in page
    answer = send(client, f"{path}/comments", comment=said.hex)
    assert answer.status_code == 422
    assert "This report is finished." in answer.text


def test_a_comment_that_is_forged_or_gone_is_refused(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    desk.answer(5, 8, comment="Good")
    path = f"/console/reports/{desk.make()}"
    answer = send(client, f"{path}/comments", comment=UUID(int=7).hex)
    assert answer.status_code == 422
    assert "One of these comments is gone." in answer.text
    assert send(client, f"{path}/comments", comment="no id").status_code == 303


def test_a_stale_or_unreadable_reading_time_shows_nothing(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    said = desk.answer(5, 8, comment="She called back at once.")
    path = f"/console/reports/{desk.make()}"
    send(client, f"{path}/comments", comment=said.hex, read_at="yesterday")
    page = client.get(path).text
    assert "She called back" not in page
    assert "1 chosen comment is not shown" in page


def test_a_pdf_that_says_more_than_the_report_is_not_given_out(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    said = desk.answer(5, 8, comment="My secret")
    report = desk.make()
    desk.choose(report, said)
    desk.finish(report)
    desk.make_pdfs()
    path = f"/console/reports/{report}"
    assert client.get(f"{path}/report.pdf").status_code == 200
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Response).values(comment=None))
    assert client.get(f"{path}/report.pdf").status_code == 303
    page = client.get(path).text
    assert "says something else than its PDF did" in page
    assert "My secret" not in page
    assert "My secret" not in client.get(f"{path}/print").text
    assert send(client, f"{path}/pdf").status_code == 303
    desk.make_pdfs()
    assert client.get(f"{path}/report.pdf").status_code == 200


def test_a_draft_has_no_pdf_and_is_not_mailed(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    path = f"/console/reports/{desk.make()}"
    assert client.get(f"{path}/report.pdf").status_code == 303
    send(client, f"{path}/pdf")
    assert "a draft has no PDF" in client.get(path).text
    answer = send(client, f"{path}/send", to="kim@c.example")
    assert answer.status_code == 422
    with acme.world.app.app_context():
        assert db.session.scalars(select(Message)).all() == []


def test_a_finished_report_is_mailed_to_addresses_typed_in(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    report = desk.make()
    desk.finish(report)
    path = f"/console/reports/{report}/send"
    wrong = post(client, path, to="kim@c.example, nobody", words="Typed words")
    assert wrong.status_code == 422
    assert "“nobody” is no address" in wrong.text
    assert "Typed words" in wrong.text
    assert post(client, path, to="kim@c.example\njo@c.example").status_code == 303
    with acme.world.app.app_context():
        assert len(db.session.scalars(select(Message)).all()) == 2


def test_a_report_says_to_whom_it_was_mailed(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    mailed, other = desk.make(), desk.make()
    for report in (mailed, other):
        desk.finish(report)
    path = f"/console/reports/{mailed}"
    assert "not been mailed" in client.get(path).text
    post(client, f"{path}/send", to="kim@c.example\njo@c.example")
    page = client.get(path).text
    found = re.search(r'<ul class="plain mailings">(.*?)</ul>\s*</div>', page, re.DOTALL)
    assert found is not None
    assert re.findall(r"[a-z]+@c\.example", found[1]) == ["kim@c.example", "jo@c.example"]
    assert acme.owner in found[1]
    assert "not been mailed" in client.get(f"/console/reports/{other}").text


def test_one_address_is_not_flooded_with_reports(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    report = desk.make()
    desk.finish(report)
    path = f"/console/reports/{report}/send"
    codes = [post(client, path, to="kim@c.example").status_code for _ in range(7)]
    assert codes == [303] * 6 + [422]


def test_a_draft_says_when_newer_words_have_been_found(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    path = f"/console/reports/{desk.make()}"

    def find() -> int:
        with acme.world.app.app_context():
            return FindThemes(lambda: False)(db.engine, acme.world.clock())

    assert find() == 1
    assert "has been found" in client.get(path).text
    send(client, f"{path}/count")
    assert "has been found" not in client.get(path).text
    acme.world.clock.pass_time(hours=2)
    send(client, f"{path}/count")
    acme.world.clock.pass_time(minutes=1)
    assert find() == 1
    assert "has been found" in client.get(path).text


def test_finishing_makes_no_more_pdfs_than_asking_for_them(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    path = f"/console/reports/{desk.make()}"
    token = csrf_token(client.get("/console/account").text)

    def press(act: str) -> int:
        return client.post(f"{path}/{act}", data={"csrf_token": token}).status_code

    codes = []
    for _time in range(31):
        codes.append(press("finish"))
        press("open")
    assert codes == [303] * 30 + [429]
    assert press("pdf") == 429


def test_the_pdfs_state_is_a_partial_that_looks_again_until_it_is_there(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    report = desk.make()
    desk.finish(report)
    path = f"/console/reports/{report}/pdf"
    waiting = client.get(path, headers={"HX-Request": "true"})
    assert "hx-trigger" in waiting.text
    assert "<html" not in waiting.text
    desk.make_pdfs()
    done = client.get(path, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in done
    assert "Download the PDF" in done


@pytest.mark.parametrize("what", ["", "/change", "/comments", "/print", "/report.pdf", "/send"])
def test_who_lost_a_team_finds_nothing_of_its_report(acme: Workspace, what: str) -> None:
    team = acme.team("Support")
    acme.put_in(team, acme.member("Ana", email="ana@a.example"))
    client = acme.person("lead@acme.example", "manager", leads=(team,))
    desk = Desk.of(acme).as_("lead@acme.example")
    report = desk.make(title="The report")
    assert client.get(f"/console/reports/{report}").status_code == 200
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(team_managers.delete())
    assert client.get(f"/console/reports/{report}{what}").status_code == 404
    assert "The report" not in client.get("/console/reports").text


def test_the_list_shows_what_makes_reports_to_who_made_it(acme: Workspace) -> None:
    acme.person("other@acme.example", "manager", sees_all=True)
    desk, client = Desk.of(acme), acme.signed_in()
    path = f"/console/reports/{desk.make(title='Quarterly')}"
    wrong = send(client, f"{path}/schedule", every="quarter", day="32", hour="8")
    assert wrong.status_code == 303
    assert "Choose a day from 1 to 31" in client.get(path).text
    send(client, f"{path}/schedule", every="quarter", day="2", hour="8")
    page = client.get("/console/reports").text
    assert "next draft 2 Jan 2027, 08:00" in page
    stop = re.search(r'action="(/console/reports/schedules/[^"]+)"', page)
    assert stop
    other = acme.world.client()
    assert other.get(stop[1]).status_code in (302, 405)
    send(client, stop[1])
    assert "Stopped by hand." in client.get("/console/reports").text


def test_the_print_page_is_the_report_alone(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    page = client.get(f"/console/reports/{desk.make(title='On paper')}/print").text
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "Sign out" not in page


def test_the_dashboard_links_to_a_report_of_what_it_shows(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    page = client.get(f"/console/dashboard?survey={desk.survey}&span=last_month").text
    link = re.search(r'href="(/console/reports/new\?[^"]+)"', page)
    assert link
    form = client.get(link[1].replace("&amp;", "&")).text
    assert 'value="2026-10-01"' in form
    assert 'value="2026-10-31"' in form


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:00:00-14:00", "x"]
)
def test_a_place_in_the_list_that_nobody_can_count_is_not_found(
    acme: Workspace, moment: str
) -> None:
    address = f"/console/reports?older={moment}_{UUID(int=1).hex}"
    assert acme.signed_in().get(address).status_code == 404


def test_the_form_chooses_the_survey_that_was_answered_most(acme: Workspace) -> None:
    first, second = acme.survey("stars", name="A"), acme.survey("nps", name="B")
    for survey, name, number in (
        (first, "Globex", 1),
        (first, "Initech", 3),
        (second, "Globex", 2),
    ):
        for _answer in range(number):
            Desk(acme, survey).answer(5, 8, attributes={"client": name})
    client = acme.signed_in()

    def chosen(query: str = "") -> str:
        page = client.get(f"/console/reports/new?from=2026-07-01&to=2026-09-30{query}").text
        found = re.search(r'id="survey".*?<option value="(\w+)" selected', page, re.DOTALL)
        assert found is not None
        return found[1]

    assert chosen() == first
    assert chosen("&client=Globex") == second
    assert chosen(f"&client=Globex&survey={first}") == first


def test_comments_are_searched_and_ticks_stay(acme: Workspace) -> None:
    desk, client = Desk.of(acme), acme.signed_in()
    words = ["A quick reply", "Slow as a snail", "The quick brown fox"]
    ids = [desk.answer(5, 8, index + 1, comment=text) for index, text in enumerate(words)]
    for number in range(70):
        desk.answer(4, 9, comment=f"Something longer than forty letters, number {number}")
    path = f"/console/reports/{desk.make()}/comments"
    assert "Slow as a snail" not in client.get(path).text
    fields = {"act": "search", "search": "quick", "comment": [ids[1].hex]}
    page = post(client, path, **fields)
    assert page.status_code == 200
    shown = re.findall(r'<span class="quote"[^>]*>([^<]*)</span>', page.text)
    assert shown == ["Slow as a snail", "The quick brown fox", "A quick reply"]
    assert re.findall(r'value="(\w+)" checked', page.text) == [ids[1].hex]
    # Looking for more has chosen nothing yet.
    assert reports(acme)[0].comments == []
    nothing = post(client, path, act="search", search="zebra")
    assert "Nothing else has these words." in nothing.text
    assert post(client, path, comment=[ids[1].hex, ids[0].hex]).status_code == 303
    assert [one["response"] for one in reports(acme)[0].comments] == [ids[1].hex, ids[0].hex]
