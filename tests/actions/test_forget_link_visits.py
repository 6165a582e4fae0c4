"""Visits of mails' links are forgotten in time; what was held by them is not."""

from datetime import timedelta

import pytest

from tests.builders import Workspace, ask_by_mail, make_workspace
from tests.web.landing.mailing import held, reader, visits
from widget.actions.forget_link_visits import ForgetLinkVisits
from widget.actions.settle_provisional import settle_due
from widget.extensions import db


def forget(acme: Workspace, days: int = 90) -> int:
    with acme.world.app.app_context():
        return ForgetLinkVisits(timedelta(days=days))(db.engine, acme.world.clock())


def test_visits_are_forgotten_at_their_age_and_not_before(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    robot = reader(acme, mail, user_agent="curl/8.5.0", pause_s=0)
    robot.answer(mail, 1)
    acme.world.clock.pass_time(days=20)
    robot.get(mail.path(4))
    acme.world.clock.pass_time(days=70)
    assert forget(acme) == 0
    acme.world.clock.pass_time(seconds=1)
    assert forget(acme) == 2
    assert [visit.score for visit in visits(acme)] == [4]
    [row] = held(acme)
    assert (row.standing, row.reasons[0]) == ("set_aside", "known_robot")
    assert acme.signed_in().get("/console/responses/set-aside").status_code == 200


def test_they_go_in_small_batches_from_every_workspace(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.actions.forget_link_visits._TOGETHER", 2)
    for workspace in (acme, make_workspace(acme.world, "Other", "bob@other.example")):
        mail = ask_by_mail(workspace, workspace.survey())
        for score in range(1, 4):
            reader(workspace, mail).get(mail.path(score))
    acme.world.clock.pass_time(days=91)
    assert [forget(acme), forget(acme), forget(acme)] == [4, 2, 0]


def test_what_an_answer_waits_to_be_judged_by_stays(any_acme: Workspace) -> None:
    acme = any_acme
    mail = ask_by_mail(acme, acme.survey())
    carla = reader(acme, mail)
    carla.touch(carla.open(mail.path(4)), 4)
    acme.world.clock.pass_time(days=91)
    assert forget(acme) == 0
    with acme.world.app.app_context():
        assert settle_due(db.engine, acme.world.clock()) == 1
    assert [response.stars for response in acme.responses()] == [4]
    assert forget(acme) == 2
    assert visits(acme) == []
