"""Whoever is rated, above the question: in frames and behind mails' links."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from tests.builders import Workspace, ask_by_mail, make_workspace
from tests.web.frame.visiting import open_survey, token_in
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Member
from widget.storage.models import Workspace as Workspace_

ANA = "ana@acme.example"


def person_in(html: str) -> str:
    """The HTML of who is shown, with what stands between tags on one line; "" for nobody."""
    found = re.search(r'<div class="person">.*?</div>\s*</div>', html, re.DOTALL)
    return re.sub(r">\s+<", "><", found[0]) if found else ""


def change(acme: Workspace, member: int, **columns: Any) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Member).where(Member.id == member).values(**columns))


@pytest.fixture
def ana(acme: Workspace) -> int:
    member = acme.member("Ana Silva", email=ANA)
    change(acme, member, title="Engineer", bio="Mends bicycles.", photo="abc123")
    return member


def shown(acme: Workspace, survey: str, query: str = f"?member={ANA}") -> str:
    return person_in(acme.world.client().get(f"/w/{survey}{query}").text)


@pytest.mark.usefixtures("ana")
def test_a_known_member_stands_above_the_question(acme: Workspace) -> None:
    page = acme.world.client().get(f"/w/{acme.survey()}?member={ANA}").text
    assert page.index('class="person"') < page.index("How did Ana Silva do today?")
    person = person_in(page)
    assert '<img class="photo" src="/images/abc123" alt=""' in person
    for words in ("Ana Silva", "Engineer", "Mends bicycles."):
        assert f'dir="auto">{words}</p>' in person


@pytest.mark.usefixtures("ana")
def test_who_nobody_named_or_knows_is_not_shown(acme: Workspace) -> None:
    survey = acme.survey()
    for query in ("", "?member=", "?member=nobody@acme.example", "?member={{agent}}"):
        assert shown(acme, survey, query) == ""


@pytest.mark.usefixtures("ana")
def test_another_workspace_s_member_is_nobody_here(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "bob@other.example")
    assert shown(acme, other.survey()) == ""


@pytest.mark.usefixtures("ana")
def test_a_survey_may_show_nobody(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, show_member=False)
    page = acme.world.client().get(f"/w/{survey}?member={ANA}").text
    assert 'class="person"' not in page
    assert "How did Ana Silva do today?" in page


def test_without_a_photo_there_are_initials(acme: Workspace, ana: int) -> None:
    change(acme, ana, photo=None)
    person = shown(acme, acme.survey())
    assert '<span class="photo" aria-hidden="true">AS</span>' in person
    assert "<img" not in person


def test_an_unapproved_profile_is_a_name(acme: Workspace, ana: int) -> None:
    change(acme, ana, is_approved=False)
    person = shown(acme, acme.survey())
    assert "Ana Silva" in person
    for hidden in ("abc123", "Engineer", "bicycles"):
        assert hidden not in person


def test_an_archived_member_cannot_be_named(acme: Workspace, ana: int) -> None:
    change(acme, ana, archived_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert shown(acme, acme.survey()) == ""


def test_a_changed_profile_is_shown_at_once(acme: Workspace, ana: int) -> None:
    survey = acme.survey()
    assert "Engineer" in shown(acme, survey)
    change(acme, ana, title="Head of bicycles")
    assert "Head of bicycles" in shown(acme, survey)


def test_a_profile_is_text_and_never_markup_nor_a_slot(acme: Workspace, ana: int) -> None:
    change(
        acme,
        ana,
        name="<b>Ana</b>",
        title='"><script>x</script>',
        bio="\x02token\x03 \x02theme\x03",
    )
    page = acme.world.client().get(f"/w/{acme.survey()}?member={ANA}").text
    assert "<script>x" not in page
    assert "<b>Ana" not in page
    assert page.count(token_in(page)) == 1


def test_answers_to_the_workspace_s_questions_stand_below_the_bio(
    acme: Workspace, ana: int
) -> None:
    asked = {"profile_questions": [{"id": "w", "text": "My weekend:"}, {"id": "p", "text": "Pet:"}]}
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Workspace_).values(people=asked))
    change(acme, ana, answers={"w": "Surfing & baking"})
    person = shown(acme, acme.survey())
    assert person.index("bicycles") < person.index("My weekend: <b>Surfing &amp; baking</b>")
    assert "Pet:" not in person


@pytest.mark.usefixtures("ana")
def test_without_script_every_step_shows_who_is_rated(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.world.client()
    visitor = open_survey(client, survey, f"?member={ANA}")
    data = {"token": visitor.token, "step": "score", "score": 4}
    follow_up = client.post(f"/w/{survey}/responses", data=data)
    assert person_in(follow_up.text) == shown(acme, survey)
    refused = client.post(f"/w/{survey}/responses", data={**data, "score": 9})
    assert refused.status_code == 422
    assert person_in(refused.text) == shown(acme, survey)


def test_who_is_archived_meanwhile_stays_who_helped(acme: Workspace, ana: int) -> None:
    survey, client = acme.survey(), acme.world.client()
    visitor = open_survey(client, survey, f"?member={ANA}")
    change(acme, ana, archived_at=datetime(2026, 11, 1, tzinfo=UTC))
    data = {"token": visitor.token, "step": "score", "score": 4}
    assert "Ana Silva" in person_in(client.post(f"/w/{survey}/responses", data=data).text)


def test_a_mail_s_page_shows_the_same_as_a_frame(acme: Workspace, ana: int) -> None:
    survey = acme.survey()
    mail = ask_by_mail(acme, survey, member_id=ana)
    opened = acme.world.client().get(mail.path(4)).text
    assert person_in(opened) == shown(acme, survey) != ""
    unsigned = acme.world.client().get(f"/e/{survey}?member={ANA}&score=4").text
    assert person_in(unsigned) == person_in(opened)
    acme.change(survey, show_member=False)
    assert person_in(acme.world.client().get(mail.path(4)).text) == ""
