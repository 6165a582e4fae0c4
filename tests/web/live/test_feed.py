"""The open streams of a process: who may open one, when they end, and that they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from tests.builders import Workspace, answer_survey, post
from tests.servers import wait_until
from tests.web.live.watching import read, subscription
from widget.domain.people_rules import PeopleRules
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Member, Membership, Team, User, team_managers
from widget.storage.profiles import set_people_rules
from widget.storage.seats import seat_of, standings
from widget.web.live import feed as feeds
from widget.web.live.feed import Feed, Rounds, TooManyStreams
from widget.web.live.listening import LARGEST_STREAM, Listener
from widget.web.live.subscriptions import Watcher
from widget.web.live.telling import Teller


def watcher(acme: Workspace, user_id: int = 1) -> Watcher:
    """The owner, who is user 1, or somebody who is not there."""
    with acme.world.app.app_context():
        found = standings(db.session(), [1])
    return Watcher(user_id, acme.id, found[1, acme.id])


@pytest.fixture
def feed(acme: Workspace) -> Iterator[Feed]:
    made: Feed = acme.world.app.extensions["sayso_live"]
    opened: list[Listener] = []
    open_stream = made.open
    made.open = lambda *args: opened.append(open_stream(*args)) or opened[-1]  # type: ignore[method-assign, func-returns-value]
    yield made
    for listener in opened:
        made.close(listener)
    wait_until(lambda: made._thread is None, "The end of the feed's thread")


def test_a_stored_answer_wakes_the_thread_which_tells_it(acme: Workspace, feed: Feed) -> None:
    survey = acme.survey()
    told = threading.Event()
    listener = feed.open(subscription(acme), watcher(acme))
    listener.on_news = told.set
    started = time.monotonic()
    answer_survey(acme, survey, 5)
    assert told.wait(10)
    [card] = read(listener.take())
    assert card.name == "card"
    assert time.monotonic() - started < 10


def test_the_thread_ends_with_the_last_stream_and_starts_again(acme: Workspace, feed: Feed) -> None:
    for _ in range(2):
        listener = feed.open(subscription(acme), watcher(acme))
        assert feed._thread is not None
        feed.close(listener)
        wait_until(lambda: feed._thread is None, "The end of the feed's thread")


def test_nobody_watches_too_often(
    acme: Workspace, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_OF_ONE", 2)
    monkeypatch.setattr(feeds, "MOST", 3)
    for _ in range(2):
        feed.open(subscription(acme), watcher(acme))
    with pytest.raises(TooManyStreams):
        feed.open(subscription(acme), watcher(acme))
    feed.open(subscription(acme), watcher(acme, 2))
    with pytest.raises(TooManyStreams):
        feed.open(subscription(acme), watcher(acme, 3))


def test_listeners_are_touched_only_where_they_live(acme: Workspace, feed: Feed) -> None:
    handed_over: list[Callable[[], None]] = []
    feed.deliver_by(handed_over.append)
    listener = feed.open(subscription(acme), watcher(acme))
    answer_survey(acme, acme.survey(), 5)
    wait_until(lambda: bool(handed_over), "The answer")
    assert listener.take() == b""
    for call in handed_over:
        call()
    assert [event.name for event in read(listener.take())] == ["card"]


def test_a_stream_ends_in_time_and_its_browser_comes_back_at_once(acme: Workspace) -> None:
    rounds = Rounds(acme.world.app, Teller(acme.world.app))
    listener = Listener(subscription(acme), ends_at=time.monotonic() - 1)
    for call in rounds.next(lambda: {listener: watcher(acme)}):
        call()
    assert listener.is_over
    assert listener.take().startswith(b"retry: ")


def test_a_stream_says_now_and_then_that_it_is_there(acme: Workspace) -> None:
    rounds = Rounds(acme.world.app, Teller(acme.world.app))
    listener = Listener(subscription(acme), ends_at=time.monotonic() + 60)
    rounds._here_at -= 100
    for call in rounds.next(lambda: {listener: watcher(acme)}):
        call()
    assert [event.name for event in read(listener.take())] == ["here"]


@pytest.mark.parametrize("cause", ["sign out", "role", "nothing"])
def test_a_stream_ends_when_its_seat_changes(acme: Workspace, cause: str) -> None:
    client = acme.person("bo@acme.example", "viewer")
    with acme.world.app.app_context():
        [(place, standing)] = [
            pair
            for pair in standings(db.session(), range(1, 9)).items()
            if pair[1].role == "viewer"
        ]
    listener = Listener(subscription(acme), ends_at=time.monotonic() + 60)
    rounds = Rounds(acme.world.app, Teller(acme.world.app))
    rounds._checked_at -= 100
    if cause == "sign out":
        post(client, "/console/account/sign-out", page="/console/stream")
    elif cause == "role":
        owner = acme.signed_in()
        changed = post(
            owner, f"/console/people/{place[0]}/role", page="/console/people", role="member"
        )
        assert changed.status_code < 400
    for call in rounds.next(lambda: {listener: Watcher(place[0], acme.id, standing)}):
        call()
    assert listener.is_over is (cause != "nothing")


@pytest.mark.parametrize("cause", ["leads no more", "team moved", "team hidden", "own profile"])
def test_a_stream_ends_when_somebody_may_see_other_answers_than_before(
    acme: Workspace, cause: str
) -> None:
    above, below, ana = acme.team("Above"), acme.team("Below"), acme.member()
    acme.person("bo@acme.example", "manager", leads=(above,))
    with acme.world.app.app_context(), writing(db.session) as session:
        bo = session.scalars(select(User).where(User.email == "bo@acme.example")).one()
        user_id = bo.id
        session.get_one(Team, below).parent_id = above
    if cause == "team hidden":
        with acme.world.app.app_context(), writing(db.session) as session:
            session.get_one(Membership, (user_id, acme.id)).role = "member"
            member = session.get_one(Member, ana)
            member.user_id, member.team_id = user_id, above
            set_people_rules(session, acme.id, PeopleRules(members_see_team=True))
    with acme.world.app.app_context():
        standing = standings(db.session(), [user_id])[user_id, acme.id]
        seat = seat_of(db.session(), user_id, acme.id)
        assert seat is not None
        assert seat.scope == standing.scope
    with acme.world.app.app_context(), writing(db.session) as session:
        if cause == "leads no more":
            session.execute(delete(team_managers))
        elif cause == "team moved":
            session.get_one(Team, below).parent_id = None
        elif cause == "team hidden":
            set_people_rules(session, acme.id, PeopleRules(members_see_team=False))
        else:
            session.get_one(Member, ana).user_id = user_id
    listener = Listener(subscription(acme, standing.scope), ends_at=time.monotonic() + 60)
    rounds = Rounds(acme.world.app, Teller(acme.world.app))
    rounds._checked_at -= 100
    for call in rounds.next(lambda: {listener: Watcher(user_id, acme.id, standing)}):
        call()
    assert listener.is_over


def test_a_browser_that_does_not_read_is_let_go(acme: Workspace) -> None:
    listener = Listener(subscription(acme), ends_at=time.monotonic() + 60)
    frame = b"x" * 10_000
    for _ in range(100):
        listener.put(frame)
    assert listener.is_over
    assert len(listener.take()) <= LARGEST_STREAM + 2 * len(frame)
    listener.put(frame)
    assert listener.take() == b""


def test_who_begins_to_watch_during_a_look_is_told_what_it_reads(acme: Workspace) -> None:
    rounds = Rounds(acme.world.app, Teller(acme.world.app))
    survey = acme.survey()
    early, late = (Listener(subscription(acme), time.monotonic() + 60) for _ in range(2))
    watchers = {early: watcher(acme)}
    asked = 0

    def watching() -> dict[Listener, Watcher]:
        nonlocal asked
        asked += 1
        if asked == 1:
            now = dict(watchers)
            # Between asking who watches and reading what happened.
            watchers[late] = watchers[early]
            answer_survey(acme, survey, 5)
            return now
        return watchers

    for call in rounds.next(watching):
        call()
    assert [event.name for event in read(early.take())] == ["card"]
    assert [event.name for event in read(late.take())] == ["card"]


def test_only_what_happens_from_then_on_is_told(acme: Workspace, feed: Feed) -> None:
    survey = acme.survey()
    for _ in range(2):
        # Again after nobody watched for a while.
        for score in (1, 2):
            answer_survey(acme, survey, score)
        told = threading.Event()
        listener = feed.open(subscription(acme), watcher(acme))
        listener.on_news = told.set
        id = UUID(answer_survey(acme, survey, 5)).hex
        assert told.wait(20)
        assert [event.data["id"] for event in read(listener.take())] == [id]
        feed.close(listener)
        wait_until(lambda: feed._thread is None, "The end of the feed's thread")
