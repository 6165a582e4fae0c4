"""What leads do with a response, and who sees what of it."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, make_workspace, post, sign_in
from widget.extensions import db
from widget.storage import rollups
from widget.storage.models import Message


@pytest.fixture
def page(acme: Workspace) -> str:
    """The page of a response about Ana, who signs in."""
    member = acme.member("Ana Silva", email="ana@acme.example")
    acme.put_in(acme.team("Support"), member)
    acme.person("ana@acme.example", "member", member=member)
    id = answer_survey(acme, acme.survey(), 2, member="ana@acme.example", comment="Harsh words")
    return f"/console/responses/{id}"


def ana(acme: Workspace) -> FlaskClient:
    return sign_in(acme.world, "ana@acme.example")


def messages(acme: Workspace) -> list[Message]:
    with acme.world.app.app_context():
        rows = list(db.session.scalars(select(Message).order_by(Message.id)))
        db.session.expunge_all()
        return rows


def test_a_note_stands_in_the_thread_and_the_member_reads_it(acme: Workspace, page: str) -> None:
    post(acme.signed_in(), f"{page}/notes", page=page, note="I called <them>.")
    text = ana(acme).get(page).text
    assert "I called &lt;them&gt;." in text
    assert "alice@acme.example" in text
    # Reading is all that a member does here.
    assert "Write a note" not in text
    assert "Mark as kudos" not in text


@pytest.mark.parametrize("act", ["notes", "kudos", "hide-comment", "show-comment", "hide", "show"])
def test_a_member_changes_nothing(acme: Workspace, page: str, act: str) -> None:
    answer = post(ana(acme), f"{page}/{act}", page=page, note="x", reason="x")
    assert answer.status_code == 403


@pytest.mark.parametrize("act", ["notes", "kudos", "hide-comment", "hide"])
def test_a_lead_of_another_team_cannot_reach_it(acme: Workspace, page: str, act: str) -> None:
    other = acme.team("Sales")
    client = acme.person("lee@acme.example", "manager", leads=(other,))
    assert client.get(page).status_code == 404
    answer = post(client, f"{page}/{act}", page="/console/account/password", note="x", reason="x")
    assert answer.status_code == 404


def test_another_member_does_not_see_it(acme: Workspace, page: str) -> None:
    bo = acme.member("Bo", email="bo@acme.example")
    assert acme.person("bo@acme.example", "member", member=bo).get(page).status_code == 404


def test_an_empty_note_is_refused_with_a_sentence(acme: Workspace, page: str) -> None:
    client = acme.signed_in()
    post(client, f"{page}/notes", page=page, note="  \n ")
    assert "Write something first." in client.get(page).text


def test_somebody_mentioned_gets_a_mail_and_sees_it_marked(acme: Workspace, page: str) -> None:
    post(
        acme.signed_in(),
        f"{page}/notes",
        page=page,
        note="Look, @Ana Silva. And @alice@acme.example.",
    )
    [mail] = messages(acme)
    assert (mail.channel, mail.target, mail.purpose) == ("mail", "ana@acme.example", "mention")
    assert mail.content["quote"] == "Look, @Ana Silva. And @alice@acme.example."
    assert mail.content["link"] == f"http://localhost{page}#thread"
    text = ana(acme).get(page).text
    assert "mentions you" in text
    assert "<mark>@Ana Silva</mark>" in text
    assert "mentions you" in acme.signed_in().get(page).text


def test_who_cannot_see_the_response_is_not_told_of_it(acme: Workspace, page: str) -> None:
    bo = acme.member("Bo Berg", email="bo@acme.example")
    acme.person("bo@acme.example", "member", member=bo)
    client = acme.signed_in()
    post(client, f"{page}/notes", page=page, note="@Bo Berg, look")
    assert messages(acme) == []
    assert "bo@acme.example cannot see this response" in client.get(page).text


def test_people_of_other_workspaces_are_nobody_here(acme: Workspace, page: str) -> None:
    make_workspace(acme.world, "Rival", "rita@rival.example")
    post(acme.signed_in(), f"{page}/notes", page=page, note="@rita@rival.example")
    assert messages(acme) == []


def test_kudos_can_be_given_found_and_taken_back(acme: Workspace, page: str) -> None:
    client = acme.signed_in()
    post(client, f"{page}/kudos", page=page)
    post(client, f"{page}/kudos", page=page)
    assert "♥" in ana(acme).get("/console/stream?kudos=1").text
    post(client, f"{page}/no-kudos", page=page)
    assert "♥" not in client.get("/console/stream").text
    thread = client.get(page).text
    assert thread.count("marked this as kudos") == 1
    assert thread.count("took kudos back") == 1


def test_a_hidden_comment_is_read_by_leads_only_and_its_score_counts(
    acme: Workspace, page: str
) -> None:
    client, key = acme.signed_in(), acme.api_key()
    viewer = acme.person("vera@acme.example", "viewer")
    post(client, f"{page}/hide-comment", page=page, reason="Insults a colleague")
    assert "Harsh words" in client.get(page).text
    for reader, where in (
        (ana(acme), page),
        (ana(acme), "/console/stream"),
        (viewer, page),
        (viewer, "/console/responses"),
        (viewer, "/console/stream/wall"),
        (client, "/console/responses"),
        (client, "/console/stream"),
    ):
        answer = reader.get(where)
        assert answer.status_code == 200
        assert "Harsh words" not in answer.text, where
    listed = client.get("/api/v1/responses", headers={"Authorization": f"Bearer {key}"})
    assert [(item["score"], item["comment"]) for item in listed.json["items"]] == [(2, None)]
    assert "1 answer" not in client.get("/console/responses?comment=yes").text
    assert "Insults a colleague" in client.get(page).text
    post(client, f"{page}/show-comment", page=page)
    assert "Harsh words" in ana(acme).get("/console/stream").text


@pytest.mark.parametrize("act", ["hide", "hide-comment"])
def test_hiding_wants_a_reason(acme: Workspace, page: str, act: str) -> None:
    client = acme.signed_in()
    post(client, f"{page}/{act}", page=page, reason=" ")
    text = client.get(page).text
    assert "Please say why" in text
    assert "Harsh words" in ana(acme).get("/console/stream").text


def test_a_hidden_response_is_gone_for_its_member_and_kept_with_its_reason(
    acme: Workspace, page: str
) -> None:
    client = acme.signed_in()
    post(client, f"{page}/hide", page=page, reason="Meant for somebody else")
    assert ana(acme).get(page).status_code == 404
    assert "Harsh words" not in ana(acme).get("/console/stream").text
    text = client.get(page).text
    assert "hid the response" in text
    assert "Meant for somebody else" in text
    with acme.world.app.app_context(), db.engine.connect() as connection:
        assert rollups.rolled_up_counts(connection, acme.id) == {}
        assert rollups.true_counts(connection, acme.id) == {}
    post(client, f"{page}/show", page=page)
    assert ana(acme).get(page).status_code == 200
    assert "showed the response again" in client.get(page).text


def test_who_did_what_and_when_is_kept(acme: Workspace, page: str) -> None:
    client = acme.signed_in()
    post(client, f"{page}/kudos", page=page)
    acme.world.clock.pass_time(hours=1)
    post(acme.person("lee@acme.example", "admin"), f"{page}/hide", page=page, reason="Spam")
    text = client.get(page).text
    thread = text.split('id="thread"')[1].split("</section>")[0]
    assert thread.index("alice@acme.example") < thread.index("lee@acme.example")
    assert "2026-11-23T10:00:00+00:00" in thread
    assert UUID(page.rpartition("/")[2])
