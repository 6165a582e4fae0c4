"""What customers say yes to: to be contacted, and that their comment may be published."""

import re
from typing import Any

import pytest

from tests.builders import Workspace, ask_by_mail
from tests.web.frame.visiting import HTMX, Visitor, open_survey
from tests.web.landing.mailing import reader
from widget.storage.models import Response

KIM = "kim@customer.example"


def follow_up(visitor: Visitor, score: int, **fields: Any) -> str:
    """Answer the score and then its follow-up; the follow-up as it was shown."""
    page = visitor.send(score=score)
    assert page.status_code == 200
    sent = visitor.send(step="follow_up", main_score=score, **fields)
    assert sent.status_code == 200, sent.text
    return page.text


def said(response: Response) -> tuple[bool, str, bool]:
    """Wish, address and consent. Not ticked and never asked are the same."""
    return bool(response.wants_contact), response.contact or "", bool(response.may_publish)


def ticked(html: str) -> list[str]:
    """The names of ticked boxes, but for reasons."""
    return re.findall(r'type="checkbox" name="(wants_contact|may_publish)"[^>]* checked', html)


@pytest.fixture
def survey(acme: Workspace) -> str:
    survey = acme.survey()
    acme.change(survey, ask_publish=True)
    return survey


def test_a_low_score_is_offered_a_word(acme: Workspace, survey: str) -> None:
    page = follow_up(
        open_survey(acme.world.client(), survey), 2, wants_contact="1", contact=f" {KIM} "
    )
    assert "Would you like us to contact you?" in page
    assert "May we publish your comment?" not in page
    [response] = acme.responses()
    assert said(response) == (True, KIM, False)
    assert response.customer_email == ""


def test_a_high_score_is_asked_for_its_words(acme: Workspace, survey: str) -> None:
    page = follow_up(open_survey(acme.world.client(), survey), 5, comment="Great", may_publish="1")
    assert "May we publish your comment?" in page
    assert "Would you like us to contact you?" not in page
    assert [said(response) for response in acme.responses()] == [(False, "", True)]


def test_a_box_left_alone_and_one_that_was_not_there_say_no(acme: Workspace, survey: str) -> None:
    follow_up(open_survey(acme.world.client(), survey), 2)
    follow_up(open_survey(acme.world.client(), survey), 5, comment="Great")
    open_survey(acme.world.client(), survey).send(score=1)
    acme.change(survey, ask_contact=False, ask_publish=False)
    follow_up(open_survey(acme.world.client(), survey), 2, wants_contact="1", may_publish="1")
    assert [said(response) for response in acme.responses()] == [(False, "", False)] * 4


def test_a_yes_without_words_publishes_nothing(acme: Workspace, survey: str) -> None:
    visitor = open_survey(acme.world.client(), survey)
    follow_up(visitor, 5, comment="  ", may_publish="1")
    assert [said(response) for response in acme.responses()] == [(False, "", False)]
    visitor.send(step="follow_up", main_score=5, comment="Great")
    assert [said(response) for response in acme.responses()] == [(False, "", False)]


def test_consent_can_be_taken_back(acme: Workspace, survey: str) -> None:
    visitor = open_survey(acme.world.client(), survey)
    follow_up(visitor, 5, comment="Great", may_publish="1")
    visitor.send(step="thanks", main_score=5, go="back")
    again = visitor.send(score=5)
    assert ticked(again.text) == ["may_publish"]
    visitor.send(step="follow_up", main_score=5, comment="Great")
    assert [said(response) for response in acme.responses()] == [(False, "", False)]


def test_what_was_ticked_comes_back_ticked_with_its_address(acme: Workspace, survey: str) -> None:
    visitor = open_survey(acme.world.client(), survey)
    follow_up(visitor, 2, wants_contact="1", contact=KIM)
    again = visitor.send(score=1).text
    assert ticked(again) == ["wants_contact"]
    assert f'name="contact" value="{KIM}"' in again


def test_a_wish_goes_when_the_score_does(acme: Workspace, survey: str) -> None:
    visitor = open_survey(acme.world.client(), survey)
    follow_up(visitor, 2, wants_contact="1", contact=KIM)
    visitor.send(score=5)
    assert [said(response) for response in acme.responses()] == [(False, "", False)]


def test_an_address_without_the_wish_is_not_kept(acme: Workspace, survey: str) -> None:
    follow_up(open_survey(acme.world.client(), survey), 2, contact=KIM)
    assert [said(response) for response in acme.responses()] == [(False, "", False)]


def test_whose_address_the_page_gave_is_not_asked_for_one(acme: Workspace, survey: str) -> None:
    known = open_survey(acme.world.client(), survey, f"?email={KIM}")
    assert '<p class="reach" hidden>' in follow_up(known, 2, wants_contact="1", contact="")
    stranger = open_survey(acme.world.client(), survey)
    assert '<p class="reach">' in stranger.send(score=2).text
    response = acme.responses()[0]
    assert said(response) == (True, "", False)
    assert response.customer_email == KIM


def test_an_address_nobody_can_be_reached_at_is_told_beside_it(
    acme: Workspace, survey: str
) -> None:
    visitor = open_survey(acme.world.client(), survey)
    visitor.send(score=2)
    refused = visitor.send(
        step="follow_up", main_score=2, comment="Slow", wants_contact="1", contact="call \x02me"
    )
    assert refused.status_code == 422
    assert "Please write an email address or a telephone number." in refused.text
    assert re.search(r'name="contact" value="call me"[^>]* aria-invalid="true"', refused.text)
    assert not re.search(r"<textarea[^>]* aria-invalid", refused.text)
    assert "Slow</textarea>" in refused.text
    assert ticked(refused.text) == ["wants_contact"]


def test_every_change_of_a_tick_is_a_revision(acme: Workspace, survey: str) -> None:
    visitor = open_survey(acme.world.client(), survey)
    follow_up(visitor, 2, wants_contact="1", contact=KIM)
    visitor.send(step="follow_up", main_score=2)
    [response] = acme.responses()
    page = acme.signed_in().get(f"/console/responses/{response.id}").text
    assert page.count("Wants to be contacted</th>") == 2
    assert page.count("To be reached at</th>") == 2


def test_the_team_words_both_questions(acme: Workspace) -> None:
    survey = acme.survey()
    texts = {
        "contact_prompt": {"en": "May {company} call you?"},
        "publish_prompt": {"en": "Quote?"},
    }
    acme.change(survey, ask_publish=True, texts=texts)
    visitor = open_survey(acme.world.client(), survey)
    assert "May Acme call you?" in visitor.send(score=2).text
    assert "Quote?" in visitor.send(score=5).text


def test_a_stranger_with_an_unsigned_link_takes_no_wish_back(acme: Workspace) -> None:
    survey = acme.survey()
    path = f"/e/{survey}?ref=T-1&member=&email=&score=2"
    customer = reader(acme, ask_by_mail(acme, survey))
    token = customer.open(path)
    customer.press(token, score=2)
    customer.press(token, step="follow_up", main_score=2, wants_contact="1", contact=KIM)
    acme.world.clock.pass_time(hours=1)
    stranger = reader(acme, ask_by_mail(acme, survey), address="203.0.113.9")
    token = stranger.open(path)
    shown = stranger.press(token, score=2)
    assert ticked(shown.text) == []
    assert KIM not in shown.text
    stranger.press(token, step="follow_up", main_score=2)
    found = [response for response in acme.responses() if response.ref == "T-1"]
    assert [said(response) for response in found] == [(True, KIM, False)]


def test_the_preview_asks_too_and_stores_nothing(acme: Workspace, survey: str) -> None:
    acme.member("Ana Silva")
    client = acme.signed_in()
    first = client.get(f"/console/surveys/{survey}/preview").text
    assert "How did Ana Silva do today?" in first
    assert 'class="person"' in first
    step = f"/console/surveys/{survey}/preview/responses"
    low = client.post(step, data={"step": "score", "score": 2}, headers=HTMX).text
    assert "Would you like us to contact you?" in low
    wrong = {"step": "follow_up", "main_score": 2, "wants_contact": "1", "contact": "?"}
    assert 'aria-invalid="true"' in client.post(step, data=wrong, headers=HTMX).text
    assert acme.responses() == []
