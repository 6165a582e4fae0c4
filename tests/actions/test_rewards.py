"""Votes follow their responses, grants follow the votes, and nobody spends one twice."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, make_workspace
from widget.actions.announce_grants import AnnounceGrants
from widget.actions.change_rewards import retire_reward, save_reward
from widget.actions.decide_grant import Decider, approve_grant, decline_grant, hand_grant_over
from widget.actions.give_answer import give_answer
from widget.actions.hide_response import set_hidden
from widget.domain.context import Context
from widget.domain.errors import GrantRefused, UnknownGrant
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage.engine import write_connection
from widget.storage.grants import progress_of
from widget.storage.models import Event, Grant, Message, Response, User, Vote
from widget.storage.rewards import reward_of, reward_of_responses, used_budgets
from widget.storage.votes import follow_vote

ANA = "ana@acme.example"


@dataclass
class Praise:
    """A survey that asks for rewards for Ana, and what came of it."""

    acme: Workspace
    survey: str
    ana: int
    coffee: str

    def give(self, reward: str | None = None, score: int = 5, **details: object) -> UUID:
        """A response that suggests a reward, coffee unless another is named; returns its id."""
        chosen = self.coffee if reward is None else reward
        given = {"member": ANA, "reward": chosen, **details}
        return UUID(answer_survey(self.acme, self.survey, score, **given))

    def say(self, id: UUID, **answer: object) -> None:
        """A further answer in a response."""
        with self.acme.world.app.app_context():
            row = db.session.scalars(select(Response).where(Response.id == id)).one()
            head = ResponseHead(
                self.acme.id,
                id,
                row.survey_id,
                row.version_id,
                "stars",
                "en",
                "widget",
                False,
                Context(),
                row.member_id,
                self.acme.world.clock(),
            )
            scores = {"stars": row.stars} | answer.pop("scores", {})  # type: ignore[operator]
            db.session.rollback()
            said = Answer(scores=scores, **answer)  # type: ignore[arg-type]
            give_answer(db.engine, head, said, time_zone="UTC")

    def hide(self, id: UUID, hidden: bool = True) -> None:
        with self.acme.world.app.app_context():
            at = self.acme.world.clock()
            set_hidden(db.session(), self.acme.id, id, hidden=hidden, at=at)

    def grants(self) -> list[Grant]:
        with self.acme.world.app.app_context():
            db.session.rollback()
            rows = list(db.session.scalars(select(Grant).order_by(Grant.earned_at, Grant.id)))
            db.session.expunge_all()
            return rows

    def statuses(self) -> list[str]:
        return [grant.status for grant in self.grants()]

    def votes(self, reward: str | None = None) -> int:
        """How many votes count towards the next grant."""
        with self.acme.world.app.app_context():
            found = progress_of(db.session(), self.acme.id, self.ana)
            return next(one.votes for one in found if one.reward.id == (reward or self.coffee))

    def by(self, scope: Scope = EVERYTHING, not_for: int | None = None) -> Decider:
        with self.acme.world.app.app_context():
            user = db.session.scalars(select(User).order_by(User.id).limit(1)).one()
            return Decider(user.id, scope, not_for, self.acme.world.clock())

    def approve(self, id: UUID, by: Decider | None = None, time_zone: str = "UTC") -> None:
        by = by or self.by()
        with self.acme.world.app.app_context():
            approve_grant(
                db.session(), self.acme.id, id, by, time_zone=time_zone, link="https://x/mine"
            )

    def decline(self, id: UUID, reason: str = "Too dear") -> None:
        by = self.by()
        with self.acme.world.app.app_context():
            decline_grant(db.session(), self.acme.id, id, by, reason)

    def hand_over(self, id: UUID) -> None:
        by = self.by()
        with self.acme.world.app.app_context():
            on = by.at.date()
            hand_grant_over(db.session(), self.acme.id, id, by, on=on, note="Enjoy")

    def change(self, reward: str, **changes: object) -> None:
        with self.acme.world.app.app_context():
            stored = reward_of(db.session(), self.acme.id, reward)
            changed = replace(stored, **changes)  # type: ignore[arg-type]
            save_reward(db.session(), self.acme.id, changed, at=self.acme.world.clock())


def praise(acme: Workspace, **details: object) -> Praise:
    survey = acme.survey()
    acme.change(survey, ask_reward=True)
    ana = acme.member("Ana Silva", email=ANA)
    return Praise(acme, survey, ana, acme.reward("Coffee", **{"votes": 3, **details}))


@pytest.fixture
def ana(any_acme: Workspace) -> Praise:
    return praise(any_acme)


def test_the_third_vote_earns_the_reward_and_the_next_ones_count_towards_another(
    ana: Praise,
) -> None:
    ana.give()
    ana.give()
    assert (ana.statuses(), ana.votes()) == ([], 2)
    ana.give()
    assert (ana.statuses(), ana.votes()) == (["earned"], 0)
    ana.give()
    assert (ana.statuses(), ana.votes()) == (["earned"], 1)


def test_a_suggestion_that_comes_with_a_later_step_is_a_vote(ana: Praise) -> None:
    id = ana.give(reward="")
    assert ana.votes() == 0
    ana.say(id, reward=ana.coffee)
    ana.say(id, reward=ana.coffee, comment="Twice")
    assert ana.votes() == 1


def test_a_lower_score_withdraws_the_vote_and_a_higher_one_brings_it_back(ana: Praise) -> None:
    id = ana.give()
    ana.say(id, scores={"stars": 3})
    assert ana.votes() == 0
    ana.say(id, scores={"stars": 4})
    assert ana.votes() == 1


def test_another_reward_moves_the_vote_and_none_takes_it_away(ana: Praise) -> None:
    lunch = ana.acme.reward("Lunch", votes=3)
    id = ana.give()
    ana.say(id, reward=lunch)
    assert (ana.votes(), ana.votes(lunch)) == (0, 1)
    ana.say(id, reward="")
    assert (ana.votes(), ana.votes(lunch)) == (0, 0)


def test_tests_bad_scores_and_responses_about_nobody_are_no_votes(ana: Praise) -> None:
    ana.give(is_test=True)
    ana.give(score=3)
    ana.give(member="nobody@acme.example")
    ana.give(reward="unknown")
    assert ana.votes() == 0


def test_another_workspaces_reward_is_no_vote(ana: Praise) -> None:
    other = make_workspace(ana.acme.world, "Other", "olga@other.example")
    ana.give(reward=other.reward("Coffee", votes=1))
    assert ana.grants() == []


def test_a_hidden_response_takes_its_vote_and_the_grant_falls_back(ana: Praise) -> None:
    ids = [ana.give() for _ in range(3)]
    ana.hide(ids[1])
    [grant] = ana.grants()
    assert (grant.status, grant.votes_left) == ("withdrawn", 2)
    assert grant.withdrawn_at is not None
    assert ana.votes() == 2
    ana.hide(ids[1], hidden=False)
    assert (ana.statuses(), ana.votes()) == (["earned"], 0)
    assert ana.grants()[0].id == grant.id


def test_an_approved_grant_falls_back_too_and_must_be_approved_anew(ana: Praise) -> None:
    ids = [ana.give() for _ in range(3)]
    ana.approve(ana.grants()[0].id)
    ana.say(ids[0], scores={"stars": 1})
    assert ana.statuses() == ["withdrawn"]
    ana.give()
    [grant] = ana.grants()
    assert (grant.status, grant.decided_at) == ("earned", None)


def test_what_was_handed_over_stays_and_its_votes_are_spent(ana: Praise) -> None:
    lunch = ana.acme.reward("Lunch", votes=1)
    ids = [ana.give() for _ in range(3)]
    ana.approve(ana.grants()[0].id)
    ana.hand_over(ana.grants()[0].id)
    ana.hide(ids[0])
    ana.say(ids[1], scores={"stars": 1})
    # What has earned a coffee earns no lunch on top.
    ana.say(ids[2], reward=lunch)
    assert (ana.statuses(), ana.votes(), ana.votes(lunch)) == (["handed_over"], 0, 0)
    ana.hide(ids[0], hidden=False)
    assert (ana.statuses(), ana.votes()) == (["handed_over"], 0)


def test_votes_of_a_declined_grant_do_not_earn_it_again(ana: Praise) -> None:
    for _ in range(3):
        ana.give()
    with pytest.raises(GrantRefused, match="Say why"):
        ana.decline(ana.grants()[0].id, " ")
    ana.decline(ana.grants()[0].id)
    ana.give()
    [grant] = ana.grants()
    assert (grant.status, grant.reason, ana.votes()) == ("declined", "Too dear", 1)


def test_a_grant_remembers_the_votes_that_made_it(ana: Praise) -> None:
    ids = [ana.give() for _ in range(4)]
    with ana.acme.world.app.app_context():
        held = list(db.session.scalars(select(Vote.response_id).where(Vote.grant_id.is_not(None))))
    assert sorted(held) == sorted(ids[:3])


def test_the_threshold_is_that_of_the_version_the_customer_saw(ana: Praise) -> None:
    early = ana.give(score=4)
    ana.acme.change(ana.survey, reward_from=5)
    ana.give(score=4)
    assert ana.votes() == 1
    with ana.acme.world.app.app_context():
        every = [row.id for row in db.session.scalars(select(Response))]
        found = reward_of_responses(db.session(), ana.acme.id, every)
    assert {id: reward.name for id, reward in found.items()} == {early: "Coffee"}


def test_a_cheaper_reward_is_earned_by_the_votes_that_are_there(ana: Praise) -> None:
    ana.give()
    ana.give()
    ana.change(ana.coffee, votes=2)
    assert (ana.statuses(), ana.votes()) == (["earned"], 0)
    ana.change(ana.coffee, votes=5)
    assert ana.statuses() == ["earned"]


def test_a_retired_reward_keeps_what_was_earned(ana: Praise) -> None:
    ids = [ana.give() for _ in range(3)]
    with ana.acme.world.app.app_context():
        retire_reward(db.session(), ana.acme.id, ana.coffee, at=ana.acme.world.clock())
    assert ana.statuses() == ["earned"]
    ana.hide(ids[0])
    assert ana.statuses() == ["withdrawn"]


def test_what_happens_to_grants_is_among_the_events(ana: Praise) -> None:
    ids = [ana.give() for _ in range(3)]
    ana.hide(ids[0])
    ana.hide(ids[0], hidden=False)
    ana.approve(ana.grants()[0].id)
    with ana.acme.world.app.app_context():
        events = db.session.scalars(select(Event).order_by(Event.id)).all()
        names = [event.name for event in events if event.name.startswith("grant.")]
    assert names == ["grant.earned", "grant.withdrawn", "grant.earned", "grant.approved"]


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order_of_changes_there_are_as_many_grants_as_votes_are_worth(
    ana: Praise, seed: int
) -> None:
    chance = random.Random(seed)
    lunch = ana.acme.reward("Lunch", votes=3)
    said: dict[UUID, dict[str, object]] = {}
    for _turn in range(60):
        move = chance.choice(["give", "give", "score", "reward", "hide", "decide"])
        if move == "give" or not said:
            reward = chance.choice([ana.coffee, lunch])
            said[ana.give(reward)] = {"reward": reward, "score": 5, "hidden": False}
            continue
        id = chance.choice(list(said))
        if move == "score":
            said[id]["score"] = chance.choice([1, 3, 4, 5])
            ana.say(id, scores={"stars": said[id]["score"]})
        elif move == "reward":
            said[id]["reward"] = chance.choice([ana.coffee, lunch, ""])
            ana.say(id, scores={"stars": said[id]["score"]}, reward=said[id]["reward"])
        elif move == "hide":
            said[id]["hidden"] = not said[id]["hidden"]
            ana.hide(id, bool(said[id]["hidden"]))
        else:
            _decide(ana, chance)
        _check(ana, said)


def _decide(ana: Praise, chance: random.Random) -> None:
    open_ones = [grant for grant in ana.grants() if grant.status in ("earned", "approved")]
    if not open_ones:
        return
    grant = chance.choice(open_ones)
    if grant.status == "approved":
        ana.hand_over(grant.id)
    elif chance.random() < 0.3:
        ana.decline(grant.id)
    else:
        ana.approve(grant.id)


def _check(ana: Praise, said: dict[UUID, dict[str, object]]) -> None:
    grants = ana.grants()
    spent_ids = {one.id for one in grants if one.status in ("declined", "handed_over")}
    live_ids = {one.id for one in grants if one.status in ("earned", "approved")}
    with ana.acme.world.app.app_context():
        votes = {row.response_id: row.grant_id for row in db.session.scalars(select(Vote))}
        db.session.rollback()
    spent = {id for id, grant_id in votes.items() if grant_id in spent_ids}
    counting = Counter(
        words["reward"]
        for id, words in said.items()
        if id not in spent
        and words["reward"]
        and not words["hidden"]
        and int(str(words["score"])) >= 4
    )
    live = Counter(one.reward_id for one in grants if one.id in live_ids)
    assert live == {id: number // 3 for id, number in counting.items() if number >= 3}
    held = Counter(grant_id for grant_id in votes.values() if grant_id is not None)
    assert held == dict.fromkeys(spent_ids | live_ids, 3)


def test_answers_at_once_earn_each_grant_exactly_once(ana: Praise) -> None:
    ids = [ana.give(reward="") for _ in range(12)]
    start = threading.Barrier(len(ids))
    failures: list[BaseException] = []

    def suggest(id: UUID) -> None:
        try:
            start.wait()
            ana.say(id, reward=ana.coffee)
        except BaseException as error:  # noqa: BLE001 - shown by the test's thread
            failures.append(error)

    threads = [threading.Thread(target=suggest, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (ana.statuses(), ana.votes()) == (["earned"] * 4, 0)


def test_a_vote_withdrawn_while_somebody_approves_leaves_no_half_of_anything(
    ana: Praise,
) -> None:
    for _round in range(4):
        ids = [ana.give() for _ in range(3)]
        [grant] = [one for one in ana.grants() if one.status == "earned"]
        start = threading.Barrier(2)
        by = ana.by()

        def approve(id: UUID = grant.id, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                ana.approve(id, by)  # noqa: B023 - joined below, within this round
            except GrantRefused:
                return

        thread = threading.Thread(target=approve)
        thread.start()
        start.wait()
        ana.hide(ids[0])
        thread.join()
        assert "withdrawn" in ana.statuses()
        ana.hide(ids[0], hidden=False)
        [again] = [one for one in ana.grants() if one.status in ("earned", "approved")]
        ana.decline(again.id)


def test_two_managers_at_once_do_not_spend_a_budget_twice(ana: Praise) -> None:
    ana.change(ana.coffee, votes=1, budget=2)
    for _ in range(5):
        ana.give()
    ids = [grant.id for grant in ana.grants()]
    start, by = threading.Barrier(len(ids)), ana.by()
    refused: list[str] = []

    def approve(id: UUID) -> None:
        start.wait()
        try:
            ana.approve(id, by)
        except GrantRefused as error:
            refused.append(str(error))

    threads = [threading.Thread(target=approve, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(ana.statuses()) == {"approved": 2, "earned": 3}
    assert len(refused) == 3
    assert all("budget of 2 is used up" in sentence for sentence in refused)


def test_a_budget_is_a_calendar_months_in_the_workspaces_time_zone(ana: Praise) -> None:
    ana.change(ana.coffee, votes=1, budget=1)
    for _ in range(3):
        ana.give()
    first, second, third = (grant.id for grant in ana.grants())
    clock = ana.acme.world.clock
    # Half past midnight of December 1 in Berlin, November 30 in UTC.
    clock.moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    ana.approve(first, time_zone="Europe/Berlin")
    clock.pass_time(hours=1)
    with pytest.raises(GrantRefused, match="used up"):
        ana.approve(second, time_zone="Europe/Berlin")
    clock.moment = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    with pytest.raises(GrantRefused, match="used up"):
        ana.approve(second, time_zone="Europe/Berlin")
    clock.moment = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    ana.approve(second, time_zone="Europe/Berlin")
    with pytest.raises(GrantRefused, match="used up"):
        ana.approve(third, time_zone="Europe/Berlin")
    ana.change(ana.coffee, budget=2)
    ana.approve(third, time_zone="Europe/Berlin")


def test_what_was_approved_and_withdrawn_frees_its_budget(ana: Praise) -> None:
    ana.change(ana.coffee, votes=1, budget=1)
    id = ana.give()
    ana.approve(ana.grants()[0].id)
    ana.hide(id)
    with ana.acme.world.app.app_context():
        month = (ana.acme.world.clock() - timedelta(days=1), ana.acme.world.clock.moment)
        assert used_budgets(db.session(), ana.acme.id, *month) == {}


def test_a_grant_outside_ones_scope_is_not_there_and_ones_own_is_for_somebody_else(
    ana: Praise,
) -> None:
    for _ in range(3):
        ana.give()
    [grant] = ana.grants()
    with pytest.raises(UnknownGrant):
        ana.approve(grant.id, ana.by(Scope(teams=frozenset({99}))))
    with pytest.raises(GrantRefused, match="Somebody else"):
        ana.approve(grant.id, ana.by(Scope(member_id=ana.ana), not_for=ana.ana))
    assert ana.statuses() == ["earned"]


def test_handing_over_waits_for_approval(ana: Praise) -> None:
    for _ in range(3):
        ana.give()
    [grant] = ana.grants()
    with pytest.raises(GrantRefused, match="waits for approval"):
        ana.hand_over(grant.id)
    ana.approve(grant.id)
    with pytest.raises(GrantRefused, match="approved already"):
        ana.approve(grant.id)


def announced(acme: Workspace) -> list[tuple[str, str]]:
    """What the worker would send now, and to whom, oldest first."""
    with acme.world.app.app_context():
        AnnounceGrants("https://sayso.example")(db.engine, acme.world.clock())
        db.session.rollback()
        rows = db.session.scalars(select(Message).order_by(Message.created_at, Message.id))
        return [(row.target, row.content["subject"]) for row in rows]


def test_the_nearest_managers_are_told_once_when_the_dust_has_settled(ana: Praise) -> None:
    acme = ana.acme
    company = acme.team("Company")
    support = acme.team("Support", parent=company)
    acme.put_in(support, ana.ana)
    acme.person("lea@acme.example", "manager", leads=(company,))
    acme.person("max@acme.example", "manager", sees_all=True)
    ids = [ana.give() for _ in range(3)]
    assert announced(acme) == []
    acme.world.clock.pass_time(seconds=61)
    assert announced(acme) == [("lea@acme.example", "Ana Silva has earned: Coffee")]
    # Back and forth tells nobody anew.
    ana.hide(ids[0])
    ana.hide(ids[0], hidden=False)
    acme.world.clock.pass_time(minutes=5)
    assert len(announced(acme)) == 1


def test_a_slip_that_is_corrected_at_once_tells_nobody(ana: Praise) -> None:
    ids = [ana.give() for _ in range(3)]
    ana.say(ids[0], scores={"stars": 1})
    ana.acme.world.clock.pass_time(minutes=5)
    assert announced(ana.acme) == []


def test_without_managers_the_owner_is_told_and_the_member_when_it_is_approved(
    ana: Praise,
) -> None:
    for _ in range(3):
        ana.give()
    ana.acme.world.clock.pass_time(minutes=2)
    assert announced(ana.acme) == [(ana.acme.owner, "Ana Silva has earned: Coffee")]
    ana.approve(ana.grants()[0].id)
    assert announced(ana.acme)[1:] == [(ANA, "Yours: Coffee")]


def test_a_response_that_moves_to_another_member_takes_its_vote_along(ana: Praise) -> None:
    ben = ana.acme.member("Ben")
    id = ana.give()
    with ana.acme.world.app.app_context():
        table: Any = Response.__table__
        with write_connection(db.engine) as connection:
            connection.execute(table.update().where(table.c.id == id).values(member_id=ben))
            follow_vote(connection, ana.acme.id, id, ana.acme.world.clock())
        assert [row.member_id for row in db.session.scalars(select(Vote))] == [ben]
