"""Subscriptions: one mail for each period, of what its subscriber may see when it leaves."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError, Event

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from tests.builders import Workspace, answer_survey, make_workspace
from tests.following import user_id
from tests.subscribing import (
    MONTHLY,
    WEEKLY,
    Mails,
    deliver,
    keep,
    look,
    mails_made,
    run,
    set_clock,
    stored,
    subscribe,
    text_of,
)
from widget.actions import subscribe as acts
from widget.actions.change_people import remove_person
from widget.actions.change_workspace import change_workspace
from widget.actions.keep_filter import change_filter, forget_filter
from widget.domain.errors import SubscriptionRefused, UnknownFilter, UnknownSubscription
from widget.domain.schedules import Schedule, next_due
from widget.extensions import db
from widget.outbound.mail.transport import NoMailServer
from widget.storage import subscriptions
from widget.storage.engine import writing
from widget.storage.models import (
    Member,
    Membership,
    Message,
    Subscription,
    SubscriptionMail,
    User,
    team_managers,
)

# The 23rd of November 2026, when the clock starts, is a Monday.


def say(acme: Workspace, survey: str, day: int, *scores: int, **details: object) -> None:
    """Answers on a day of November."""
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    for score in scores:
        answer_survey(acme, survey, score, at=at, **details)


def teams_of_two(acme: Workspace) -> tuple[int, int, str]:
    """Two teams, each with a member who has answers of the week from the 23rd, and the survey."""
    ours, theirs = acme.team("Ours"), acme.team("Theirs")
    acme.put_in(ours, acme.member("Ana", email="ana@a.example"))
    acme.put_in(theirs, acme.member("Ben", email="ben@a.example"))
    survey = acme.survey()
    say(acme, survey, 24, 5, 5, 5, 5, 4, 5, 5, 5, 5, 4, 5, 5, member="ana@a.example")
    say(acme, survey, 25, 1, 1, 1, 2, member="ben@a.example")
    return ours, theirs, survey


def test_a_weekly_mail_is_of_the_week_before_it(any_acme: Workspace) -> None:
    survey, mails = any_acme.survey(), Mails()
    say(any_acme, survey, 22, 1)
    say(any_acme, survey, 23, 5)
    say(any_acme, survey, 29, 4)
    say(any_acme, survey, 30, 2, 2)
    subscribe(any_acme, keep(any_acme))
    run(any_acme, mails)
    assert mails.taken == []
    set_clock(any_acme, 2026, 11, 30, 8, 0, 5)
    run(any_acme, mails)
    [(recipient, message)] = mails.taken
    assert recipient == any_acme.owner
    text = text_of(message)
    assert "23 Nov 2026 – 29 Nov 2026" in text
    assert "Stars: 4.50" in text
    assert "n = 2, few: read with care" in text


def test_one_mail_for_each_period_however_often_and_by_how_many_is_looked(
    any_acme: Workspace,
) -> None:
    mails = Mails()
    subscribe(any_acme, keep(any_acme))
    set_clock(any_acme, 2026, 11, 30, 9)
    for _ in range(3):
        look(any_acme)
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        # As if the worker had died between the mail and the next time.
        session.execute(update(Subscription).values(next_due_at=any_acme.world.clock()))
    run(any_acme, mails)
    assert mails_made(any_acme) == [("2026-11-23", "sent")]
    assert stored(any_acme)[0].next_due_at == datetime(2026, 12, 7, 8, tzinfo=UTC)
    assert len(mails.taken) == 1


def test_workers_that_look_at_once_make_one_mail(any_acme: Workspace) -> None:
    for name in ("One", "Two", "Three"):
        subscribe(any_acme, keep(any_acme, name=name))
    set_clock(any_acme, 2026, 11, 30, 9)
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda _number: look(any_acme), range(6)))
    assert mails_made(any_acme) == [("2026-11-23", "due")] * 3


def test_one_that_cannot_be_dealt_with_does_not_hold_up_the_others(acme: Workspace) -> None:
    subscribe(acme, keep(acme, name="Broken"))
    subscribe(acme, keep(acme, name="Good"))
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Subscription).where(Subscription.name == "Broken").values(day=99))
    set_clock(acme, 2026, 11, 30, 9)
    assert look(acme) == 1
    assert mails_made(acme) == [("2026-11-23", "due")]


def test_the_database_refuses_a_second_mail_of_a_period(any_acme: Workspace) -> None:
    id = subscribe(any_acme, keep(any_acme))
    set_clock(any_acme, 2026, 11, 30, 9)
    look(any_acme)
    with any_acme.world.app.app_context():
        one = db.session.scalars(select(SubscriptionMail)).one()
        message = db.session.scalars(select(Message)).one()
        values = {column.name: getattr(message, column.name) for column in Message.__table__.c}
        other = SubscriptionMail(
            workspace_id=one.workspace_id,
            id=type(one.id)(int=7),
            subscription_id=id,
            occasion=one.occasion,
            first=one.first,
            last=one.last,
            created_at=one.created_at,
        )
        db.session.add(Message(**{**values, "id": other.id}))
        db.session.flush()
        db.session.add(other)
        with pytest.raises(IntegrityError):
            db.session.flush()


def test_of_missed_periods_the_latest_alone_is_sent(acme: Workspace) -> None:
    mails = Mails()
    subscribe(acme, keep(acme))
    set_clock(acme, 2026, 12, 24, 12)
    run(acme, mails)
    assert mails_made(acme) == [("2026-12-14", "sent")]
    assert stored(acme)[0].next_due_at == datetime(2026, 12, 28, 8, tzinfo=UTC)


def test_a_monthly_mail_is_of_the_month_before_it(acme: Workspace) -> None:
    mails, survey = Mails(), acme.survey("nps")
    say(acme, survey, 1, *[10] * 12)
    subscribe(acme, keep(acme), MONTHLY)
    set_clock(acme, 2026, 12, 1, 8)
    run(acme, mails)
    text = text_of(mails.taken[0][1])
    assert "1 Nov 2026 – 30 Nov 2026" in text
    assert "NPS: 100 (" in text


def test_the_period_and_the_hour_are_those_of_the_workspace(acme: Workspace) -> None:
    mails, survey = Mails(), acme.survey()
    zone = "Asia/Kathmandu"
    with acme.world.app.app_context():
        change_workspace(db.session(), acme.id, name="Acme", time_zone=zone, at=acme.world.clock())
    # Monday there, Sunday in Greenwich.
    answer_survey(acme, survey, 5, at=datetime(2026, 11, 29, 19, tzinfo=UTC))
    answer_survey(acme, survey, 3, at=datetime(2026, 11, 29, 18, tzinfo=UTC))
    subscribe(acme, keep(acme), Schedule("week", 0, 8, zone))
    assert stored(acme)[0].next_due_at == datetime(2026, 11, 30, 2, 15, tzinfo=UTC)
    set_clock(acme, 2026, 11, 30, 2, 15)
    run(acme, mails)
    assert "Stars: 3.00" in text_of(mails.taken[0][1])


def test_another_time_zone_moves_the_next_mail(acme: Workspace) -> None:
    subscribe(acme, keep(acme))
    with acme.world.app.app_context():
        at = acme.world.clock()
        change_workspace(db.session(), acme.id, name="Acme", time_zone="Asia/Tokyo", at=at)
    assert stored(acme)[0].next_due_at == datetime(2026, 11, 29, 23, tzinfo=UTC)


def test_days_of_the_filter_do_not_matter_but_all_else_of_it_does(acme: Workspace) -> None:
    mails, survey = Mails(), acme.survey()
    say(acme, survey, 24, 5, channel="chat")
    say(acme, survey, 24, 1, channel="email")
    subscribe(acme, keep(acme, "from=2020-01-01&to=2020-01-02&channel=chat"))
    set_clock(acme, 2026, 11, 30, 8)
    run(acme, mails)
    text = text_of(mails.taken[0][1])
    assert "Stars: 5.00" in text
    assert (
        "https://sayso.example/console/dashboard?from=2026-11-23&to=2026-11-29&channel=chat" in text
    )


def test_everybody_gets_the_numbers_of_their_own_scope(any_acme: Workspace) -> None:
    ours, _theirs, _survey = teams_of_two(any_acme)
    any_acme.person("lead@acme.example", "manager", leads=(ours,))
    shared = keep(any_acme, is_shared=True)
    subscribe(any_acme, shared)
    subscribe(any_acme, shared, by="lead@acme.example")
    set_clock(any_acme, 2026, 11, 30, 8)
    mails = Mails()
    run(any_acme, mails)
    said = {recipient: text_of(message) for recipient, message in mails.taken}
    assert "n = 16" in said[any_acme.owner]
    assert "n = 12" in said["lead@acme.example"]
    assert "n = 16" not in said["lead@acme.example"]


def test_the_scope_is_that_at_the_time_of_sending(any_acme: Workspace) -> None:
    ours, theirs, _survey = teams_of_two(any_acme)
    any_acme.person("lead@acme.example", "manager", leads=(ours, theirs))
    subscribe(any_acme, keep(any_acme, by="lead@acme.example"), by="lead@acme.example")
    set_clock(any_acme, 2026, 11, 30, 8)
    mails = Mails()
    mails.failure = NoMailServer("away")
    run(any_acme, mails)
    # Queued, and not sent yet: the team is taken away meanwhile.
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(delete(team_managers).where(team_managers.c.team_id == theirs))
    mails.failure = None
    any_acme.world.clock.pass_time(minutes=2)
    run(any_acme, mails)
    text = text_of(mails.taken[0][1])
    assert "n = 12" in text
    assert "n = 16" not in text


@pytest.mark.parametrize("names", ["team", "member"])
def test_a_filter_that_names_what_its_subscriber_lost_sends_nothing(
    acme: Workspace, names: str
) -> None:
    ours, theirs, _survey = teams_of_two(acme)
    acme.person("lead@acme.example", "manager", leads=(ours, theirs))
    query = f"team={theirs}"
    if names == "member":
        with acme.world.app.app_context():
            found = db.session.scalar(select(Member.public_id).where(Member.name == "Ben"))
        query = f"member={found}"
    subscribe(acme, keep(acme, query, by="lead@acme.example"), by="lead@acme.example")
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(delete(team_managers).where(team_managers.c.team_id == theirs))
    set_clock(acme, 2026, 11, 30, 8)
    mails = Mails()
    run(acme, mails)
    assert mails.taken == []
    [row] = stored(acme)
    assert (row.stopped_why, row.next_due_at) == ("not_theirs", None)
    assert mails_made(acme) == [("2026-11-23", "failed")]


def test_a_manager_without_a_team_gets_nothing(acme: Workspace) -> None:
    ours, _theirs, _survey = teams_of_two(acme)
    acme.person("lead@acme.example", "manager", leads=(ours,))
    subscribe(acme, keep(acme, by="lead@acme.example"), by="lead@acme.example")
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(delete(team_managers))
    set_clock(acme, 2026, 11, 30, 8)
    mails = Mails()
    run(acme, mails)
    assert mails.taken == []
    assert stored(acme)[0].stopped_why == "nothing_to_see"


def test_who_left_gets_nothing_not_even_by_a_place_elsewhere(acme: Workspace) -> None:
    acme.person("bo@acme.example", "viewer")
    other = make_workspace(acme.world, "Globex", "bo@globex.example")
    other.person("bo@acme.example", "owner")
    subscribe(acme, keep(acme, by="bo@acme.example"), by="bo@acme.example")
    set_clock(acme, 2026, 11, 30, 8)
    look(acme)
    bo = user_id(acme, "bo@acme.example")
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(
            delete(Membership).where(Membership.user_id == bo, Membership.workspace_id == acme.id)
        )
    mails = Mails()
    deliver(acme, mails)
    assert mails.taken == []
    assert stored(acme)[0].stopped_why == "left"


def test_taking_somebody_out_stops_their_subscriptions_and_forgets_their_own_filters(
    acme: Workspace,
) -> None:
    acme.person("bo@acme.example", "viewer")
    own = keep(acme, name="Own", by="bo@acme.example")
    shared = keep(acme, name="For all", by="bo@acme.example", is_shared=True)
    subscribe(acme, own, by="bo@acme.example")
    subscribe(acme, shared)
    bo, alice = user_id(acme, "bo@acme.example"), user_id(acme, acme.owner)
    with acme.world.app.app_context():
        remove_person(db.session(), acme.id, bo, actor=alice, at=acme.world.clock())
    bos, alices = stored(acme)
    assert (bos.stopped_why, bos.filter_id, bos.name) == ("left", None, "Own")
    assert (alices.stopped_why, alices.filter_id) == ("", shared)


def test_who_may_not_sign_in_any_more_gets_nothing(acme: Workspace) -> None:
    subscribe(acme, keep(acme))
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(User).values(active=False))
    set_clock(acme, 2026, 11, 30, 8)
    mails = Mails()
    run(acme, mails)
    assert (mails.taken, stored(acme)[0].stopped_why) == ([], "left")


def test_the_mail_goes_to_where_its_subscriber_is_now(acme: Workspace) -> None:
    subscribe(acme, keep(acme))
    set_clock(acme, 2026, 11, 30, 8)
    look(acme)
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(User).values(email="new@acme.example"))
    mails = Mails()
    deliver(acme, mails)
    assert [recipient for recipient, _message in mails.taken] == ["new@acme.example"]


def test_a_deleted_filter_stops_what_hangs_on_it(any_acme: Workspace) -> None:
    found = keep(any_acme)
    subscribe(any_acme, found)
    with any_acme.world.app.app_context():
        owner, at = user_id(any_acme, any_acme.owner), any_acme.world.clock()
        forget_filter(db.session(), any_acme.id, owner, found, manages=True, at=at)
    [row] = stored(any_acme)
    assert (row.stopped_why, row.filter_id, row.name) == ("filter_gone", None, "Ours")
    with any_acme.world.app.app_context(), pytest.raises(SubscriptionRefused):
        acts.start_again(db.session(), any_acme.id, owner, row.id, at=at)


def test_a_filter_that_is_not_shared_any_more_stops_with_others_but_not_with_its_owner(
    acme: Workspace,
) -> None:
    acme.person("bo@acme.example", "viewer")
    shared = keep(acme, is_shared=True)
    subscribe(acme, shared)
    subscribe(acme, shared, by="bo@acme.example")
    with acme.world.app.app_context():
        change_filter(
            db.session(),
            acme.id,
            user_id(acme, acme.owner),
            shared,
            "Mine",
            is_shared=False,
            manages=True,
            at=acme.world.clock(),
        )
    assert [row.stopped_why for row in stored(acme)] == ["", "not_shared"]


def test_nobody_subscribes_to_what_is_not_shared_with_them_nor_to_a_list(acme: Workspace) -> None:
    acme.person("bo@acme.example", "viewer")
    with pytest.raises(UnknownFilter):
        subscribe(acme, keep(acme), by="bo@acme.example")
    with pytest.raises(SubscriptionRefused):
        subscribe(acme, keep(acme, "q=x", name="List", page="responses"))


def test_subscribing_again_changes_when_it_comes(acme: Workspace) -> None:
    found = keep(acme)
    first = subscribe(acme, found)
    assert subscribe(acme, found, Schedule("week", 4, 17, "UTC")) == first
    assert subscribe(acme, found, MONTHLY) != first
    assert [(row.every, row.day) for row in stored(acme)] == [("week", 4), ("month", 1)]


def test_a_mail_at_once_is_an_extra_one_and_not_twice_a_minute(any_acme: Workspace) -> None:
    acme, mails = any_acme, Mails()
    id, owner = subscribe(acme, keep(acme)), user_id(acme, acme.owner)
    say(acme, acme.survey(), 17, 4)

    def now() -> None:
        with acme.world.app.app_context():
            acts.send_now(db.session(), acme.id, owner, id, at=acme.world.clock())

    now()
    with pytest.raises(SubscriptionRefused):
        now()
    run(acme, mails)
    assert "16 Nov 2026 – 22 Nov 2026" in text_of(mails.taken[0][1])
    set_clock(acme, 2026, 11, 30, 8)
    run(acme, mails)
    assert len(mails.taken) == 2


def test_nobody_touches_the_subscription_of_another(acme: Workspace) -> None:
    acme.person("bo@acme.example", "admin")
    id, bo = subscribe(acme, keep(acme)), user_id(acme, "bo@acme.example")
    with acme.world.app.app_context():
        session, at = db.session(), acme.world.clock()
        with pytest.raises(UnknownSubscription):
            acts.send_now(session, acme.id, bo, id, at=at)
        with pytest.raises(UnknownSubscription):
            acts.stop(session, acme.id, bo, id, at=at)
        with pytest.raises(UnknownSubscription):
            acts.remove(session, acme.id, bo, id)


def test_a_removed_subscription_sends_nothing_that_was_queued(acme: Workspace) -> None:
    id, mails = subscribe(acme, keep(acme), WEEKLY), Mails()
    set_clock(acme, 2026, 11, 30, 8)
    look(acme)
    with acme.world.app.app_context():
        acts.remove(db.session(), acme.id, user_id(acme, acme.owner), id)
    deliver(acme, mails)
    assert mails.taken == []
    assert stored(acme) == []


def test_who_presses_subscribe_twice_at_once_has_one(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, both = keep(any_acme), Barrier(2)

    def wait_for_the_other(schedule: Schedule, after: datetime) -> datetime:
        # The other cannot come that far as long as it is kept from looking, too.
        with suppress(BrokenBarrierError):
            both.wait(0.5)
        return next_due(schedule, after)

    monkeypatch.setattr(subscriptions, "next_due", wait_for_the_other)
    with ThreadPoolExecutor(2) as pool:
        ids = set(pool.map(lambda _number: subscribe(any_acme, found), range(2)))
    assert [row.id for row in stored(any_acme)] == [*ids]


def test_what_is_subscribed_to_while_it_is_deleted_stops(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, owner = keep(any_acme), user_id(any_acme, any_acme.owner)
    has_looked, is_deleted = Event(), Event()

    def delete_it() -> None:
        has_looked.wait(10)
        with any_acme.world.app.app_context():
            at = any_acme.world.clock()
            forget_filter(db.session(), any_acme.id, owner, found, manages=True, at=at)
        is_deleted.set()

    def wait_for_deletion(schedule: Schedule, after: datetime) -> datetime:
        has_looked.set()
        is_deleted.wait(0.5)
        return next_due(schedule, after)

    monkeypatch.setattr(subscriptions, "next_due", wait_for_deletion)
    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete_it)
        subscribe(any_acme, found)
        deleting.result()
    assert [row.stopped_why for row in stored(any_acme)] == ["filter_gone"]
    with pytest.raises(UnknownFilter):
        subscribe(any_acme, found)
