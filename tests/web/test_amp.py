"""Answering inside a mail: who may, what is stored, and the headers that mail programs want."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.builders import Workspace, add_request
from widget.domain.links import LinkSigner, RequestLink
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request, Survey

SENDER = "feedback@sayso.example"


@pytest.fixture
def asked(acme: Workspace) -> UUID:
    request_id, _ = add_request(acme, acme.survey(), member_id=acme.member())
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Survey).values(mail={"texts": {}, "amp": True}))
    return request_id


def send(acme: Workspace, asked: UUID, score: object, **options: Any) -> TestResponse:
    signer = LinkSigner(acme.world.settings.secret_keys, "answer")
    token = signer.sign(RequestLink(acme.id, asked))
    options.setdefault("headers", {"AMP-Email-Sender": SENDER})
    return acme.world.client().post(f"/s/{token}/amp", data={"score": score}, **options)


def test_an_answer_in_the_mail_is_stored_once_and_ends_the_request(
    acme: Workspace, asked: UUID
) -> None:
    answer = send(acme, asked, 4)
    assert answer.status_code == 200
    assert answer.headers["AMP-Email-Allow-Sender"] == SENDER
    assert "Set-Cookie" not in answer.headers
    assert send(acme, asked, 2).status_code == 200
    (stored,) = acme.responses()
    assert (stored.id, stored.score, stored.source) == (asked, 2, "email")
    assert stored.member_id is not None
    with acme.world.app.app_context():
        assert db.session.scalars(select(Request.status)).all() == ["answered"]


def test_the_older_rule_is_answered_too(acme: Workspace, asked: UUID) -> None:
    answer = send(
        acme,
        asked,
        5,
        headers={"Origin": "https://mail.google.com"},
        query_string={"__amp_source_origin": SENDER},
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "https://mail.google.com"
    assert answer.headers["AMP-Access-Control-Allow-Source-Origin"] == SENDER


@pytest.mark.parametrize(
    "headers", [{}, {"AMP-Email-Sender": "evil@other.example"}, {"Origin": "https://x.example"}]
)
def test_a_mail_of_another_sender_is_refused(
    acme: Workspace, asked: UUID, headers: dict[str, str]
) -> None:
    answer = send(acme, asked, 4, headers=headers)
    assert answer.status_code == 403
    assert "AMP-Email-Allow-Sender" not in answer.headers
    assert acme.responses() == []


@pytest.mark.parametrize("score", ["", "6", "0", "-1", "x", "99999999"])
def test_a_score_that_is_none_is_refused(acme: Workspace, asked: UUID, score: str) -> None:
    assert send(acme, asked, score).status_code == 400
    assert acme.responses() == []


def test_what_is_over_is_over(acme: Workspace, asked: UUID) -> None:
    send(acme, asked, 4)
    acme.world.clock.pass_time(days=31)
    assert send(acme, asked, 1).status_code == 410
    assert [row.score for row in acme.responses()] == [4]


def test_nothing_is_taken_while_it_is_off_and_nothing_by_get(acme: Workspace) -> None:
    asked, _ = add_request(acme, acme.survey())
    assert send(acme, asked, 4).status_code == 404
    assert acme.world.client().get("/s/x/amp").status_code in (404, 405)
    assert acme.world.client().post("/s/x/amp").status_code == 404
