"""Whatever happens to responses, and in whatever order: the rollups stay what a recount says.

A machine of hypothesis makes, changes, hides, shows, moves, deletes, sets aside and restores
responses, lets them expire, and keeps its own plain list of what should count. After each step the
rollups, a recount by `sayso rollup check`'s own function, and that list must say the same.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.builders import World, ask_by_mail, make_workspace
from widget.actions.assign_answers import assign_answers
from widget.actions.assign_response import assign_response
from widget.actions.change_workspace import change_workspace
from widget.actions.delete_response import delete_response, expire_responses, keep_answers_for
from widget.actions.give_answer import give_answer, give_answer_within
from widget.actions.hide_response import set_hidden
from widget.actions.restore_answer import restore_answer
from widget.domain.context import Context
from widget.domain.errors import UnknownResponse
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.responses import ResponseHead
from widget.domain.retention import kept_since
from widget.domain.scales import KINDS, Kind
from widget.extensions import db
from widget.storage import held_answers, rollups
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import User
from widget.storage.surveys import PublishedSurvey, published_survey

# Half an hour of summer time, three quarters of an hour off, and the other side of the date line.
ZONES = ("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Honolulu")
STRANGERS = ("ann@gone.example", "bob@gone.example")
# Around both of Lord Howe's changes of its clock by half an hour, and around new year.
MOMENTS = st.sampled_from(
    [
        datetime(2026, 4, 4, 13, tzinfo=UTC),
        datetime(2026, 4, 4, 14, 30, tzinfo=UTC),
        datetime(2026, 10, 3, 13, 20, tzinfo=UTC),
        datetime(2026, 10, 3, 16, tzinfo=UTC),
        datetime(2026, 12, 31, 12, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 13, 1, tzinfo=UTC),
    ]
)
SAID = st.fixed_dictionaries(
    {"stars": st.integers(1, 5)},
    optional={
        "nps": st.sampled_from([0, 6, 9]),
        "comment": st.sampled_from(["", "Fine"]),
        "reward": st.sampled_from(["", "coffee"]),
    },
)
CLIENT = "c" * 16
_numbers = count(1)


@dataclass
class Known:
    """What the machine expects to be counted of a response. `member` is None for nobody."""

    survey: int
    at: datetime
    channel: str
    member: int | None
    given: str
    is_left_out: bool
    is_hidden: bool = False
    facts: dict[str, int] = field(default_factory=dict)

    def hear(self, said: dict[str, Any]) -> None:
        self.facts |= {kind: said[kind] for kind in KINDS if kind in said}
        for name in ("comment", "reward"):
            if said.get(name):
                self.facts[name] = 1
            elif name in said:
                self.facts.pop(name, None)


class Rollups(RuleBasedStateMachine):
    """One workspace in a world that all runs share."""

    responses = Bundle("responses")
    aside = Bundle("aside")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.known: dict[UUID, Known] = {}
        # What is set aside under a response's id and nobody has restored.
        self.held: dict[UUID, dict[str, Any]] = {}
        # What was deleted or has expired.
        self.gone: set[UUID] = set()

    @initialize()
    def open_workspace(self) -> None:
        number = next(_numbers)
        self.acme = make_workspace(self.world, f"Acme {number}", f"owner{number}@acme.example")
        with self.world.app.app_context():
            self._choose_zone(ZONES[0])
        self.members = [self.acme.member(name) for name in ("Ana", "Bo")]
        self.coffee = self.acme.reward("Coffee", votes=2)
        ids = [self.acme.survey("stars", name) for name in ("First", "Second")]
        with self.world.app.app_context():
            self.surveys = [self._published(id) for id in ids]
            self.owner = db.session.scalars(
                select(User.id).where(User.email == self.acme.owner)
            ).one()

    def _choose_zone(self, zone: str) -> None:
        self.zone = zone
        change_workspace(
            db.session, self.acme.id, name="Acme", time_zone=zone, at=self.world.clock()
        )

    def _published(self, public_id: str) -> PublishedSurvey:
        found = published_survey(db.session(), public_id)
        assert found is not None
        return found

    def _head(
        self, survey: PublishedSurvey, member: int | None, given: str, at: datetime, **more: Any
    ) -> ResponseHead:
        kind: Kind = "stars"
        context = Context(channel=more.pop("channel", ""), member=given)
        assert survey.version_id is not None
        return ResponseHead(
            workspace_id=self.acme.id,
            id=more.pop("id", None) or new_id(),
            survey_id=survey.id,
            version_id=survey.version_id,
            kind=kind,
            language="en",
            context=context,
            member_id=member,
            answered_at=at,
            **{"source": "widget", "is_test": False, **more},
        )

    def _learn(self, head: ResponseHead, said: dict[str, Any], is_recovery: bool = False) -> None:
        known = Known(
            head.survey_id,
            head.answered_at,
            head.context.channel,
            head.member_id,
            head.context.member,
            head.is_test or is_recovery,
        )
        known.hear(said)
        self.known[head.id] = known

    @rule(
        target=responses,
        said=SAID,
        survey=st.integers(0, 1),
        whose=st.sampled_from([0, 1, None, *STRANGERS]),
        channel=st.sampled_from(["", "chat"]),
        at=MOMENTS,
        is_test=st.sampled_from([False] * 5 + [True]),
    )
    def give(
        self,
        said: dict[str, Any],
        survey: int,
        whose: int | str | None,
        channel: str,
        at: datetime,
        is_test: bool,
    ) -> ResponseHead:
        member = self.members[whose] if isinstance(whose, int) else None
        given = whose if isinstance(whose, str) else ""
        head = self._head(self.surveys[survey], member, given, at, channel=channel, is_test=is_test)
        with self.world.app.app_context():
            give_answer(db.engine, head, self._answer(said), time_zone=self.zone)
        self._learn(head, said)
        return head

    @rule(target=responses, said=SAID, is_again=st.booleans(), at=MOMENTS)
    def answer_request(self, said: dict[str, Any], is_again: bool, at: datetime) -> ResponseHead:
        """A request by mail is answered; who is asked again after a follow-up counts nowhere."""
        first = next(iter(self.known), None)
        again = {"recovers_response_id": first} if is_again and first else {}
        asked = ask_by_mail(self.acme, self.surveys[0].public_id, **again)
        head = self._head(self.surveys[0], None, "", at, id=asked.id, source="email")
        with self.world.app.app_context(), write_connection(db.engine) as connection:
            give_answer_within(connection, head, self._answer(said), time_zone=self.zone)
        self._learn(head, said, is_recovery=bool(again))
        return head

    @rule(head=responses, said=SAID, minutes=st.sampled_from([1, 3_000]))
    def change(self, head: ResponseHead, said: dict[str, Any], minutes: int) -> None:
        """Later, on another day or not: a response stays on the day it was first given."""
        if head.id in self.gone:
            return
        at = head.answered_at + timedelta(minutes=minutes)
        with self.world.app.app_context():
            further = ResponseHead(**{**vars(head), "answered_at": at})
            give_answer(db.engine, further, self._answer(said), time_zone=self.zone, opens=False)
        self.known[head.id].hear(said)

    @rule(head=responses, hidden=st.booleans())
    def hide_or_show(self, head: ResponseHead, hidden: bool) -> None:
        if head.id in self.gone:
            return
        with self.world.app.app_context():
            set_hidden(db.session, self.acme.id, head.id, hidden=hidden, at=self.world.clock())
        self.known[head.id].is_hidden = hidden

    @rule(head=responses, member=st.integers(0, 1), may_move=st.booleans())
    def assign(self, head: ResponseHead, member: int, may_move: bool) -> None:
        if head.id in self.gone:
            return
        with self.world.app.app_context():
            assign_response(
                db.session,
                self.acme.id,
                head.id,
                self.members[member],
                may_move=may_move,
                user_id=self.owner,
                at=self.world.clock(),
            )
        known = self.known[head.id]
        if may_move or known.member is None:
            known.member = self.members[member]

    @rule(given=st.sampled_from(STRANGERS), member=st.integers(0, 1))
    def assign_name(self, given: str, member: int) -> None:
        with self.world.app.app_context():
            assign_answers(
                db.session,
                self.acme.id,
                given,
                self.members[member],
                user_id=self.owner,
                at=self.world.clock(),
            )
        for known in self.known.values():
            if known.given == given and known.member is None:
                known.member = self.members[member]

    @rule(target=aside, said=SAID, at=MOMENTS)
    def set_aside(self, said: dict[str, Any], at: datetime) -> ResponseHead:
        """What looks like a machine's answer counts nowhere until somebody restores it."""
        head = self._head(self.surveys[1], self.members[0], "", at)
        self._hold(head, said)
        return head

    @rule(target=aside, head=responses, said=SAID)
    def set_aside_another(self, head: ResponseHead, said: dict[str, Any]) -> ResponseHead:
        if head.id in self.gone:
            return head
        self._hold(head, said)
        return head

    def _hold(self, head: ResponseHead, said: dict[str, Any]) -> None:
        held = Held(head, self._answer(said), self.world.clock())
        with self.world.app.app_context(), write_connection(db.engine) as connection:
            held_answers.hold(connection, held, CLIENT, "set_aside", at=self.world.clock())
        self.held[head.id] = said

    @rule(target=responses, head=aside)
    def restore(self, head: ResponseHead) -> ResponseHead:
        """Twice, too, which changes nothing."""
        if head.id in self.gone:
            return head
        with self.world.app.app_context():
            restore_answer(
                db.engine,
                self.acme.id,
                held_answers.held_id(head.id, CLIENT),
                user_id=self.owner,
                at=self.world.clock(),
            )
        said = self.held.pop(head.id, {})
        if head.id in self.known:
            self.known[head.id].hear(said)
        else:
            self._learn(head, said)
        return head

    @rule(head=responses)
    def delete(self, head: ResponseHead) -> None:
        """Twice, too, which finds nothing."""
        with self.world.app.app_context():
            try:
                delete_response(db.session(), self.acme.id, head.id, at=self.world.clock())
            except UnknownResponse:
                assert head.id not in self.known
        self._forget(head.id)

    @rule(now=MOMENTS)
    def expire(self, now: datetime) -> None:
        """As if it were half a year later than one of the moments at which answers come."""
        later = now + timedelta(days=184)
        with self.world.app.app_context():
            keep_answers_for(db.session(), self.acme.id, 6)
            expire_responses(db.engine, later, budget_s=60)
            keep_answers_for(db.session(), self.acme.id, 0)
        for id, known in list(self.known.items()):
            if known.at < kept_since(later, 6):
                self._forget(id)

    def _forget(self, id: UUID) -> None:
        self.known.pop(id, None)
        self.gone.add(id)

    @rule(zone=st.sampled_from(ZONES))
    def change_zone(self, zone: str) -> None:
        with self.world.app.app_context():
            self._choose_zone(zone)

    @precondition(lambda self: self.known)
    @rule()
    def rebuild(self) -> None:
        with self.world.app.app_context(), write_connection(db.engine) as connection:
            rollups.count_everything_again(connection, self.acme.id)

    def _answer(self, said: dict[str, Any]) -> Answer:
        scores: dict[Kind, int] = {kind: said[kind] for kind in KINDS if kind in said}
        reward = self.coffee if said.get("reward") else said.get("reward")
        return Answer(scores=scores, comment=said.get("comment"), reward=reward, finished=True)

    @invariant()
    def rollups_say_what_should_count(self) -> None:
        if not hasattr(self, "acme"):
            return
        with self.world.app.app_context(), db.engine.connect() as connection:
            kept = rollups.rolled_up_counts(connection, self.acme.id)
            recounted = rollups.true_counts(connection, self.acme.id)
        assert kept == recounted
        assert kept == self._expected()

    def _expected(self) -> dict[rollups.RollupKey, int]:
        zone = ZoneInfo(self.zone)
        return Counter(
            (
                known.at.astimezone(zone).date(),
                known.survey,
                known.member or 0,
                known.channel,
                fact,
                value,
            )
            for known in self.known.values()
            if not known.is_left_out and not known.is_hidden
            for fact, value in known.facts.items()
        )


def test_rollups_stay_what_a_recount_says(any_world: World) -> None:
    run_state_machine_as_test(
        partial(Rollups, any_world),
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
