"""Reading responses."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, update

from tests.builders import MONDAY, Workspace, answer_survey, ask, csrf_token, make_workspace, post
from tests.web.frame.visiting import HTMX, open_survey
from widget.actions.tag_response import set_tag
from widget.domain.context import Problem
from widget.domain.people_rules import PeopleRules
from widget.domain.scales import Style
from widget.domain.surveys import Question, new_definition, with_text
from widget.extensions import db
from widget.storage import rollups
from widget.storage.engine import writing
from widget.storage.fitting_responses import Fitting
from widget.storage.models import Request
from widget.storage.profiles import set_people_rules
from widget.web.console import response_numbers


def listed(page: str) -> list[str]:
    """The refs of the listed responses, in order."""
    return [part.split("<")[0] for part in page.split("<span>T-")[1:]]


@pytest.fixture
def busy(acme: Workspace) -> Workspace:
    """Two surveys with answers from Monday to Wednesday."""
    stars, nps = acme.survey("stars", "Support"), acme.survey("nps", "Yearly")
    acme.change(stars, extras=(Question("nps", "numbers"),))
    answer_survey(acme, stars, 5, ref="T-1", comment="Great", at=MONDAY)
    answer_survey(acme, nps, 3, ref="T-2", at=MONDAY + timedelta(days=1))
    answer_survey(acme, stars, 2, ref="T-3", scores={"nps": 8}, at=MONDAY + timedelta(days=2))
    answer_survey(acme, stars, 1, ref="T-4", is_test=True, at=MONDAY + timedelta(days=2))
    return acme


def test_the_newest_come_first_and_tests_stay_out(busy: Workspace) -> None:
    page = busy.signed_in().get("/console/responses").text
    assert listed(page) == ["3", "2", "1"]
    assert "2 of 5 stars" in page
    assert "NPS 8 of 10" in page


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("kind=nps", ["3", "2"]),
        ("kind=stars", ["3", "1"]),
        ("comment=yes", ["1"]),
        ("comment=no", ["3", "2"]),
        ("from=2026-11-24", ["3", "2"]),
        ("to=2026-11-24", ["2", "1"]),
        ("from=2026-11-24&to=2026-11-24", ["2"]),
        ("tests=1", ["4", "3", "2", "1"]),
        ("from=nonsense", ["3", "2", "1"]),
        ("kind=bogus", ["3", "2", "1"]),
    ],
)
def test_filters_narrow_the_list(busy: Workspace, query: str, refs: list[str]) -> None:
    assert listed(busy.signed_in().get(f"/console/responses?{query}").text) == refs


def test_a_filter_by_survey_names_it(busy: Workspace) -> None:
    client = busy.signed_in()
    page = client.get("/console/responses").text
    public_id = page.split('<option value="')[2].split('"')[0]
    assert listed(client.get(f"/console/responses?survey={public_id}").text) == ["3", "1"]
    none = client.get(f"/console/responses?survey={public_id}&kind=ces").text
    assert "Nothing fits these filters" in none


def test_a_wrong_day_is_explained_beside_its_field(busy: Workspace) -> None:
    page = busy.signed_in().get("/console/responses?from=yesterday").text
    assert "Write the day like 2026-11-23." in page
    assert 'value="yesterday"' in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("to=9999-12-31", "Choose a day from the years 1970 to 2999."),
        ("from=0001-01-01", "Choose a day from the years 1970 to 2999."),
        ("older=nonsense", "This address is damaged."),
        (f"older=0001-01-01T00:00:00%2B14:00_{UUID(int=1)}", "This address is damaged."),
        (f"newer=9999-12-31T23:00:00-14:00_{UUID(int=1)}", "This address is damaged."),
        ("&".join(f"reason=r{n}" for n in range(1500)), "Choose at most 50 values of “reason”."),
        ("&".join(f"client=c{n}" for n in range(51)), "Choose at most 50 values of “client”."),
        ("survey=%00", "“survey” holds a character that cannot be stored"),
    ],
)
def test_an_address_nobody_can_mean_gets_a_plain_sentence(
    any_acme: Workspace, query: str, says: str
) -> None:
    answer = any_acme.signed_in().get(f"/console/responses?{query}")
    assert answer.status_code == 422
    assert says in answer.text


def test_an_address_may_name_the_latest_moment_there_is(any_acme: Workspace) -> None:
    place = f"2999-12-31T00:00:00Z_{UUID(int=1)}"
    client = any_acme.signed_in()
    for query in (f"older={place}", f"newer={place}", "&".join(f"reason=r{n}" for n in range(50))):
        assert client.get(f"/console/responses?q=abc&{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/console/members/99999999999999999999999",
        "/console/sites/2147483648",
        "/console/keys/99999999999999999999999/revoke",
        "/console/surveys/a%00b",
    ],
)
def test_a_number_no_database_can_hold_names_nothing(any_acme: Workspace, path: str) -> None:
    assert any_acme.signed_in().get(path).status_code == 404


def test_htmx_gets_the_rows_alone(busy: Workspace) -> None:
    answer = busy.signed_in().get("/console/responses?kind=nps", headers=HTMX)
    assert "<html" not in answer.text
    assert listed(answer.text) == ["3", "2"]
    assert "HX-Request" in answer.headers["Vary"]


def said_of(page: str) -> str:
    """What the list says of how many fit."""
    part = page.split('<p class="soft fits">')[1].split("</p>")[0]
    return words(part)


def words(part: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", part).split())


def test_the_list_says_how_many_fit(busy: Workspace) -> None:
    client = busy.signed_in()
    assert said_of(client.get("/console/responses").text) == "3 responses."
    assert said_of(client.get("/console/responses?kind=nps").text) == (
        "2 responses fit. Clear filters"
    )
    none = client.get("/console/responses?kind=ces").text
    assert said_of(none) == "0 responses fit. Clear filters"


def test_a_list_of_several_pages_asks_for_the_number_once_it_is_there(acme: Workspace) -> None:
    survey = acme.survey()
    for _ in range(51):
        answer_survey(acme, survey, 5, channel="chat")
    client = acme.signed_in()
    page = client.get("/console/responses?channel=chat").text
    assert said_of(page) == "How many fit? Clear filters"
    address = page.split('hx-get="/console/responses/number')[1].split('"')[0]
    part = client.get(f"/console/responses/number{address}", headers=HTMX)
    assert words(part.text) == "51 responses fit."
    assert "HX-Request" in part.headers["Vary"]
    whole = client.get(f"/console/responses/number{address}").text
    assert "51 responses fit." in whole
    assert 'href="/console/responses?channel=chat"' in whole


def test_of_what_was_not_counted_in_time_nothing_is_said_of_its_number(
    busy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_numbers, "how_many_fit", lambda *_: None)
    client = busy.signed_in()
    part = client.get("/console/responses/number?q=the", headers=HTMX).text
    assert words(part) == "They could not be counted in time by this filter."
    found = Fitting(1_000, is_exact=False)
    monkeypatch.setattr(response_numbers, "how_many_fit", lambda *_: found)
    part = client.get("/console/responses/number?q=the", headers=HTMX).text
    assert words(part) == "More than 1,000 responses fit."


def test_a_number_of_a_filter_that_cannot_be_meant_is_none(busy: Workspace) -> None:
    answer = busy.signed_in().get("/console/responses/number?from=yesterday", headers=HTMX)
    assert answer.status_code == 422
    assert words(answer.text) == "Write the day like 2026-11-23."


def test_pages_go_on_where_the_last_ended_and_back(acme: Workspace) -> None:
    survey = acme.survey()
    for number in range(120):
        at = MONDAY + timedelta(minutes=number // 2)
        answer_survey(acme, survey, 5, ref=f"T-{number}", at=at)
    client = acme.signed_in()
    seen: list[str] = []
    path, pages = "/console/responses", []
    while path:
        page = client.get(path).text
        pages.append(listed(page))
        seen += listed(page)
        path = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
        path = path.replace("&amp;", "&")
    assert [len(refs) for refs in pages] == [50, 50, 20]
    assert len(set(seen)) == 120
    back = page.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert listed(client.get(back).text) == pages[1]


def test_a_list_of_many_asks_the_database_few_questions(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member(email="ana@acme.example")
    client = acme.signed_in()

    def statements() -> int:
        asked: list[str] = []

        def note(*arguments: object) -> None:
            asked.append(str(arguments[2]))

        with acme.world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        assert client.get("/console/responses").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    answer_survey(acme, survey, 5)
    few = statements()
    for _ in range(30):
        answer_survey(acme, survey, 5, member="ana@acme.example")
    assert statements() == few


def test_one_response_tells_its_story_in_the_words_the_customer_saw(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana Silva", email="ana@acme.example")
    worded = with_text(new_definition("stars"), "question.stars", "en", "Was {member} kind?")
    acme.change(survey, texts=worded.texts)
    visitor = open_survey(
        acme.world.client(),
        survey,
        "?member=ana@acme.example&ref=T-1&name=Kim&plan=pro&channel={{ticket.via}}",
    )
    visitor.send(score=4)
    visitor.send(score=2)
    visitor.send(step="follow_up", main_score=2, reasons=["slow"], comment="So slow")
    acme.change(survey, texts={})
    client = acme.signed_in()
    id = (
        client.get("/console/responses")
        .text.split('class="cover" href="/console/responses/')[1]
        .split('"')[0]
    )
    page = client.get(f"/console/responses/{id}").text
    for text in ("Was Ana Silva kind?", "2 of 5 stars", "So slow", "Took too long", "version 2"):
        assert text in page
    for text in ("T-1", "Kim", "pro", "{{ticket.via}}"):
        assert text in page
    for text in (">4 of 5 stars</td>", ">Stars</th>", ">Took too long</td>", ">Comment</th>"):
        assert text in page
    assert "<code>data-channel</code>" in page


@pytest.mark.parametrize(
    ("style", "score", "words"),
    [
        ("faces3", 5, "Satisfied · CSAT<"),
        ("thumbs", 1, "No · CSAT<"),
        ("faces5", 4, "Satisfied · CSAT 4 of 5<"),
    ],
)
def test_faces_and_thumbs_are_shown_in_the_words_that_were_clicked(
    acme: Workspace, style: Style, score: int, words: str
) -> None:
    id = answer_survey(acme, acme.survey("csat", style=style), score)
    client = acme.signed_in()
    for path in ("/console/responses", f"/console/responses/{id}"):
        assert words in client.get(path).text


def test_hiding_a_response_takes_it_out_of_lists_and_counts(acme: Workspace) -> None:
    survey = acme.survey()
    id = answer_survey(acme, survey, 4, ref="T-1")
    client = acme.signed_in()
    page = f"/console/responses/{id}"

    def counts() -> list[int]:
        with acme.world.app.app_context(), db.engine.connect() as connection:
            kept = rollups.rolled_up_counts(connection, acme.id)
            assert kept == rollups.true_counts(connection, acme.id)
            return list(kept.values())

    assert counts() == [1]
    assert post(client, f"{page}/hide", page=page, reason="A test").status_code == 303
    assert counts() == []
    assert listed(client.get("/console/responses").text) == []
    assert listed(client.get("/console/responses?hidden=1").text) == ["1"]
    post(client, f"{page}/show", page=page)
    assert counts() == [1]
    assert listed(client.get("/console/responses").text) == ["1"]


def test_a_broken_snippet_is_told_above_the_list(acme: Workspace) -> None:
    survey = acme.survey()
    open_survey(acme.world.client(), survey, "?ref={{ticket.id}}").send(score=4)
    client = acme.signed_in()
    open_survey(acme.world.client(), survey, "?email={{ticket.email}}").send(score=4)
    page = client.get("/console/responses").text
    assert page.count("A page shows “A survey” with a broken snippet.") == 1
    assert f"/console/surveys/{survey}/embed#problems" in page
    embed = client.get(f"/console/surveys/{survey}/embed").text
    assert "{{ticket.id}}" in embed
    assert "The placeholder in data-email was not filled in." in embed
    post(client, f"/console/surveys/{survey}/embed/forget", f"/console/surveys/{survey}/embed")
    assert "broken snippet" not in client.get("/console/responses").text


def test_what_customers_write_is_never_markup(acme: Workspace) -> None:
    survey = acme.survey()
    evil = "<img src=x onerror=alert(1)>"
    id = answer_survey(
        acme,
        survey,
        1,
        comment=evil,
        ref=evil,
        channel=evil,
        customer_name=evil,
        attributes={"plan": evil},
        problems=(Problem("ref", evil),),
    )
    client = acme.signed_in()
    for path in ("/console/responses", f"/console/responses/{id}"):
        assert "<img src=x" not in client.get(path).text


def test_members_list_what_was_said_of_them_and_counts(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    acme.member("Ben", email="ben@a.example")
    survey = acme.survey()
    answer_survey(acme, survey, 4, ref="T-1", member="ana@a.example")
    answer_survey(acme, survey, 4, ref="T-2", member="ben@a.example")
    answer_survey(acme, survey, 4, ref="T-3")
    answer_survey(acme, survey, 4, ref="T-4", member="ana@a.example", is_test=True)
    hidden = answer_survey(acme, survey, 4, ref="T-5", member="ana@a.example")
    page = f"/console/responses/{hidden}"
    assert post(acme.signed_in(), f"{page}/hide", page=page, reason="A test").status_code == 303
    client = acme.person("ana@acme.example", "member", member=ana)
    for query in ("", "tests=1&hidden=1", "member=none"):
        page = client.get(f"/console/responses?{query}").text
        assert listed(page) == ([] if "none" in query else ["1"]), query
        for name in ('name="tests"', "/console/responses/export", "/console/responses/columns"):
            assert name not in page
    assert "1 response fits" in client.get("/console/responses/number?q=T-&tests=1").text
    assert client.get("/console/responses/export").status_code == 403


def test_a_member_sees_no_first_answer_that_was_hidden_beside_the_second(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    survey = acme.survey()
    first = answer_survey(acme, survey, 1, member="ana@a.example", comment="She was asleep")
    again = ask(acme, survey, "kim@c.example")
    answer_survey(acme, survey, 5, id=str(again), member="ana@a.example")
    with acme.world.app.app_context(), writing(db.session):
        asked = update(Request).where(Request.id == again)
        db.session.execute(asked.values(recovers_response_id=UUID(first)))
    client = acme.person("ana@acme.example", "member", member=ana)
    page = client.get(f"/console/responses/{again}").text
    assert "Before and after the follow-up" in page
    assert "She was asleep" in page
    assert "/console/requests/" not in page
    path = f"/console/responses/{first}"
    post(acme.signed_in(), f"{path}/hide", page=path, reason="Not hers")
    page = client.get(f"/console/responses/{again}").text
    assert "Before and after the follow-up" not in page
    assert "She was asleep" not in page
    assert "She was asleep" in acme.signed_in().get(f"/console/responses/{again}").text


@pytest.mark.parametrize("page", ["/console/responses", "/console/dashboard"])
def test_members_are_offered_the_tags_of_what_was_said_of_them_alone(
    any_acme: Workspace, page: str
) -> None:
    acme, survey = any_acme, any_acme.survey()
    team, ana = acme.team("Support"), acme.member("Ana", email="ana@a.example")
    ben = acme.member("Ben", email="ben@a.example")
    acme.put_in(team, ana)
    acme.put_in(team, ben)
    for member, tag, details in (
        ("ana@a.example", "praise", {}),
        ("ana@a.example", "tried", {"is_test": True}),
        ("ben@a.example", "to warn", {}),
        ("", "nobodys", {}),
    ):
        given = {"member": member} if member else {}
        response = answer_survey(acme, survey, 4, **given, **details)
        with acme.world.app.app_context():
            about = {"given": True, "at": acme.world.clock()}
            set_tag(db.session(), acme.id, UUID(response), tag, **about)
    client = acme.person("ana@acme.example", "member", member=ana)
    assert offered_tags(client.get(page).text) == ["praise"]
    all_tags = ["nobodys", "praise", "to warn", "tried"]
    assert offered_tags(acme.signed_in().get(page).text) == all_tags
    lead = acme.person("lee@acme.example", "manager", leads=(team,))
    assert offered_tags(lead.get(page).text) == all_tags
    with acme.world.app.app_context(), writing(db.session):
        set_people_rules(db.session(), acme.id, PeopleRules(members_see_team=True))
    assert offered_tags(client.get(page).text) == ["praise", "to warn"]


def offered_tags(page: str) -> list[str]:
    """What the filter's field for tags offers."""
    field = page.partition('<select id="tag"')[2].partition("</select>")[0]
    return re.findall(r'<option value="([^"]+)"', field)


def test_members_open_no_test_answers(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    id = answer_survey(acme, acme.survey(), 4, member="ana@a.example", is_test=True)
    client = acme.person("ana@acme.example", "member", member=ana)
    assert client.get(f"/console/responses/{id}").status_code == 404
    assert acme.signed_in().get(f"/console/responses/{id}").status_code == 200


def test_another_workspace_sees_none_of_it(busy: Workspace) -> None:
    rival = make_workspace(busy.world, "Rival", "charlie@rival.example")
    id = answer_survey(busy, busy.survey(), 3, ref="T-9")
    charlie = rival.signed_in()
    assert listed(charlie.get("/console/responses?tests=1&hidden=1").text) == []
    assert charlie.get(f"/console/responses/{id}").status_code == 404
    token = csrf_token(charlie.get("/console/surveys/new").text)
    hide = charlie.post(f"/console/responses/{id}/hide", data={"csrf_token": token})
    assert hide.status_code == 404


def test_days_are_the_workspaces_days(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(acme, survey, 5, ref="T-1", at=datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    answer_survey(acme, survey, 5, ref="T-2", at=datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    client = acme.signed_in()
    assert listed(client.get("/console/responses?to=2026-11-23").text) == ["1"]
    assert listed(client.get("/console/responses?from=2026-11-24").text) == ["2"]


def test_what_a_customer_said_yes_to_is_shown(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.signed_in()
    low = answer_survey(
        acme, survey, 1, reasons=("slow",), wants_contact=True, contact="030 123456"
    )
    high = answer_survey(acme, survey, 5, comment="Great", reasons=("fast",), may_publish=True)
    pages = {id: client.get(f"/console/responses/{id}").text for id in (low, high)}
    assert "Areas for improvement" in pages[low]
    assert pages[low].count("030 123456") == 2
    assert "Wants to be contacted" in pages[low]
    assert "Comment may be published" not in pages[low]
    assert "Areas of excellence" in pages[high]
    assert "Comment may be published" in pages[high]
    assert "Wants to be contacted" not in pages[high]
    listed_page = client.get("/console/responses").text
    assert listed_page.count("Wants to be contacted") == 1
    assert listed_page.count("Comment may be published") == 1


def test_who_left_no_address_is_reached_at_the_one_the_page_gave(acme: Workspace) -> None:
    id = answer_survey(acme, acme.survey(), 1, wants_contact=True, customer_email="kim@c.example")
    page = acme.signed_in().get(f"/console/responses/{id}").text
    assert "Wants to be contacted</span> <span>kim@c.example</span>" in page
