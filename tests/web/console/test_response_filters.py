"""The list of responses narrowed by everything that is known of them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from tests.web.console.test_responses import listed
from widget.actions.mark_response import set_mark
from widget.domain.surveys import Question
from widget.extensions import db


@pytest.fixture
def busy(any_acme: Workspace) -> Workspace:
    """Six answers that differ in everything, the newest with the highest number."""
    acme = any_acme
    stars, nps = acme.survey("stars", "Support"), acme.survey("nps", "Yearly")
    acme.change(stars, extras=(Question("nps", "numbers"),), positive_from=5)
    top, below = acme.team("Top"), None
    below = acme.team("Below", parent=top)
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    acme.put_in(top, ana)
    acme.put_in(below, bo)
    answers = (
        (stars, 5, {"member": "ana@a.example", "channel": "chat", "attributes": {"client": "Orb"}}),
        (stars, 4, {"member": "bo@a.example", "channel": "mail", "comment": "Slow"}),
        (stars, 1, {"scores": {"nps": 8}, "attributes": {"segment": "gold", "client": "Ash"}}),
        (nps, 9, {"member": "ana@a.example", "channel": "chat"}),
        (nps, 7, {"member": "nobody@a.example"}),
        (nps, 2, {"customer_name": "Kim Lee", "reasons": ("slow", "unclear")}),
    )
    for number, (survey, score, details) in enumerate(answers, 1):
        at = MONDAY + timedelta(days=number)
        answer_survey(acme, survey, score, ref=f"T-{number}", at=at, **details)
    return acme


def ids(acme: Workspace) -> dict[str, str]:
    """What filters name, by the words that tests use."""
    page = acme.signed_in().get("/console/responses").text
    found = {}
    for field in ("survey", "team", "member"):
        options = page.split(f'<select id="{field}"')[1].split("</select>")[0]
        for option in options.split('<option value="')[1:]:
            value, _quote, rest = option.partition('"')
            found[rest.split(">")[1].split("<")[0]] = value
    return found


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("survey={Support}", "321"),
        ("survey={Support}&survey={Yearly}", "654321"),
        ("survey=unknown", ""),
        ("kind=nps", "6543"),
        ("kind=stars&kind=nps", "654321"),
        ("score=5&score=9", "41"),
        ("score=1", "3"),
        ("mood=positive", "41"),
        ("mood=negative", "632"),
        ("mood=other", "5"),
        ("mood=other&mood=positive", "541"),
        # Of an extra question, by what is usual for its kind.
        ("kind=nps&mood=other", "53"),
        ("team={Top}", "421"),
        ("team={Below}", "2"),
        ("team=999", ""),
        ("member={Ana}", "41"),
        ("member={Ana}&member={Bo}", "421"),
        ("member=none", "653"),
        ("member=none&member={Bo}", "6532"),
        ("member=unknown", ""),
        ("channel=chat", "41"),
        ("channel=chat&channel=-", "65431"),
        ("language=en", "654321"),
        ("language=de", ""),
        ("source=widget", "654321"),
        ("source=email", ""),
        ("client=Orb&client=Ash", "31"),
        ("client=-", "6542"),
        ("segment=gold", "3"),
        ("survey={Support}&version=2", "321"),
        ("survey={Support}&version=1", ""),
        ("comment=yes", "2"),
        ("q=kim", "6"),
        ("q=slow&team={Top}", "2"),
        ("q=slow&member=none", ""),
        ("from=2026-11-26&to=2026-11-27", "43"),
        ("tag=late", ""),
        ("reason=slow", "6"),
        ("reason=slow&mood=positive", ""),
        ("reason=sl", ""),
        ("reason=sl_w&reason=%25", ""),
        ("reason=repeat&reason=unclear", "6"),
    ],
)
def test_each_filter_narrows_the_list(busy: Workspace, query: str, refs: str) -> None:
    answer = busy.signed_in().get(f"/console/responses?{query.format(**ids(busy))}")
    assert answer.status_code == 200
    assert listed(answer.text) == list(refs)


@pytest.mark.parametrize(
    "query", ["kind=foo", "mood=bar", "kind=stars&kind=foo", "comment=perhaps", "again=2"]
)
def test_a_word_that_a_filter_does_not_take_is_told(busy: Workspace, query: str) -> None:
    answer = busy.signed_in().get(f"/console/responses?{query}")
    assert answer.status_code == 422
    [told] = re.findall(r'role="alert">(.*?)</p>', answer.text)
    assert "is one of: " in told


def test_days_the_wrong_way_round_are_told(busy: Workspace) -> None:
    answer = busy.signed_in().get("/console/responses?from=2026-11-20&to=2026-11-10")
    assert answer.status_code == 422
    assert "This day is after the last one." in answer.text


@pytest.mark.parametrize("query", ["score=many", "score=11", "score=-1", "version=0", "version=x"])
def test_what_is_no_number_is_explained(busy: Workspace, query: str) -> None:
    answer = busy.signed_in().get(f"/console/responses?{query}")
    assert answer.status_code == 422
    assert "Write a whole number." in answer.text


def test_the_form_shows_what_is_chosen_and_keeps_further_values(busy: Workspace) -> None:
    known = ids(busy)
    page = busy.signed_in().get(
        "/console/responses?survey={Support}&survey={Yearly}&q=k%22m&channel=chat".format(**known)
    )
    assert f'<option value="{known["Support"]}" selected>' in page.text
    assert f'name="survey" value="{known["Yearly"]}" checked' in page.text
    assert 'value="k&#34;m"' in page.text
    assert re.search(r'<details class="more"[^>]* open>', page.text)


def test_ticked_areas_that_are_filtered_by_can_be_taken_away(busy: Workspace) -> None:
    page = busy.signed_in().get("/console/responses?reason=slow&reason=gone").text
    assert '<input type="checkbox" name="reason" value="slow" checked>' in page
    assert "Area: Took too long" in page
    assert "Area: gone" in page


def test_a_quotation_is_looked_for_word_by_word(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for number, text in enumerate(("A waste of time", "Time of waste", "Waste of timetables")):
        at = MONDAY + timedelta(minutes=number)
        answer_survey(any_acme, survey, 2, comment=text, ref=f"T-{number}", at=at)
    client = any_acme.signed_in()
    assert listed(client.get("/console/responses?q=waste of time").text) == list("210")
    assert listed(client.get('/console/responses?q="waste of time"').text) == ["0"]


def test_pages_keep_every_value_of_the_filter(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for number in range(60):
        channel = ("chat", "mail", "phone")[number % 3]
        answer_survey(any_acme, survey, 5, channel=channel, at=MONDAY + timedelta(minutes=number))
    client = any_acme.signed_in()
    page = client.get("/console/responses?channel=chat&channel=mail&channel=phone").text
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert older.count("channel=") == 3
    assert client.get(older).text.count('class="cover"') == 10


def test_a_search_of_hidden_words_is_for_leads_alone(busy: Workspace) -> None:
    [id] = [row.id for row in busy.responses() if row.comment]
    with busy.world.app.app_context():
        at = busy.world.clock()
        set_mark(db.session(), busy.id, UUID(str(id)), "comment_hidden_at", is_set=True, at=at)
    viewer = busy.person("vi@acme.example", "viewer")
    assert listed(viewer.get("/console/responses?q=slow").text) == []
    assert listed(busy.signed_in().get("/console/responses?q=slow").text) == ["2"]


@pytest.mark.parametrize("query", ["", "?q=T", "?member=none", "?team={Below}", "?member={Bo}"])
def test_no_filter_leads_past_ones_own_teams(busy: Workspace, query: str) -> None:
    known, support = ids(busy), busy.team("Other")
    cy = busy.member("Cy", email="cy@a.example")
    busy.put_in(support, cy)
    lead = busy.person("lead@acme.example", "manager", leads=(support,))
    assert listed(lead.get(f"/console/responses{query.format(**known)}").text) == []


def test_no_filter_leads_into_another_workspace(busy: Workspace) -> None:
    known = ids(busy)
    rival = make_workspace(busy.world, "Rival", "charlie@rival.example").signed_in()
    for query in ("q=slow", "survey={Support}", "member={Ana}", "team={Top}", "score=5"):
        page = rival.get(f"/console/responses?{query.format(**known)}").text
        assert listed(page) == [], query
