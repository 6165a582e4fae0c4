"""Set aside: everything that was held back, with its reasons, and one click to count it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.builders import AskedByMail, Workspace, ask_by_mail, make_workspace, post
from tests.web.landing.mailing import held, reader, request_of
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import HeldAnswer, Membership, User

PAGE = "/console/responses/set-aside"


@pytest.fixture
def mail(acme: Workspace) -> AskedByMail:
    return ask_by_mail(
        acme, acme.survey(name="After a call"), member_id=acme.member("Ana Silva"), ref="T-1"
    )


@pytest.fixture
def console(acme: Workspace) -> FlaskClient:
    return acme.signed_in()


def set_aside(acme: Workspace, mail: AskedByMail, score: int = 2) -> str:
    """An answer by a robot; the address of the button that counts it."""
    robot = reader(acme, mail, user_agent=f"curl/8.{score}")
    token = robot.open(mail.path(score))
    robot.press(token, score=score)
    robot.press(token, step="follow_up", main_score=score, comment="I am no <robot>")
    return f"{PAGE}/{held(acme)[-1].id}/count"


def test_it_shows_what_was_held_back_and_why(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    assert "Nothing is set aside" in console.get(PAGE).text
    set_aside(acme, mail)
    page = console.get(PAGE).text
    for text in (
        "After a call",
        "2 of 5 stars",
        "Ana Silva",
        "Carla Costa",
        "T-1",
        "I am no &lt;robot&gt;",
        "The program called itself a robot or a browser without a screen.",
        "93.184.216.0/24",
        "curl/8.2",
        "Count it",
    ):
        assert text in page, text


def test_the_newest_comes_first_and_older_ones_on_further_pages(
    acme: Workspace, console: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.web.console.set_aside.PAGE", 2)
    survey = acme.survey()
    for number in range(3):
        set_aside(acme, ask_by_mail(acme, survey, ref=f"T-{number}"))
    page = console.get(PAGE).text
    assert page.index("T-2") < page.index("T-1")
    assert "T-0" not in page
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "T-0" in console.get(older).text
    assert "T-1" not in console.get(older).text


def test_of_those_set_aside_at_one_moment_none_is_passed_over(
    acme: Workspace, console: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.web.console.set_aside.PAGE", 2)
    survey = acme.survey()
    for number in range(3):
        set_aside(acme, ask_by_mail(acme, survey, ref=f"T-{number}"))
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(HeldAnswer).values(updated_at=acme.world.clock()))
    page = console.get(PAGE).text
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    both = page + console.get(older).text
    assert [both.count(f"T-{number}") for number in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("place", ["x", "9999-12-31T23:59:59-14:00", "2026-11-23T09:00:00Z_x"])
def test_a_damaged_address_shows_the_first_page(
    acme: Workspace, mail: AskedByMail, console: FlaskClient, place: str
) -> None:
    set_aside(acme, mail)
    assert "T-1" in console.get(f"{PAGE}?before={place}").text


def test_the_responses_page_says_how_many_wait(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    assert PAGE not in console.get("/console/responses").text
    set_aside(acme, mail)
    page = console.get("/console/responses").text
    assert f'href="{PAGE}"' in page
    assert '<span class="tag">1</span>' in page


def test_one_click_counts_it_and_remembers_who_did(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    button = set_aside(acme, mail)
    answer = post(console, button, page=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    [response] = acme.responses()
    assert (response.stars, response.comment) == (2, "I am no <robot>")
    assert response.finished_at is not None
    assert request_of(acme, mail).status == "answered"
    with acme.world.app.app_context():
        owner = db.session.scalars(select(User).where(User.email == acme.owner)).one().id
        row = db.session.scalars(select(HeldAnswer)).one()
        assert (row.standing, row.settled_by, row.reasons) == ("restored", owner, ["known_robot"])
    page = console.get(PAGE).text
    assert "Counted." in page
    assert "Nothing is set aside" in page


def test_pressing_twice_changes_nothing(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    button = set_aside(acme, mail)
    other = ask_by_mail(acme, mail.survey)
    set_aside(acme, other)
    for _ in range(2):
        assert post(console, button, page=PAGE).status_code == 303
    assert [response.id for response in acme.responses()] == [mail.id]


def test_who_was_believed_once_is_believed_from_then_on(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    post(console, set_aside(acme, mail), page=PAGE)
    reader(acme, mail, user_agent="curl/8.2").answer(mail, 5)
    assert [response.stars for response in acme.responses()] == [5]


def test_it_says_when_another_answer_counts_already_and_can_take_its_place(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    button = set_aside(acme, mail, 2)
    reader(acme, mail).answer(mail, 5)
    page = console.get(PAGE).text
    assert "Another answer to the same request counts already" in page
    assert "5 of 5 stars" in page
    assert "Count this one instead" in page
    post(console, button, page=PAGE)
    assert [response.stars for response in acme.responses()] == [2]


def test_what_is_not_there_or_somebody_elses_is_not_counted(
    acme: Workspace, mail: AskedByMail, console: FlaskClient
) -> None:
    button = set_aside(acme, mail)
    set_aside(acme, ask_by_mail(acme, mail.survey))
    other = make_workspace(acme.world, "Other", "bob@other.example")
    set_aside(other, ask_by_mail(other, other.survey()))
    bob = other.signed_in()
    assert "After a call" not in bob.get(PAGE).text
    assert post(bob, button, page=PAGE).status_code == 404
    assert acme.responses() == []


@pytest.mark.parametrize(
    ("role", "may"),
    [("owner", True), ("admin", True), ("manager", True), ("member", False), ("viewer", False)],
)
def test_managers_and_above_decide(
    acme: Workspace, mail: AskedByMail, console: FlaskClient, role: str, may: bool
) -> None:
    set_aside(acme, mail)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Membership).values(role=role, sees_all=True))
    assert (console.get(PAGE).status_code == 200) == may
    if role == "viewer":
        assert PAGE not in console.get("/console/responses").text
