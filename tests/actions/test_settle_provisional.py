"""Who touches the page and goes without a word counts after a quarantine, if it ends clean."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.builders import PHONE, AskedByMail, Workspace, ask_by_mail
from tests.web.landing.mailing import Reader, held, reader, request_of
from widget.actions.restore_answer import restore_answer
from widget.actions.settle_provisional import settle_due
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import HeldAnswer, LinkVisit, Revision, Rollup, Survey, User


def settle(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return settle_due(db.engine, acme.world.clock())


def standings(acme: Workspace) -> list[str]:
    return [row.standing for row in held(acme)]


@pytest.fixture
def mail(any_acme: Workspace) -> AskedByMail:
    return ask_by_mail(any_acme, any_acme.survey())


@pytest.fixture
def acme(any_acme: Workspace) -> Workspace:
    return any_acme


@pytest.fixture
def carla(acme: Workspace, mail: AskedByMail) -> Reader:
    return reader(acme, mail)


def test_it_counts_when_the_quarantine_has_ended_clean(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    assert carla.touch(carla.open(mail.path(4)), 4).status_code == 204
    touched_at = acme.world.clock()
    acme.world.clock.pass_time(seconds=599)
    assert settle(acme) == 0
    assert (acme.responses(), standings(acme)) == ([], ["provisional"])
    acme.world.clock.pass_time(seconds=1)
    assert settle(acme) == 1
    [response] = acme.responses()
    assert (response.id, response.stars, response.answered_at) == (mail.id, 4, touched_at)
    assert standings(acme) == ["counted"]
    request = request_of(acme, mail)
    assert (request.status, request.answered_at) == ("answered", touched_at)
    assert settle(acme) == 0


def test_until_then_it_counts_nowhere(acme: Workspace, mail: AskedByMail, carla: Reader) -> None:
    carla.touch(carla.open(mail.path(4)), 4)
    with acme.world.app.app_context():
        assert db.session.scalars(select(Rollup)).all() == []
        db.session.remove()
    assert request_of(acme, mail).status == "sent"


def test_it_is_set_aside_when_its_client_turns_out_to_be_a_machine(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.touch(carla.open(mail.path(1)), 1)
    for score in range(2, 6):
        acme.world.clock.pass_time(seconds=1)
        carla.open(mail.path(score))
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    [row] = held(acme)
    assert (row.standing, row.reasons) == ("set_aside", ["several_scores"])
    assert acme.responses() == []


def test_it_counts_where_nothing_is_known_of_its_client_any_more(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.touch(carla.open(mail.path(4)), 4)
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(delete(LinkVisit))
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    assert standings(acme) == ["counted"]
    assert [response.stars for response in acme.responses()] == [4]


def test_where_its_own_touch_is_forgotten_the_rest_of_what_its_client_did_is_judged(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    for score in (1, 2, 3):
        token = carla.open(mail.path(score))
    carla.touch(token, 3)
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(delete(LinkVisit).where(LinkVisit.act == "gesture"))
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    [row] = held(acme)
    assert (row.standing, row.reasons) == ("set_aside", ["several_scores"])


def test_the_button_takes_its_place(acme: Workspace, mail: AskedByMail, carla: Reader) -> None:
    token = carla.open(mail.path(4))
    carla.touch(token, 4)
    carla.press(token, score=2)
    assert standings(acme) == ["superseded"]
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 0
    assert [response.stars for response in acme.responses()] == [2]


def test_an_answer_from_elsewhere_takes_its_place_too(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.touch(carla.open(mail.path(4)), 4)
    reader(acme, mail, user_agent=PHONE).answer(mail, 2)
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    assert standings(acme) == ["superseded"]
    assert [response.stars for response in acme.responses()] == [2]


def test_a_gesture_that_comes_after_its_pages_button_is_nothing_new(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    token = carla.open(mail.path(4))
    carla.press(token, score=2)
    carla.touch(token, 4)
    assert held(acme) == []


def test_a_later_look_at_another_link_is_a_change_of_mind(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=2)
    carla.touch(carla.open(mail.path(5)), 5)
    acme.world.clock.pass_time(minutes=10)
    settle(acme)
    assert [response.stars for response in acme.responses()] == [5]


def test_after_the_edit_window_it_changes_nothing(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=29)
    token = carla.open(mail.path(5))
    with acme.world.app.app_context(), writing(db.session) as session:
        session.scalars(select(Survey)).one().asking = {"edit_days": 7}
    carla.touch(token, 5)
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 0
    assert [response.stars for response in acme.responses()] == [2]


def test_a_page_opened_at_the_end_of_the_window_may_change_it_when_the_quarantine_ends(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        session.scalars(select(Survey)).one().asking = {"edit_days": 7}
    carla.answer(mail, 2)
    acme.world.clock.pass_time(days=7)
    carla.touch(carla.open(mail.path(5)), 5)
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    assert [response.stars for response in acme.responses()] == [5]
    with acme.world.app.app_context():
        said = [row.changes[0]["new"] for row in db.session.scalars(select(Revision))]
    assert sorted(said) == [2, 5]


def test_a_touch_takes_no_words_back(acme: Workspace, mail: AskedByMail, carla: Reader) -> None:
    token = carla.open(mail.path(4))
    carla.press(token, score=4)
    carla.press(token, step="follow_up", main_score=4, comment="Between us", reasons="fast")
    acme.world.clock.pass_time(hours=2)
    stranger = reader(acme, mail, user_agent=PHONE)
    token = stranger.open(mail.path(5))
    stranger.post("gesture", token, step="follow_up", main_score=5, comment="")
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    [response] = acme.responses()
    assert (response.stars, response.comment, response.reasons) == (5, "Between us", ["fast"])


def test_a_machines_touch_never_takes_the_place_of_what_counts(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    carla.answer(mail, 5)
    acme.world.clock.pass_time(days=1)
    robot = reader(acme, mail, user_agent="curl/8.5.0")
    robot.touch(robot.open(mail.path(1)), 1)
    acme.world.clock.pass_time(minutes=10)
    settle(acme)
    assert standings(acme) == ["set_aside"]
    assert [response.stars for response in acme.responses()] == [5]


def test_who_was_restored_stays_so_when_they_touch_the_page_again(
    acme: Workspace, mail: AskedByMail
) -> None:
    odd = reader(acme, mail, user_agent="curl/8.5.0")
    odd.answer(mail, 4)
    with acme.world.app.app_context():
        user_id = db.session.scalars(select(User.id)).first()
        assert user_id is not None
        [row] = held(acme)
        restore_answer(db.engine, acme.id, row.id, user_id=user_id, at=acme.world.clock())
    acme.world.clock.pass_time(hours=3)
    token = odd.open(mail.path(2))
    odd.touch(token, 2)
    assert standings(acme) == ["restored"]
    odd.press(token, score=2)
    assert [response.stars for response in acme.responses()] == [2]


def test_the_last_choice_counts_and_the_quarantine_is_not_prolonged(
    acme: Workspace, mail: AskedByMail, carla: Reader
) -> None:
    token = carla.open(mail.path(4))
    carla.touch(token, 4)
    due = held(acme)[0].due_at
    carla.touch(token, 5)
    [row] = held(acme)
    assert (row.due_at, row.answer["scores"]) == (due, {"stars": 5})
    acme.world.clock.pass_time(minutes=10)
    settle(acme)
    assert [response.stars for response in acme.responses()] == [5]


def test_the_quarantine_is_a_setting(acme: Workspace, mail: AskedByMail, carla: Reader) -> None:
    acme.world.app.config["SAYSO_QUARANTINE_S"] = 60
    carla.touch(carla.open(mail.path(4)), 4)
    [row] = held(acme)
    assert row.due_at == acme.world.clock() + timedelta(seconds=60)


def test_two_workers_settle_it_once(acme: Workspace, mail: AskedByMail, carla: Reader) -> None:
    carla.touch(carla.open(mail.path(4)), 4)
    acme.world.clock.pass_time(minutes=10)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _n: settle(acme), range(4))) == 1
    assert len(acme.responses()) == 1


def test_one_that_cannot_be_settled_holds_up_no_other_and_is_put_off(
    acme: Workspace, mail: AskedByMail, carla: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    carla.touch(carla.open(mail.path(4)), 4)
    [poisoned] = held(acme)
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(HeldAnswer).values(head={}))
    other = ask_by_mail(acme, acme.survey())
    acme.world.clock.pass_time(seconds=1)
    second = reader(acme, other)
    second.touch(second.open(other.path(5)), 5)
    acme.world.clock.pass_time(minutes=10)
    assert settle(acme) == 1
    assert [response.id for response in acme.responses()] == [other.id]
    assert f"Held answer {poisoned.id}" in caplog.text
    waits = []
    for _ in range(4):
        caplog.clear()
        assert settle(acme) == 0
        assert caplog.text == ""
        due = next(row.due_at for row in held(acme) if row.id == poisoned.id)
        assert due
        waits.append((due - acme.world.clock()) // timedelta(minutes=1))
        acme.world.clock.pass_time(seconds=(due - acme.world.clock()).total_seconds())
        settle(acme)
    assert waits == [10, 20, 40, 60]
