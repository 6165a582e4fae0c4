"""Answering inside a mail: who may, what is stored, and the headers that mail programs want."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.builders import BROWSER, Workspace, add_request, stored_request
from tests.web.landing.mailing import held, set_survey, visits
from widget.domain.links import LinkSigner, RequestLink
from widget.domain.networks import NetworkList
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request, Survey
from widget.web.rate_limits import RateLimits

SENDER = "feedback@sayso.example"
# One of the addresses and the name that Gmail's servers fetch with.
GOOGLE = "66.249.93.1"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.fixture
def asked(acme: Workspace) -> UUID:
    request_id, _ = add_request(acme, acme.survey(), member_id=acme.member())
    switch_on(acme)
    return request_id


def send(acme: Workspace, asked: UUID, score: object, **options: Any) -> TestResponse:
    signer = LinkSigner(acme.world.settings.secret_keys, "answer")
    token = signer.sign(RequestLink(acme.id, asked))
    options.setdefault("headers", {"AMP-Email-Sender": SENDER})
    options["headers"] = {"User-Agent": GMAIL, **options["headers"]}
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


@pytest.mark.parametrize("name", [GMAIL, "", BROWSER])
def test_a_mail_programs_server_is_no_machine(
    acme: Workspace, asked: UUID, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        acme.world.app.extensions, "sayso_data_centres", NetworkList.parse([f"{GOOGLE}/32"])
    )
    headers = {"AMP-Email-Sender": SENDER, "User-Agent": name}
    where = {"REMOTE_ADDR": GOOGLE}
    assert send(acme, asked, 4, headers=headers, environ_base=where).status_code == 200
    assert [row.score for row in acme.responses()] == [4]
    assert [(visit.act, visit.in_data_centre) for visit in visits(acme)] == [("amp", True)]


def test_a_script_is_thanked_and_set_aside(acme: Workspace, asked: UUID) -> None:
    headers = {"AMP-Email-Sender": SENDER, "User-Agent": "python-requests/2.32.3"}
    answer = send(acme, asked, 1, headers=headers)
    assert answer.status_code == 200
    assert acme.responses() == []
    assert stored_request(acme, asked).status == "scheduled"
    [row] = held(acme)
    assert (row.standing, row.reasons) == ("set_aside", ["known_robot"])
    send(acme, asked, 4)
    send(acme, asked, 1, headers=headers)
    assert [row.score for row in acme.responses()] == [4]


def test_whoever_sends_every_score_is_set_aside_from_the_third(
    acme: Workspace, asked: UUID
) -> None:
    for score in range(1, 6):
        send(acme, asked, score)
        acme.world.clock.pass_time(seconds=0.5)
    assert [row.reasons for row in held(acme)] == [["several_scores"]]
    assert [row.score for row in acme.responses()] == [2]


def test_many_mails_through_one_server_are_not_held_up_by_one_another(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits(None, "2/minute")
    monkeypatch.setitem(acme.world.app.extensions, "sayso_rate_limits", limits)
    survey = acme.survey()
    requests = [add_request(acme, survey)[0] for _ in range(5)]
    switch_on(acme)
    assert [send(acme, one, 4).status_code for one in requests] == [200] * 5
    answers = [send(acme, requests[0], 4) for _ in range(60)]
    assert (answers[-2].status_code, answers[-1].status_code) == (200, 429)
    # Mail programs show nothing without it.
    assert answers[-1].headers["AMP-Email-Allow-Sender"] == SENDER
    assert send(acme, requests[1], 4).status_code == 200


def test_an_answer_may_be_changed_to_the_end_of_its_window_and_no_longer(acme: Workspace) -> None:
    survey = acme.survey()
    set_survey(acme, survey, asking={"edit_days": 7})
    asked, _ = add_request(acme, survey)
    switch_on(acme)
    send(acme, asked, 2)
    acme.world.clock.pass_time(days=7)
    assert send(acme, asked, 3).status_code == 200
    acme.world.clock.pass_time(seconds=1)
    assert send(acme, asked, 5).status_code == 410
    assert [row.score for row in acme.responses()] == [3]


def test_nothing_is_answered_once_the_request_has_expired(acme: Workspace) -> None:
    end = acme.world.clock() + timedelta(days=1)
    asked, _ = add_request(acme, acme.survey(), expires_at=end)
    switch_on(acme)
    acme.world.clock.pass_time(days=1)
    assert send(acme, asked, 4).status_code == 410
    assert acme.responses() == held(acme) == visits(acme) == []


def switch_on(acme: Workspace) -> None:
    """Let every survey's mails be answered in the mail."""
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Survey).values(mail={"texts": {}, "amp": True}))
