"""What was found behind scores is kept for whoever has the same scope, and not for long."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Workspace, make_workspace
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import ScoreFilter
from widget.domain.themes.findings import Findings
from widget.extensions import db
from widget.storage import themes
from widget.storage.engine import writing
from widget.storage.models import ThemeFinding
from widget.storage.themes import FRESH_FOR, KEPT_FOR, MOST_KEPT, MOST_WAITING, Claim, Kept

WANTED = ScoreFilter(date(2026, 11, 1), date(2026, 11, 23))
NOTHING = Findings((), ())


def ask_for(
    acme: Workspace,
    wanted: ScoreFilter = WANTED,
    scope: Scope = EVERYTHING,
    by: int | None = None,
) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        themes.ask_for(session, acme.id, scope, wanted, acme.world.clock(), by=by)


def claim(acme: Workspace, after: int = 0) -> Claim | None:
    with acme.world.app.app_context(), writing(db.session) as session:
        return themes.claim(session, acme.world.clock(), after=after)


def keep(acme: Workspace, claimed: Claim | None) -> bool:
    assert claimed is not None
    with acme.world.app.app_context(), writing(db.session) as session:
        return themes.keep(session, claimed, NOTHING, acme.world.clock())


def find(acme: Workspace, wanted: ScoreFilter = WANTED, scope: Scope = EVERYTHING) -> None:
    ask_for(acme, wanted, scope)
    assert keep(acme, claim(acme))


def latest(acme: Workspace, wanted: ScoreFilter = WANTED, scope: Scope = EVERYTHING) -> Kept:
    with acme.world.app.app_context():
        db.session.rollback()
        return themes.latest_for(db.session(), acme.id, scope, wanted, acme.world.clock())


def forget_old(acme: Workspace) -> int:
    with acme.world.app.app_context(), writing(db.session) as session:
        return themes.forget_old(session, acme.world.clock())


def test_what_is_asked_for_waits_until_it_is_found(any_acme: Workspace) -> None:
    acme = any_acme
    assert latest(acme) == Kept()
    ask_for(acme)
    assert latest(acme) == Kept(is_waiting=True)
    claimed = claim(acme)
    assert claimed is not None
    assert (claimed.scope, claimed.wanted) == (EVERYTHING, WANTED)
    # Nobody else finds it as well.
    assert claim(acme) is None
    assert keep(acme, claimed)
    assert latest(acme) == Kept(NOTHING, acme.world.clock())


def test_a_filter_is_the_same_in_whatever_order_it_says_so(any_acme: Workspace) -> None:
    find(any_acme, replace(WANTED, members=(3, None, 2), channels=("chat", "email")))
    said_otherwise = replace(WANTED, members=[None, 2, 3], channels={"email", "chat"})
    assert latest(any_acme, said_otherwise).findings == NOTHING
    assert latest(any_acme, replace(WANTED, members=(3, 2))).findings is None


def test_everything_of_a_filter_and_of_a_scope_reaches_the_worker(any_acme: Workspace) -> None:
    team, ana = any_acme.team("Desk"), any_acme.member("Ana")
    scope = Scope(teams=frozenset({team}), member_id=ana)
    wanted = ScoreFilter(
        date(2026, 11, 1),
        date(2026, 11, 2),
        surveys=(1,),
        members=(None, 2),
        teams=(team,),
        channels=("",),
        versions=(5,),
        languages=("de",),
        sources=("link",),
        clients=("Globex",),
        segments=("",),
    )
    ask_for(any_acme, wanted, scope)
    claimed = claim(any_acme)
    assert claimed is not None
    assert (claimed.scope, claimed.wanted) == (scope, wanted)


def test_what_was_found_is_shown_to_nobody_whose_scope_holds_others(any_acme: Workspace) -> None:
    acme = any_acme
    ours, theirs = acme.team("Ours"), acme.team("Theirs")
    ana, ben = acme.member("Ana", email="a@a.example"), acme.member("Ben", email="b@a.example")
    acme.put_in(ours, ana)
    acme.put_in(theirs, ben)
    leads_ours, leads_theirs = Scope(teams=frozenset({ours})), Scope(teams=frozenset({theirs}))
    find(acme, scope=leads_ours)
    assert latest(acme, scope=leads_ours).findings == NOTHING
    for other in (EVERYTHING, leads_theirs, Scope(teams=frozenset({ours, theirs})), Scope()):
        assert latest(acme, scope=other) == Kept()
    # The one member of the team sees the same, and may see what was found for the team.
    assert latest(acme, scope=Scope(member_id=ana)).findings == NOTHING
    # The team is another one now.
    acme.put_in(ours, ben)
    assert latest(acme, scope=leads_ours) == Kept()


def test_what_waits_is_forgotten_when_its_scope_has_changed(any_acme: Workspace) -> None:
    acme = any_acme
    team, ana = acme.team("Desk"), acme.member("Ana")
    ask_for(acme, scope=Scope(teams=frozenset({team})))
    acme.put_in(team, ana)
    assert claim(acme) is None
    assert latest(acme, scope=Scope(teams=frozenset({team}))) == Kept()


def test_another_workspace_keeps_its_own(any_acme: Workspace) -> None:
    find(any_acme)
    with any_acme.world.app.app_context():
        kept = themes.latest_for(
            db.session(), any_acme.id + 1, EVERYTHING, WANTED, any_acme.world.clock()
        )
    assert kept == Kept()


def test_an_hour_later_it_is_asked_for_again_and_shown_meanwhile(acme: Workspace) -> None:
    find(acme)
    found_at = acme.world.clock()
    assert not latest(acme).is_stale(found_at + FRESH_FOR - timedelta(seconds=1))
    acme.world.clock.pass_time(hours=1)
    assert latest(acme).is_stale(acme.world.clock())
    ask_for(acme)
    assert latest(acme) == Kept(NOTHING, found_at, is_waiting=True)
    assert keep(acme, claim(acme))
    assert latest(acme) == Kept(NOTHING, acme.world.clock())


def test_a_day_later_it_is_forgotten_looked_at_or_not(any_acme: Workspace) -> None:
    acme = any_acme
    find(acme)
    acme.world.clock.moment += KEPT_FOR - timedelta(seconds=1)
    assert forget_old(acme) == 0
    assert latest(acme).findings == NOTHING
    acme.world.clock.pass_time(seconds=1)
    assert latest(acme).findings is None
    assert forget_old(acme) == 1
    ask_for(acme)
    acme.world.clock.moment += KEPT_FOR
    assert forget_old(acme) == 1
    assert claim(acme) is None


def test_forgetting_reaches_what_is_just_being_found(any_acme: Workspace) -> None:
    find(any_acme, replace(WANTED, channels=("chat",)))
    ask_for(any_acme)
    claimed = claim(any_acme)
    with any_acme.world.app.app_context(), writing(db.session) as session:
        themes.forget_all_of(session, any_acme.id)
    assert not keep(any_acme, claimed)
    # Asked for anew, what was begun before is still not wanted.
    ask_for(any_acme)
    assert not keep(any_acme, claimed)
    assert latest(any_acme) == Kept(is_waiting=True)
    assert latest(any_acme, replace(WANTED, channels=("chat",))) == Kept()


def test_who_comes_back_too_late_is_not_heard(any_acme: Workspace) -> None:
    ask_for(any_acme)
    late = claim(any_acme)
    any_acme.world.clock.pass_time(minutes=10)
    assert keep(any_acme, claim(any_acme))
    assert not keep(any_acme, late)


def test_what_fails_is_left_alone_and_tried_again(acme: Workspace) -> None:
    ask_for(acme)
    claimed = claim(acme)
    assert claimed is not None
    with acme.world.app.app_context(), writing(db.session) as session:
        themes.note_failure(session, claimed, acme.world.clock())
    assert latest(acme) == Kept(is_waiting=True, has_failed=True)
    assert claim(acme) is None
    acme.world.clock.pass_time(minutes=10)
    assert keep(acme, claim(acme))
    assert not latest(acme).has_failed


def test_the_oldest_make_room(acme: Workspace) -> None:
    def wanted(number: int) -> ScoreFilter:
        return replace(WANTED, channels=(f"c{number}",))

    for number in range(MOST_KEPT + 2):
        ask_for(acme, wanted(number))
        acme.world.clock.pass_time(seconds=1)
    waiting = [latest(acme, wanted(number)).is_waiting for number in range(MOST_KEPT + 2)]
    assert waiting == [False, False] + [True] * MOST_KEPT


@pytest.mark.parametrize("change", [{"first": date(2026, 11, 2)}, {"last": date(2026, 11, 22)}])
def test_other_days_are_another_question(acme: Workspace, change: dict[str, Any]) -> None:
    find(acme)
    assert latest(acme, replace(WANTED, **change)) == Kept()


def wanted_of(channel: str) -> ScoreFilter:
    return replace(WANTED, channels=(channel,))


def test_nobody_has_more_than_a_few_waiting(any_acme: Workspace) -> None:
    many = [wanted_of(f"c{number}") for number in range(MOST_WAITING + 5)]
    for wanted in many:
        ask_for(any_acme, wanted, by=1)
    waiting = [latest(any_acme, wanted).is_waiting for wanted in many]
    assert waiting == [True] * MOST_WAITING + [False] * 5
    # Somebody else's waits beside them, and there is room again once one is found.
    ask_for(any_acme, wanted_of("theirs"), by=2)
    assert latest(any_acme, wanted_of("theirs")).is_waiting
    assert keep(any_acme, claim(any_acme))
    ask_for(any_acme, many[-1], by=1)
    assert latest(any_acme, many[-1]).is_waiting


def test_what_is_to_be_found_anew_waits_like_the_rest(acme: Workspace) -> None:
    find(acme, wanted_of("old"))
    for number in range(MOST_WAITING):
        ask_for(acme, wanted_of(f"c{number}"), by=1)
    ask_for(acme, wanted_of("old"), by=1)
    assert not latest(acme, wanted_of("old")).is_waiting
    ask_for(acme, wanted_of("old"), by=2)
    assert latest(acme, wanted_of("old")).is_waiting


def test_what_fails_keeps_nobody_from_asking(acme: Workspace) -> None:
    for number in range(MOST_WAITING):
        ask_for(acme, wanted_of(f"c{number}"), by=1)
        claimed = claim(acme)
        assert claimed is not None
        with acme.world.app.app_context(), writing(db.session) as session:
            themes.note_failure(session, claimed, acme.world.clock())
    ask_for(acme, by=1)
    assert latest(acme).is_waiting


def test_who_asks_for_much_pushes_out_only_their_own(any_acme: Workspace) -> None:
    def find_for(user: int, channel: str) -> None:
        ask_for(any_acme, wanted_of(channel), by=user)
        assert keep(any_acme, claim(any_acme))
        any_acme.world.clock.pass_time(seconds=1)

    find_for(1, "the owner's")
    find(any_acme, wanted_of("a report's"))
    for number in range(MOST_KEPT + 1):
        find_for(2, f"c{number}")
    assert latest(any_acme, wanted_of("the owner's")).findings == NOTHING
    assert latest(any_acme, wanted_of("a report's")).findings == NOTHING
    assert latest(any_acme, wanted_of("c0")) == Kept()
    assert latest(any_acme, wanted_of("c1")).findings == NOTHING


def test_workspaces_take_turns(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "bob@rival.example")
    for number in range(3):
        ask_for(any_acme, wanted_of(f"c{number}"))
    any_acme.world.clock.pass_time(seconds=1)
    ask_for(rival)
    turns, last = [], 0
    while claimed := claim(any_acme, after=last):
        last = claimed.workspace_id
        turns.append(last)
    assert turns == [any_acme.id, rival.id, any_acme.id, any_acme.id]


@pytest.mark.parametrize(
    "change",
    [
        {"filter": {"first": "2026-11-01", "last": "2026-11-02", "gone": ["x"]}},
        {"filter": {"first": "yesterday", "last": "2026-11-02"}},
        {"filter": {}},
        {"scope": {"everything": True}},
    ],
)
def test_what_cannot_be_read_any_more_is_forgotten_and_the_next_is_found(
    acme: Workspace, change: dict[str, Any]
) -> None:
    ask_for(acme)
    with acme.world.app.app_context(), writing(db.session) as session:
        row = session.scalars(select(ThemeFinding)).one()
        row.asked = {**row.asked, **change}
    acme.world.clock.pass_time(seconds=1)
    ask_for(acme, wanted_of("chat"))
    claimed = claim(acme)
    assert claimed is not None
    assert claimed.wanted == wanted_of("chat")
    assert latest(acme) == Kept()
