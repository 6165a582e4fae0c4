"""Due dates of follow-ups, and the one mail that says that one is overdue."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import Workspace, answer_survey
from tests.following import HOME, alerts, last_alert, notes, raise_alerts, the_follow_up, user_id
from widget.actions.change_due_rules import change_due_rules
from widget.actions.note_follow_up import write_note
from widget.actions.remind_overdue import RemindOverdue
from widget.actions.work_on_follow_up import assign, resolve, set_due, set_status
from widget.domain.due_dates import Allowed, DueRules, due_at
from widget.domain.errors import FollowUpRefused
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import FollowUp, Membership


def bad_rating(acme: Workspace) -> FollowUp:
    answer_survey(acme, acme.survey(), 1, comment="Slow", customer_name="Kim")
    raise_alerts(acme)
    return the_follow_up(acme)


def act(acme: Workspace, action: Any, *given: Any, **more: Any) -> None:
    """Do something with the one follow-up, as its workspace's owner."""
    id = the_follow_up(acme).id
    with acme.world.app.app_context():
        by = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock(), **more}
        action(db.session, acme.id, id, *given, **by)


def give_to(acme: Workspace, email: str) -> None:
    act(acme, assign, user_id(acme, email), home=HOME)


def remind(acme: Workspace) -> int:
    with acme.world.app.app_context():
        db.session.rollback()
        return RemindOverdue(HOME)(db.engine, acme.world.clock())


def in_a_week(acme: Workspace) -> datetime:
    return acme.world.clock() + timedelta(days=7)


def test_what_opens_is_due_by_the_workspaces_rules(any_acme: Workspace) -> None:
    acme = any_acme
    rules = DueRules(
        days=tuple(range(7)), begins=0, ends=1440, allowed={"score": Allowed(5, "hours")}
    )
    with acme.world.app.app_context():
        change_due_rules(db.session(), acme.id, rules)
    found = bad_rating(acme)
    assert found.due_at == found.opened_at + timedelta(hours=5)
    # What is open keeps its date.
    with acme.world.app.app_context():
        change_due_rules(db.session(), acme.id, DueRules(allowed={}))
    assert the_follow_up(acme).due_at == found.due_at


def test_without_rules_of_its_own_a_workspace_has_ours(acme: Workspace) -> None:
    found = bad_rating(acme)
    assert found.due_at == due_at(found.opened_at, ["score"], DueRules(), "UTC")


def test_whoever_has_it_is_told_once_that_it_is_overdue(any_acme: Workspace) -> None:
    acme = any_acme
    acme.person("bo@acme.example", "admin")
    bad_rating(acme)
    give_to(acme, "bo@acme.example")
    assert remind(acme) == 0
    acme.world.clock.pass_time(days=7)
    assert remind(acme) == 1
    assert remind(acme) == 0
    assert alerts(acme, "overdue") == [("mail", "bo@acme.example")]
    said = last_alert(acme)
    assert said.subject == "1 of 5 stars: a follow-up of yours is overdue"
    assert said.link == f"{HOME}/console/follow-ups/{the_follow_up(acme).id}"
    assert dict(said.facts)["Due"].endswith("(UTC)")


def test_another_due_date_is_another_promise(acme: Workspace) -> None:
    bad_rating(acme)
    give_to(acme, acme.owner)
    acme.world.clock.pass_time(days=7)
    remind(acme)
    act(acme, set_due, in_a_week(acme))
    assert remind(acme) == 0
    acme.world.clock.pass_time(days=8)
    remind(acme)
    assert alerts(acme, "overdue") == [("mail", acme.owner)] * 2


def test_nobody_is_reminded_of_what_is_resolved_nobodys_or_without_a_date(
    acme: Workspace,
) -> None:
    bad_rating(acme)
    acme.world.clock.pass_time(days=7)
    assert remind(acme) == 0
    # Whoever takes over what is late sees that.
    give_to(acme, acme.owner)
    assert remind(acme) == 0
    act(acme, set_due, in_a_week(acme))
    act(acme, set_due, None)
    acme.world.clock.pass_time(days=8)
    assert remind(acme) == 0
    act(acme, set_due, in_a_week(acme))
    act(acme, resolve, "", asks_again=False)
    acme.world.clock.pass_time(days=8)
    assert remind(acme) == 0
    assert alerts(acme, "overdue") == []


def test_whoever_may_not_follow_up_any_more_is_told_nothing(acme: Workspace) -> None:
    acme.person("bo@acme.example", "admin")
    bad_rating(acme)
    give_to(acme, "bo@acme.example")
    with acme.world.app.app_context(), writing(db.session()) as session:
        key = {"user_id": user_id(acme, "bo@acme.example"), "workspace_id": acme.id}
        session.query(Membership).filter_by(**key).one().role = "viewer"
    acme.world.clock.pass_time(days=7)
    assert (remind(acme), remind(acme)) == (1, 0)
    assert alerts(acme, "overdue") == []


def test_a_due_date_is_still_to_come_and_stands_in_the_thread(acme: Workspace) -> None:
    bad_rating(acme)
    then = in_a_week(acme)
    act(acme, set_due, then)
    act(acme, set_due, then)
    act(acme, set_due, None)
    assert [note.data for note in notes(acme, "due")] == [{"to": then.isoformat()}, {"to": None}]
    with pytest.raises(FollowUpRefused, match="still to come"):
        act(acme, set_due, acme.world.clock())
    act(acme, resolve, "", asks_again=False)
    with pytest.raises(FollowUpRefused, match="resolved already"):
        act(acme, set_due, then)


def test_what_is_opened_again_is_due_anew(acme: Workspace) -> None:
    first = bad_rating(acme).due_at
    act(acme, resolve, "", asks_again=False)
    acme.world.clock.pass_time(days=7)
    act(acme, set_status, "waiting")
    found = the_follow_up(acme)
    assert (found.status, found.resolved_at) == ("waiting", None)
    assert found.due_at is not None
    assert first is not None
    assert found.due_at > max(first, acme.world.clock())


def test_the_first_reply_is_kept_and_a_plain_note_is_none(acme: Workspace) -> None:
    bad_rating(acme)
    act(acme, write_note, "Who knows Kim?", home=HOME)
    assert the_follow_up(acme).first_reply_at is None
    act(acme, write_note, "Called Kim.", tells_of_reply=True, home=HOME)
    then = acme.world.clock()
    acme.world.clock.pass_time(hours=2)
    act(acme, write_note, "Called Kim again.", tells_of_reply=True, home=HOME)
    assert the_follow_up(acme).first_reply_at == then
