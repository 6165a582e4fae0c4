"""Pages that were opened in time and sent too late, or that a survey no longer takes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import KEY, AskedByMail, Workspace, ask_by_mail
from tests.web.frame.visiting import token_in
from tests.web.landing.mailing import Reader, held, reader, set_survey
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request


@pytest.fixture
def mail(acme: Workspace) -> AskedByMail:
    """A request that expires in an hour."""
    return ask_by_mail(acme, acme.survey(), expires_at=acme.world.clock() + timedelta(hours=1))


def test_who_opened_in_time_has_a_day_to_answer(acme: Workspace, mail: AskedByMail) -> None:
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    acme.world.clock.pass_time(hours=23)
    assert carla.press(token, score=4).status_code == 200
    assert [response.stars for response in acme.responses()] == [4]


def test_a_page_is_not_renewed_past_the_end_of_its_request(
    acme: Workspace, mail: AskedByMail
) -> None:
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    acme.world.clock.pass_time(hours=25)
    late = carla.press(token, score=4)
    assert late.status_code == 410
    assert "The time for answering is over" in late.text
    # In the place of what was asked, and nothing to press.
    assert late.text.startswith("<h1")
    assert "<form" not in late.text
    assert acme.responses() == []
    whole = acme.world.client().post(
        f"/w/{mail.survey}/responses", data={"token": token, "step": "score", "score": 4}
    )
    assert whole.status_code == 410
    assert whole.text.startswith("<!DOCTYPE html>")
    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]


def test_a_page_renewed_before_the_end_has_a_day_from_then(acme: Workspace) -> None:
    mail = ask_by_mail(acme, acme.survey(), expires_at=acme.world.clock() + timedelta(hours=26))
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    acme.world.clock.pass_time(hours=25)
    renewed = carla.press(token, score=4)
    assert renewed.status_code == 409
    acme.world.clock.pass_time(hours=23)
    assert carla.press(token_in(renewed.text), score=4).status_code == 200
    acme.world.clock.pass_time(hours=2)
    assert carla.press(token_in(renewed.text), score=1).status_code == 410
    assert [response.stars for response in acme.responses()] == [4]


@pytest.mark.parametrize("where", ["responses", "gesture"])
def test_a_page_opened_after_the_end_answers_nothing(
    acme: Workspace, mail: AskedByMail, where: str
) -> None:
    carla = reader(acme, mail)
    token = carla.open(mail.path(4))
    # As when somebody brings the end of a request forward.
    acme.world.clock.pass_time(minutes=5)
    change_request(acme, mail, expires_at=acme.world.clock() - timedelta(minutes=10))
    assert carla.post(where, token, score=4).status_code == 410
    assert acme.responses() == held(acme) == []


@pytest.mark.parametrize("where", ["responses", "gesture"])
def test_an_unsigned_page_that_was_open_when_the_survey_began_to_refuse_them_answers_nothing(
    acme: Workspace, where: str
) -> None:
    survey = acme.survey()
    mail = ask_by_mail(acme, survey)
    somebody = Reader(acme.world, survey)
    unsigned, signed = somebody.open(f"/e/{survey}?score=4&ref=T-1"), somebody.open(mail.path(5))
    set_survey(acme, survey, accepts_unsigned=False)
    refused = somebody.post(where, unsigned, score=4)
    assert refused.status_code == 403
    assert acme.responses() == held(acme) == []
    if where == "responses":
        assert "only through the links in its own mails" in refused.text
    assert somebody.post(where, signed, score=5).status_code in (200, 204)


def test_an_unsigned_link_stays_one_response_when_keys_are_rotated(acme: Workspace) -> None:
    survey = acme.survey()
    somebody = Reader(acme.world, survey)
    path = f"/e/{survey}?score=4&ref=T-9"
    somebody.press(somebody.open(path), score=4)
    rotate(acme, "n" * 40)
    somebody.press(somebody.open(path), score=2)
    assert [response.stars for response in acme.responses()] == [2]


def test_a_response_made_under_a_signing_key_is_found_again(acme: Workspace) -> None:
    """Responses to unsigned links were once named by the first key that signs."""
    survey = acme.survey()
    somebody = Reader(acme.world, survey)
    path = f"/e/{survey}?score=4&ref=T-9"
    own_key = acme.world.app.config["SAYSO_ADDRESS_KEY"]
    acme.world.app.config["SAYSO_ADDRESS_KEY"] = KEY
    somebody.press(somebody.open(path), score=4)
    acme.world.app.config["SAYSO_ADDRESS_KEY"] = own_key
    rotate(acme, "n" * 40)
    somebody.press(somebody.open(path), score=2)
    assert [response.stars for response in acme.responses()] == [2]


def rotate(acme: Workspace, key: str) -> None:
    """Put a new key first."""
    config = acme.world.app.config
    config["SECRET_KEY_FALLBACKS"] = [config["SECRET_KEY"]]
    config["SECRET_KEY"] = key


def change_request(acme: Workspace, mail: AskedByMail, **columns: object) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        request = session.scalars(select(Request).where(Request.id == mail.id)).one()
        for name, value in columns.items():
            setattr(request, name, value)
