"""`/api/v1/responses/ID/replies`: programs write to customers, and read what these wrote back."""

from typing import Any
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey, make_workspace
from tests.following import follow_ups, notes, the_follow_up, user_id
from tests.replying import MailServer, queued, reply, send_replies, suppressed
from tests.web.api.calling import Program
from tests.web.api.describing import unlike_answer
from widget.actions.hide_response import set_hidden
from widget.actions.open_follow_up import open_by_hand
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.follow_up_rows import add_note
from widget.storage.models import FollowUp

PATH = "/api/v1/responses/{response_id}/replies"


def asked(acme: Workspace, **said: Any) -> str:
    """A response of a customer with an address; its id."""
    return answer_survey(acme, acme.survey(), 2, **{"customer_email": "kim@c.example", **said})


def test_a_reply_is_written_sent_and_told(any_acme: Workspace) -> None:
    acme = any_acme
    id = asked(acme)
    program = Program(acme)
    answer = program.post(f"responses/{id}/replies", {"text": "We are sorry."})
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert told is not None
    assert unlike_answer(acme, PATH, "post", told, status="201") == []
    assert (told["kind"], told["status"], told["text"]) == ("reply", "due", "We are sorry.")
    assert (told["by"], told["follow_up"]) == ("Desk (API)", str(the_follow_up(acme).id))
    server = MailServer()
    send_replies(acme, server)
    [mail] = server.mails
    assert "kim@c.example" in mail["To"]
    assert "We are sorry." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = program.told(f"responses/{id}/replies")
    assert unlike_answer(acme, PATH, "get", page) == []
    [one] = page["items"]
    assert (one["id"], one["status"]) == (told["id"], "sent")
    assert one["sent_at"] == acme.world.clock().isoformat()
    assert the_follow_up(acme).first_reply_at is not None


def test_a_reply_of_nobodys_bears_the_companys_name_and_is_nobodys_follow_up(
    acme: Workspace,
) -> None:
    Program(acme).post(f"responses/{asked(acme)}/replies", {"text": "Hello"})
    server = MailServer()
    send_replies(acme, server)
    assert server.mails[0]["From"].addresses[0].display_name == "Acme"
    assert the_follow_up(acme).assignee_id is None


def test_a_reply_with_a_writer_is_theirs(acme: Workspace) -> None:
    body = {"text": "Hello", "writer": acme.owner.upper()}
    told = Program(acme).post(f"responses/{asked(acme)}/replies", body).json
    assert told is not None
    assert told["by"] == f"{acme.owner}, Desk (API)"
    [note] = notes(acme, "reply")
    assert note.user_id == the_follow_up(acme).assignee_id == user_id(acme, acme.owner)
    stranger = {"text": "Hello", "writer": "nobody@else.example"}
    answer = Program(acme).post(f"responses/{asked(acme)}/replies", stranger)
    assert answer.status_code == 422
    assert "“writer”: Nobody who may follow up" in answer.json["detail"]  # type: ignore[index]


def test_a_call_that_is_repeated_with_its_key_sends_one_reply(any_acme: Workspace) -> None:
    acme = any_acme
    path, program = f"responses/{asked(acme)}/replies", Program(acme)
    first, again = (program.post(path, {"text": "Hello"}, key="T-1") for _call in range(2))
    in_body = program.post(path, {"text": "Hello", "idempotency_key": "T-1"})
    assert first.json == again.json == in_body.json
    assert len(queued(acme)) == 1
    for where, text in ((path, "Other words"), (f"responses/{asked(acme)}/replies", "Hello")):
        other = program.post(where, {"text": text}, key="T-1")
        assert other.status_code == 409
        assert "for a different reply" in other.json["detail"]  # type: ignore[index]
    signed = program.post(path, {"text": "Hello", "writer": acme.owner}, key="T-1")
    assert signed.status_code == 409
    # What was refused has opened nothing.
    assert len(follow_ups(acme)) == 1
    program.post(path, {"text": "Hello"})
    assert len(queued(acme)) == 2
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = Program(rival).post(f"responses/{asked(rival)}/replies", {"text": "Hi"}, key="T-1")
    assert theirs.status_code == 201


def test_a_call_is_repeated_though_a_newer_follow_up_was_opened_since(any_acme: Workspace) -> None:
    acme, id = any_acme, asked(any_acme)
    path, program = f"responses/{id}/replies", Program(acme)
    first = program.post(path, {"text": "Hello"}, key="T-1")
    assert first.json is not None
    program.patch(f"follow-ups/{first.json['follow_up']}", {"status": "resolved"})
    acme.world.clock.pass_time(hours=1)
    owner, at = user_id(acme, acme.owner), acme.world.clock()
    with acme.world.app.app_context():
        newer = open_by_hand(db.session(), acme.id, UUID(id), user_id=owner, at=at).id
    again = program.post(path, {"text": "Hello"}, key="T-1")
    assert (again.status_code, again.json) == (201, first.json)
    assert program.post(path, {"text": "Other words"}, key="T-1").status_code == 409
    assert len(queued(acme)) == 1
    assert [row.status for row in follow_ups(acme) if row.id == newer] == ["new"]


@pytest.mark.parametrize(
    ("body", "place", "says"),
    [
        ({}, "text", "required"),
        ({"text": " \n"}, "text", "Write the reply first."),
        ({"text": "x" * 10_001}, "text", "10000 characters"),
        ({"text": "Hi", "to": "other@c.example"}, "to", "no such field"),
        ({"text": "Hi", "idempotency_key": "x" * 201}, "idempotency_key", "200"),
    ],
)
def test_what_cannot_be_a_reply_is_told_by_field(
    acme: Workspace, body: dict[str, Any], place: str, says: str
) -> None:
    answer = Program(acme).post(f"responses/{asked(acme)}/replies", body)
    assert answer.status_code == 422
    assert says in " ".join(answer.json["errors"][place])  # type: ignore[index]
    assert queued(acme) == []


def test_whoever_cannot_be_written_to_is_not(acme: Workspace) -> None:
    program = Program(acme)
    suppressed(acme, "complaint", "angry@c.example")
    for said, says in (
        ({"customer_email": ""}, "No email address of this customer is known"),
        ({"customer_email": "angry@c.example"}, "spam"),
    ):
        answer = program.post(f"responses/{asked(acme, **said)}/replies", {"text": "Hi"})
        assert answer.status_code == 409
        assert says in answer.json["detail"]  # type: ignore[index]
    assert queued(acme) == []


def test_what_the_customer_wrote_back_stands_among_the_letters(acme: Workspace) -> None:
    id = asked(acme)
    reply(acme, id, "We are sorry.")
    acme.world.clock.pass_time(hours=1)
    with acme.world.app.app_context(), writing(db.session) as session:
        row = session.query(FollowUp).one()
        add_note(session, row, "customer_mail", at=acme.world.clock(), text="Thank you")
        add_note(session, row, "note", at=acme.world.clock(), text="A secret of the team")
    page = Program(acme).told(f"responses/{id}/replies")
    assert unlike_answer(acme, PATH, "get", page) == []
    told = [(one["kind"], one["text"], one["by"]) for one in page["items"]]
    assert [kind for kind, _text, _by in told] == ["reply", "customer_mail"]
    assert told[1] == ("customer_mail", "Thank you", "")
    assert "secret" not in str(page)


def test_a_hidden_response_is_not_there(acme: Workspace) -> None:
    id = asked(acme)
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, UUID(id), hidden=True, at=acme.world.clock())
    program = Program(acme)
    assert program.get(f"responses/{id}/replies").status_code == 404
    assert program.post(f"responses/{id}/replies", {"text": "Hi"}).status_code == 404


def test_a_key_for_tests_writes_to_nobody_in_earnest(acme: Workspace) -> None:
    program = Program(acme, is_test=True)
    real, trial = asked(acme), asked(acme, is_test=True)
    assert program.post(f"responses/{real}/replies", {"text": "Hi"}).status_code == 404
    assert program.get(f"responses/{real}/replies").status_code == 404
    answer = program.post(f"responses/{trial}/replies", {"text": "Hi"})
    assert answer.status_code == 409
    assert "no address for tests" in answer.json["detail"]  # type: ignore[index]
    assert queued(acme) == []
