"""Drafts that are made by themselves: one of each period, told by mail, and never sent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace
from tests.reporting import Desk
from widget.actions.schedule_reports import (
    MakeScheduledReports,
    schedule_report,
    stop_schedule,
)
from widget.domain.errors import ReportRefused, UnknownReport
from widget.domain.schedules import Schedule
from widget.extensions import db
from widget.storage import models, report_schedules
from widget.storage.engine import writing
from widget.storage.models import Membership, Message, Report, ReportSchedule, User, team_managers

HOME = "https://sayso.example"
QUARTERLY = Schedule("quarter", 2, 8, "UTC")


def schedule(desk: Desk, how: Schedule = QUARTERLY, **plan: Any) -> UUID:
    report, seat = desk.make(**plan), desk.seat()
    with desk.acme.world.app.app_context():
        return schedule_report(db.session(), seat, report, how, desk.acme.world.clock())


def work(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return MakeScheduledReports(HOME)(db.engine, acme.world.clock())


def made(acme: Workspace) -> list[Report]:
    """What schedules made, oldest first."""
    with acme.world.app.app_context():
        query = select(Report).where(Report.schedule_id.is_not(None)).order_by(Report.id)
        rows = list(db.session.scalars(query))
        db.session.expunge_all()
        return rows


def messages(acme: Workspace) -> list[Message]:
    with acme.world.app.app_context():
        rows = list(db.session.scalars(select(Message).order_by(Message.id)))
        db.session.expunge_all()
        return rows


def stopped(acme: Workspace) -> str:
    with acme.world.app.app_context():
        return db.session.scalars(select(ReportSchedule)).one().stopped_why


def test_each_quarter_a_draft_waits_for_review_and_its_maker_is_told(any_acme: Workspace) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    said = desk.answer(5, 11, comment="Good")
    schedule(desk, title="Review of Q3 2026")
    assert work(any_acme) == 0
    clock.moment = datetime(2027, 1, 2, 7, 59, tzinfo=UTC)
    assert work(any_acme) == 0
    clock.moment = datetime(2027, 1, 2, 8, 0, tzinfo=UTC)
    assert work(any_acme) == 1
    assert work(any_acme) == 0
    [row] = made(any_acme)
    assert (row.first_day, row.title) == (date(2026, 10, 1), "Review of Q4 2026")
    assert (row.finished_at, row.comments) == (None, [])
    found = desk.found(row.id)
    assert (found.figures.answers, found.by_schedule) == (1, True)
    [message] = messages(any_acme)
    assert (message.target, message.purpose) == (any_acme.owner, "report draft")
    assert message.content["link"] == f"{HOME}/console/reports/{row.id}"
    assert message.content["report"] is None
    desk.choose(row.id, said)
    clock.moment = datetime(2027, 4, 2, 8, 0, tzinfo=UTC)
    assert work(any_acme) == 1
    assert [one.first_day for one in made(any_acme)] == [date(2026, 10, 1), date(2027, 1, 1)]


def test_of_periods_that_nobody_was_there_for_the_last_alone_is_made_up(acme: Workspace) -> None:
    schedule(Desk.of(acme), Schedule("month", 1, 0, "UTC"))
    acme.world.clock.moment = datetime(2027, 5, 20, tzinfo=UTC)
    assert work(acme) == 1
    assert work(acme) == 0
    assert [one.first_day for one in made(acme)] == [date(2027, 4, 1)]


def test_two_workers_make_one_draft(any_acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk.of(any_acme)
    schedule(desk)
    any_acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    original = MakeScheduledReports._make
    calls = []

    def with_another_first(job: MakeScheduledReports, session: Any, due: Any, now: Any) -> None:
        if not calls:
            calls.append(1)
            # Another worker has read the same and is done before this one writes.
            session.rollback()
            MakeScheduledReports(HOME)(db.engine, now)
        original(job, session, due, now)

    monkeypatch.setattr(MakeScheduledReports, "_make", with_another_first)
    work(any_acme)
    assert len(made(any_acme)) == 1
    assert len(messages(any_acme)) == 1


def test_a_worker_that_dies_before_it_commits_makes_it_the_next_time(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(Desk.of(acme))
    acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)

    def dies(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MakeScheduledReports, "_add", dies)
        with pytest.raises(KeyboardInterrupt):
            work(acme)
    assert made(acme) == []
    assert work(acme) == 1
    assert len(made(acme)) == 1


def test_one_that_cannot_be_read_holds_up_no_other_and_is_tried_again(
    any_acme: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    broken, whole = schedule(desk), schedule(desk, client="Contoso")
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        row = session.get_one(ReportSchedule, (any_acme.id, broken))
        plan = row.plan
        row.plan, row.due_at = {**plan, "of_a_newer_sayso": 1}, row.due_at - timedelta(hours=1)
    clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert work(any_acme) == 2
    assert work(any_acme) == 0
    assert [one.schedule_id for one in made(any_acme)] == [whole]
    assert f"Schedule {broken} makes no report" in caplog.text
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.get_one(ReportSchedule, (any_acme.id, broken)).plan = plan
    clock.pass_time(hours=1)
    assert work(any_acme) == 1
    assert [one.schedule_id for one in made(any_acme)] == [whole, broken]


def test_who_loses_their_team_gets_no_more_of_it_and_the_list_says_why(acme: Workspace) -> None:
    team = acme.team("Support")
    acme.put_in(team, acme.member("Ana", email="ana@a.example"))
    acme.person("lead@acme.example", "manager", leads=(team,))
    schedule(Desk.of(acme).as_("lead@acme.example"), team=team)
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(team_managers.delete())
    acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert work(acme) == 1
    assert work(acme) == 0
    assert (made(acme), messages(acme)) == ([], [])
    assert "not yours to see" in stopped(acme)


@pytest.mark.parametrize("how", ["left", "switched off", "is a member only"])
def test_who_may_not_make_reports_any_more_gets_none(acme: Workspace, how: str) -> None:
    acme.person("lead@acme.example", "manager", sees_all=True)
    schedule(Desk.of(acme).as_("lead@acme.example"))
    with acme.world.app.app_context(), writing(db.session()) as session:
        user = session.scalars(select(User).where(User.email == "lead@acme.example")).one()
        if how == "switched off":
            user.active = False
        else:
            place = session.get_one(Membership, (user.id, acme.id))
            if how == "left":
                session.delete(place)
            else:
                place.role = "member"
    acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert work(acme) == 1
    assert (made(acme), messages(acme)) == ([], [])
    assert "may not make reports" in stopped(acme)


def test_a_schedule_is_stopped_by_who_made_it_or_who_manages_the_workspace(
    acme: Workspace,
) -> None:
    for email in ("one@acme.example", "other@acme.example"):
        acme.person(email, "manager", sees_all=True)
    desk = Desk.of(acme).as_("one@acme.example")
    first, second = schedule(desk), schedule(desk, client="Contoso")
    with acme.world.app.app_context():
        at = acme.world.clock()
    for who, id, may in (
        ("other@acme.example", first, False),
        ("one@acme.example", first, True),
        (acme.owner, second, True),
    ):
        seat = desk.as_(who).seat()
        with acme.world.app.app_context():
            if may:
                stop_schedule(db.session(), seat, id, at)
            else:
                with pytest.raises(UnknownReport):
                    stop_schedule(db.session(), seat, id, at)
    acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert work(acme) == 0


def test_pressing_again_changes_when_the_same_draft_comes(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    first = schedule(desk)
    again = schedule(desk, Schedule("quarter", 5, 9, "UTC"), title="Another title")
    assert again == first
    others = {schedule(desk, Schedule("month", 2, 8, "UTC")), schedule(desk, client="Contoso")}
    assert len(others | {first}) == 3
    with any_acme.world.app.app_context():
        row = db.session.get_one(ReportSchedule, (any_acme.id, first))
        assert (row.day, row.hour, row.plan["title"]) == (5, 9, "Another title")


def test_a_stopped_one_starts_again_when_it_is_asked_for_again(acme: Workspace) -> None:
    desk = Desk.of(acme)
    first, seat = schedule(desk), desk.seat()
    with acme.world.app.app_context():
        stop_schedule(db.session(), seat, first, acme.world.clock())
    assert schedule(desk) == first
    assert stopped(acme) == ""
    acme.world.clock.moment = datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert work(acme) == 1
    assert len(made(acme)) == 1


def test_one_person_has_so_many_at_most_and_stopped_ones_make_room(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_schedules, "MOST_SCHEDULES_OF_ONE", 2)
    desk, seat = Desk.of(acme), Desk.of(acme).seat()
    first, second = schedule(desk), schedule(desk, client="Contoso")
    with pytest.raises(ReportRefused, match="stop one first"):
        schedule(desk, client="Fabrikam")
    with acme.world.app.app_context():
        stop_schedule(db.session(), seat, second, acme.world.clock())
    third = schedule(desk, client="Fabrikam")
    with acme.world.app.app_context():
        assert set(db.session.scalars(select(ReportSchedule.id))) == {first, third}
    acme.person("other@acme.example", "manager", sees_all=True)
    schedule(desk.as_("other@acme.example"))


def test_nothing_is_made_each_week(acme: Workspace) -> None:
    with pytest.raises(ReportRefused, match="each month"):
        schedule(Desk.of(acme), Schedule("week", 0, 8, "UTC"))


def test_a_schedule_goes_by_the_workspaces_clock(acme: Workspace) -> None:
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(models.Workspace).values(time_zone="Asia/Kathmandu"))
    schedule(Desk.of(acme), Schedule("quarter", 1, 8, "Asia/Kathmandu"))
    acme.world.clock.moment = datetime(2027, 1, 1, 2, 14, tzinfo=UTC)
    assert work(acme) == 0
    acme.world.clock.moment = datetime(2027, 1, 1, 2, 15, tzinfo=UTC)
    assert work(acme) == 1
