"""Webhooks as they leave: signed, to the public internet, and nothing of it kept."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Clock, Workspace, answer_survey
from tests.following import HOME, raise_alerts, set_alerts, user_id
from tests.outbound.chat_server import HOST, Chat, chat_server
from tests.ruling import ADDRESS, add_rule, make_webhook
from widget.actions.change_webhooks import change_secret, remove_webhook, try_webhook
from widget.actions.delete_response import delete_response
from widget.actions.mark_response import set_mark
from widget.domain.messages import WEBHOOK, WEBHOOK_TRIAL
from widget.domain.retries import MOST_ATTEMPTS
from widget.domain.rules.rule import Acts
from widget.domain.webhooks import BOTH_SIGN_FOR, signed_headers
from widget.extensions import db
from widget.outbound.messages import SendMessages
from widget.outbound.public_client import NotPosted, Posted, PublicClient
from widget.outbound.webhooks import SendWebhooks
from widget.storage.models import Message
from widget.storage.webhooks import (
    Attempted,
    last_attempts,
    signing_secrets,
    webhook_of,
)


@dataclass
class Program:
    """Takes webhooks, and answers as it is told."""

    answers: list[Posted | NotPosted] = field(default_factory=list)
    taken: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Posted:
        self.taken.append((url, body, headers or {}))
        answer = self.answers.pop(0) if self.answers else Posted(204, "")
        if isinstance(answer, NotPosted):
            raise answer
        return answer

    @property
    def data(self) -> Any:
        """What the last message says."""
        return self.body["data"]

    @property
    def body(self) -> Any:
        """The last message."""
        return json.loads(self.taken[-1][1])


def send(acme: Workspace, program: Any) -> int:
    """What the worker does with webhooks that are due."""

    def make(engine: Any) -> SendWebhooks:
        return SendWebhooks(program, HOME, engine)

    with acme.world.app.app_context():
        db.session.rollback()
        by_purpose = {WEBHOOK: make, WEBHOOK_TRIAL: make}
        job = SendMessages({}, acme.world.clock, by_purpose, lane="webhooks")
        return job(db.engine, acme.world.clock())


def attempts(acme: Workspace, hook: int) -> list[Attempted]:
    with acme.world.app.app_context():
        db.session.rollback()
        return list(last_attempts(db.session(), acme.id, hook, 20))


def matched(acme: Workspace, survey: str | None = None, **said: Any) -> tuple[int, str]:
    """A webhook to which a response is to be sent, of a survey of its own unless one is given: both
    ids."""
    set_alerts(acme, is_on=False)
    hook = make_webhook(acme)
    add_rule(acme, acts=Acts(webhooks=(hook,)))
    id = answer_survey(acme, survey or acme.survey(), 2, **said)
    raise_alerts(acme)
    return hook, id


def keys(acme: Workspace, hook: int) -> list[str]:
    with acme.world.app.app_context():
        db.session.rollback()
        return signing_secrets(db.session(), acme.id, hook, acme.world.clock())


def later(acme: Workspace, **time: float) -> Clock:
    acme.world.clock.pass_time(**time)
    return acme.world.clock


def test_a_program_is_told_what_the_api_tells_of_the_response(any_acme: Workspace) -> None:
    acme, program = any_acme, Program()
    hook, id = matched(acme, comment="Too slow", customer_name="Kim", ref="T-1")
    assert send(acme, program) == 1
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    [told] = acme.world.client().get("/api/v1/responses", headers=key).json["items"]
    assert program.data == {
        "rules": ["Late ones"],
        "url": f"{HOME}/console/responses/{id}",
        "response": told,
    }
    assert program.taken[0][0] == ADDRESS
    [one] = attempts(acme, hook)
    assert (one.status, one.attempts, one.response_id) == ("sent", 1, UUID(id))


def test_it_is_signed_with_the_secret_and_called_the_same_at_every_attempt(
    acme: Workspace,
) -> None:
    program = Program([Posted(500, "")])
    hook, _id = matched(acme)
    send(acme, program)
    later(acme, minutes=2)
    send(acme, program)
    ids = []
    for _url, body, headers in program.taken:
        ids.append(headers["webhook-id"])
        [secret] = keys(acme, hook)
        sent = acme.world.clock() - (timedelta(minutes=2) if len(ids) == 1 else timedelta())
        assert headers == signed_headers([secret], ids[0], body, sent)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert attempts(acme, hook)[0].status == "sent"


def test_after_a_change_both_secrets_sign_for_a_day(acme: Workspace) -> None:
    hook, _id = matched(acme)
    [old] = keys(acme, hook)
    me = user_id(acme, acme.owner)
    with acme.world.app.app_context():
        change_secret(db.session(), acme.id, hook, by=me, at=acme.world.clock())
    new, still = keys(acme, hook)
    assert (still, new != old) == (old, True)
    program = Program()
    send(acme, program)
    assert len(program.taken[0][2]["webhook-signature"].split()) == 2
    acme.world.clock.pass_time(seconds=BOTH_SIGN_FOR.total_seconds())
    assert keys(acme, hook) == [new]


def test_what_fails_is_tried_again_until_it_is_given_up(acme: Workspace) -> None:
    hook, _id = matched(acme)
    program = Program([Posted(503, "xylophone")] * 20)
    for _attempt in range(MOST_ATTEMPTS + 2):
        send(acme, program)
        later(acme, hours=11)
    [one] = attempts(acme, hook)
    assert (one.status, one.attempts) == ("failed", MOST_ATTEMPTS)
    # What a program answers may repeat what it was sent.
    assert one.error == "The program answered 503."


def test_a_program_that_asks_for_time_is_given_it(acme: Workspace) -> None:
    hook, _id = matched(acme)
    program = Program([Posted(429, "", timedelta(hours=3))])
    send(acme, program)
    assert attempts(acme, hook)[0].due_at == acme.world.clock() + timedelta(hours=3)


def test_a_program_that_wants_nothing_more_gets_nothing_more(acme: Workspace) -> None:
    hook, _id = matched(acme)
    send(acme, Program([Posted(410, "")]))
    assert attempts(acme, hook)[0].status == "failed"
    with acme.world.app.app_context():
        assert webhook_of(db.session(), acme.id, hook).off_why == "Its program answered 410."


@pytest.mark.parametrize("what", ["delete", "hide the comment", "remove the webhook"])
def test_what_leaves_is_what_is_there_then(acme: Workspace, what: str) -> None:
    hook, id = matched(acme, comment="Call 0151 555")
    at, me = acme.world.clock(), user_id(acme, acme.owner)
    with acme.world.app.app_context():
        if what == "delete":
            delete_response(db.session(), acme.id, UUID(id), at=at)
        elif what == "remove the webhook":
            remove_webhook(db.session(), acme.id, hook, by=me, at=at)
        else:
            set_mark(db.session, acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)
    program = Program()
    send(acme, program)
    if what == "hide the comment":
        assert program.data["response"]["comment"] is None
        return
    assert program.taken == []
    assert attempts(acme, hook)[0].status == "failed"


def test_nothing_that_was_sent_is_kept(acme: Workspace) -> None:
    matched(acme, comment="A xylophone", customer_name="Kim", customer_email="kim@c.example")
    send(acme, Program())
    with acme.world.app.app_context():
        db.session.rollback()
        [row] = db.session.scalars(select(Message).where(Message.channel == "webhook"))
        assert all(word not in str(row.content) for word in ("xylophone", "Kim", "kim@"))


def test_a_test_says_that_it_is_one_and_holds_no_response(acme: Workspace) -> None:
    hook, program = make_webhook(acme), Program()
    with acme.world.app.app_context():
        try_webhook(db.session(), acme.id, hook, home=HOME, at=acme.world.clock())
    send(acme, program)
    assert program.body["type"] == "webhook.test"
    [one] = attempts(acme, hook)
    assert (one.is_test, one.response_id, one.status) == (True, None, "sent")


@pytest.fixture
def server() -> Iterator[Chat]:
    with chat_server() as running:
        yield running


def test_an_address_on_the_inside_is_not_dialled(acme: Workspace, server: Chat) -> None:
    hook = make_webhook(acme, address=f"https://{HOST}/x")
    with acme.world.app.app_context():
        try_webhook(db.session(), acme.id, hook, home=HOME, at=acme.world.clock())
    send(acme, PublicClient(resolve=server.resolve, ssl_context=server.trusted))
    [one] = attempts(acme, hook)
    assert one.status == "failed"
    assert "not on the public internet" in one.error
    assert server.bodies == []


def test_the_headers_arrive_and_a_wish_to_wait_is_read(server: Chat) -> None:
    server.answer = (429, {"Retry-After": "120"}, b"")
    client = PublicClient(
        resolve=server.resolve, allows=lambda _address: True, ssl_context=server.trusted
    )
    answer = client.post(f"https://{HOST}/x", b"{}", {"webhook-id": "msg_1"})
    assert (answer.status, answer.retry_after) == (429, timedelta(seconds=120))
    assert server.headers[-1]["webhook-id"] == "msg_1"
