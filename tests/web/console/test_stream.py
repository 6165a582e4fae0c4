"""Stream pages: whose answers they show, how, and what their events say."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.builders import Workspace, answer_survey, make_workspace, post
from tests.web.live.watching import read
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import Member, team_managers


@pytest.fixture
def team(acme: Workspace) -> Workspace:
    """Ana, who signs in, and Bo; an answer about each, and one about nobody."""
    ana = acme.member("Ana Silva", email="ana@acme.example")
    bo = acme.member("Bo Berg", email="bo@acme.example")
    acme.put_in(acme.team("Support"), bo)
    survey = acme.survey(name="After chat")
    answer_survey(acme, survey, 5, ref="T-1", member="ana@acme.example", comment="Lovely")
    answer_survey(acme, survey, 2, ref="T-2", member="bo@acme.example", comment="Slow")
    answer_survey(acme, survey, 4, ref="T-3")
    acme.person("ana@acme.example", "member", member=ana)
    return acme


def ana(acme: Workspace) -> FlaskClient:
    from tests.builders import sign_in

    return sign_in(acme.world, "ana@acme.example")


def shown(page: str) -> list[str]:
    """The refs of the cards, in order."""
    return [part.split("<")[0] for part in page.split("<span>T-")[1:]]


@pytest.mark.parametrize(
    ("role", "sees_all", "first"),
    [
        ("owner", False, "surveys"),
        ("manager", True, "surveys"),
        ("manager", False, "stream"),
        ("member", False, "stream"),
        ("viewer", False, "stream"),
    ],
)
def test_everybody_begins_where_their_work_is(
    acme: Workspace, role: str, sees_all: bool, first: str
) -> None:
    client = acme.person("bo@acme.example", role, sees_all=sees_all)
    assert client.get("/console/").location == f"/console/{first}"


def test_a_member_sees_their_own_and_nobody_elses(team: Workspace) -> None:
    page = ana(team).get("/console/stream").text
    assert shown(page) == ["1"]
    assert "Lovely" in page
    # In one's own stream it goes without saying whose it is.
    assert "Ana Silva" not in page
    assert "Slow" not in page


def test_a_card_says_which_reward_the_customer_suggested(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, ask_reward=True)
    acme.member("Ana Silva", email="ana@acme.example")
    coffee = acme.reward("Coffee")
    answer_survey(acme, survey, 5, member="ana@acme.example", reward=coffee)
    answer_survey(acme, survey, 5, member="ana@acme.example")
    for path in ("/console/stream", "/console/stream/wall"):
        page = acme.signed_in().get(path).text
        assert page.count("Suggested reward:") == 1
        assert "Coffee" in page


def test_members_see_how_often_rewards_were_suggested_for_them_lately(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, ask_reward=True)
    ana_id = acme.member("Ana Silva", email="ana@acme.example")
    bo_id = acme.member("Bo Berg", email="bo@acme.example")
    coffee, lunch = acme.reward("Coffee"), acme.reward("Lunch")
    before = acme.world.clock() - timedelta(days=30)
    answer_survey(acme, survey, 5, member="ana@acme.example", reward=coffee, at=before)
    for reward in (lunch, lunch, coffee):
        answer_survey(acme, survey, 5, member="ana@acme.example", reward=reward)
    answer_survey(acme, survey, 5, member="bo@acme.example", reward=lunch)
    acme.person("ana@acme.example", "member", member=ana_id)
    page = ana(acme).get("/console/stream/numbers").text
    assert "suggested for you" in page
    assert [part.split(" vote")[0] for part in page.split("<strong>")[-2:]] == ["2", "1"]
    # Whoever looks at somebody else's is told of theirs, and nobody looks beyond their scope.
    with acme.world.app.app_context():
        bo = db.session.scalar(select(Member.public_id).where(Member.id == bo_id))
    theirs = f"/console/stream/numbers?member={bo}"
    page = acme.signed_in().get(theirs).text
    assert "suggested for them" in page
    assert "1 vote<" in page
    assert "1 vote<" not in ana(acme).get(theirs).text
    assert "suggested for" not in acme.signed_in().get("/console/stream").text


def test_others_see_whose_answers_they_are_newest_first(team: Workspace) -> None:
    page = team.signed_in().get("/console/stream").text
    assert shown(page) == ["3", "2", "1"]
    assert "Ana Silva" in page


def test_a_manager_of_a_team_sees_the_teams(team: Workspace) -> None:
    client = team.person("lee@acme.example", "manager", leads=(1,))
    assert shown(client.get("/console/stream").text) == ["2"]


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("scores=positive", ["3", "1"]),
        ("scores=negative", ["2"]),
        ("scores=bogus", ["3", "2", "1"]),
        ("comment=1", ["2", "1"]),
        ("team=1", ["2"]),
        ("team=77", []),
        ("member=nobody", []),
        ("survey=nothing", []),
        ("kudos=1", []),
    ],
)
def test_filters_narrow_the_stream(team: Workspace, query: str, refs: list[str]) -> None:
    client = team.signed_in()
    assert shown(client.get(f"/console/stream?{query}").text) == refs
    # Of no member, team or survey there are no numbers either, rather than everybody's.
    has_numbers = "<strong>–</strong>" not in client.get(f"/console/stream/numbers?{query}").text
    assert has_numbers == bool(refs or query == "kudos=1")
    body = client.get(f"/console/stream/events?{query}&after={new_id().hex}").data
    assert len([event for event in read(body) if event.name == "card"]) == len(refs)


def test_a_filter_never_widens_what_a_member_sees(team: Workspace) -> None:
    for query in ("team=1", "member=x", "scores=negative"):
        assert shown(ana(team).get(f"/console/stream?{query}").text) == []


def test_a_signed_in_person_without_a_profile_is_told_so(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, ref="T-1")
    page = acme.person("bo@acme.example", "member").get("/console/stream").text
    assert shown(page) == []
    assert "no member’s profile is yours yet" in page


def test_the_numbers_are_of_thirty_days_and_say_when_they_are_few(team: Workspace) -> None:
    at = team.world.clock() - timedelta(days=30)
    answer_survey(team, team.survey(), 1, member="ana@acme.example", at=at)
    page = ana(team).get("/console/stream").text
    assert "<strong>5.00</strong>" in page
    assert "few: read with care" in page
    assert '<th scope="row">5<span aria-hidden="true"> ★</span></th>' in page


def test_no_data_is_a_dash_and_no_zero(acme: Workspace) -> None:
    page = acme.signed_in().get("/console/stream").text
    assert "<strong>–</strong>" in page
    assert "No answers yet" in page


def test_older_answers_are_on_further_pages_that_stand_still(acme: Workspace) -> None:
    survey = acme.survey()
    for number in range(32):
        acme.world.clock.pass_time(minutes=1)
        answer_survey(acme, survey, 5, ref=f"T-{number}")
    client = acme.signed_in()
    first = client.get("/console/stream").text
    assert len(shown(first)) == 30
    assert "data-events" in first
    link = first.split('id="older"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(link).text
    assert shown(second) == ["1", "0"]
    assert "data-events" not in second
    assert client.get("/console/stream?older=nonsense").status_code == 422


def test_a_server_that_keeps_no_stream_open_answers_what_was_missed(team: Workspace) -> None:
    client = ana(team)
    before = new_id()
    id = UUID(answer_survey(team, team.survey(), 4, member="ana@acme.example"))
    answer_survey(team, team.survey(), 1, member="bo@acme.example")
    answer = client.get("/console/stream/events", headers={"Last-Event-ID": before.hex})
    assert answer.content_type == "text/event-stream; charset=utf-8"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.data.startswith(b"retry: 2000\n")
    events = read(answer.data)
    assert events[-1].name == "here"
    assert id.hex in [event.data.get("id") for event in events]
    # And so on from there, by the header that browsers send.
    again = client.get(
        "/console/stream/events?after=nonsense", headers={"Last-Event-ID": events[-1].id}
    )
    assert again.status_code == 200


def test_events_of_somebody_else_are_never_told(team: Workspace) -> None:
    rival = make_workspace(team.world, "Rival", "rita@rival.example").signed_in()
    before = new_id()
    answer_survey(team, team.survey(), 4)
    body = rival.get(f"/console/stream/events?after={before.hex}").data
    assert [event.name for event in read(body)] == ["here"]


def test_strangers_get_no_events(team: Workspace) -> None:
    assert team.world.client().get("/console/stream/events").status_code == 302


def test_the_wall_shows_cards_without_anything_to_press(team: Workspace) -> None:
    client = team.signed_in()
    wall = client.get("/console/stream/wall").text
    assert wall.count('class="stream-card') == 3
    body = wall.split("<body")[1]
    for control in ("<a ", "<button", "<input", "<select", "<summary"):
        assert control not in body
    assert "Ana Silva" in wall
    first_names = client.get("/console/stream/wall?names=first").text
    assert "Silva" not in first_names
    assert ">Ana<" in first_names
    assert "names=first" in first_names.split("data-events=")[1].split('"')[1]


def test_what_comes_to_the_wall_live_looks_like_what_is_there(team: Workspace) -> None:
    client = team.signed_in()
    wall = client.get("/console/stream/wall?names=first").text
    body = client.get(f"/console/stream/events?wall=1&names=first&after={new_id().hex}").data
    cards = [event.data["html"] for event in read(body) if event.name == "card"]
    assert len(cards) == 3
    assert all(card in wall for card in cards)


def test_what_customers_write_is_never_markup(acme: Workspace) -> None:
    evil = "<img src=x onerror=alert(1)>"
    member = acme.member(evil, email="ana@acme.example")
    assert member
    answer_survey(
        acme,
        acme.survey(name=evil),
        1,
        comment=evil,
        ref=evil,
        channel=evil,
        customer_name=evil,
        member="ana@acme.example",
    )
    client = acme.signed_in()
    assert "<img src=x" not in client.get("/console/stream").text
    assert "<img src=x" not in client.get("/console/stream/wall").text
    [card, _here] = read(client.get(f"/console/stream/events?after={new_id().hex}").data)
    assert "<img src=x" not in card.data["html"]


def test_mentions_stand_above_the_stream(team: Workspace) -> None:
    id = answer_survey(team, team.survey(), 5, member="ana@acme.example")
    page = f"/console/responses/{id}"
    post(team.signed_in(), f"{page}/notes", page=page, note="Well done, @Ana Silva!")
    assert "Well done, @Ana Silva!" in ana(team).get("/console/stream").text
    assert "You are mentioned" not in team.signed_in().get("/console/stream").text


def test_who_sees_a_response_no_more_reads_no_note_that_mentioned_them(team: Workspace) -> None:
    acme, crew = team, team.team("Crew")
    acme.put_in(crew, acme.member("Cy", email="cy@acme.example"))
    lead = acme.person("lu@acme.example", "manager", leads=(crew,))
    response = answer_survey(acme, acme.survey(), 5, member="cy@acme.example")
    page = f"/console/responses/{response}"
    post(acme.signed_in(), f"{page}/notes", page=page, note="@lu@acme.example look")
    assert "You are mentioned" in lead.get("/console/stream").text
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(delete(team_managers))
    assert "You are mentioned" not in lead.get("/console/stream").text
