"""The worker reads what customers finished and changed, opens follow-ups, and lets rules act.

Each event is read at least once, and what it leads to is done once: whoever deals with a response
locks it first, and looks whether somebody has dealt with it already.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.apply_rules import apply_rules, fitting
from widget.actions.open_follow_up import open_by_rule, tell
from widget.domain.alert_rules import AlertRule, Said, whys
from widget.domain.events import EventName
from widget.domain.scales import KINDS, Kind
from widget.storage import answers
from widget.storage.alert_rules import Rules, rules_of
from widget.storage.alerting import Seen, changes_at, positive_from, said, seen
from widget.storage.engine import writing
from widget.storage.event_cursors import ReadEvent, cursors, events_after, move_cursors
from widget.storage.follow_up_rows import (
    add_note,
    newest_follow_up_of,
    recovered_by,
    reopen,
)
from widget.storage.ids import id_before
from widget.storage.leads import leads_of
from widget.storage.models import FollowUp
from widget.storage.rule_answers import answered_in
from widget.storage.rules import rules_in_order

_log = logging.getLogger(__name__)

READER = "alerts"
_NAMES: tuple[EventName, ...] = ("response.finished", "response.changed")
_TOGETHER = 500
# How long an event may take from its id to its commit, and clocks of nodes may differ.
_LOOK_BACK_S = 10.0
# How long an event that cannot be dealt with is tried again.
_KEEP_TRYING = timedelta(hours=1)


class RaiseAlerts:
    """Opens what is to be opened. Remembers what it has dealt with while it looks back on it."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._done: set[UUID] = set()
        self._positive_from: dict[int, int] = {}

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Deal with what is new; returns how many events that were."""
        read: set[UUID] = set()
        number = 0
        with Session(engine) as session:
            for workspace_id, since in cursors(engine, READER).items():
                fresh, failed = 0, []
                after = since
                while page := events_after(engine, workspace_id, after, _NAMES, _TOGETHER):
                    new = [event for event in page if event.id not in self._done]
                    failed += self._deal_with(session, workspace_id, new, now)
                    fresh += len(new)
                    read |= {event.id for event in page}
                    after = page[-1].id
                if fresh:
                    _advance(engine, workspace_id, since, after, failed, now)
                read -= {event.id for event in failed}
                number += fresh
        self._done = read
        return number

    def _deal_with(
        self, session: Session, workspace_id: int, events: Sequence[ReadEvent], now: datetime
    ) -> list[ReadEvent]:
        """Deal with a workspace's events; returns those that something went wrong with."""
        if not events:
            return []
        known = seen(session, {(workspace_id, event.response_id) for event in events})
        rules = rules_of(session, workspace_id)
        ruled = self._ruled(session, workspace_id, events, known)
        wanted = [
            event
            for event in events
            if event.id in ruled or self._is_of_interest(session, event, known, rules)
        ]
        session.rollback()
        failed = []
        for event in wanted:
            try:
                with writing(session):
                    self._act(session, event, now)
                if event.id in ruled:
                    # After the alert, so that a rule can give its follow-up to somebody else.
                    with writing(session):
                        self._apply_rules(session, event, now)
            except Exception:  # noqa: BLE001 - logged, and tried again
                # One response that cannot be dealt with must not hold up the others.
                _log.exception("Alerts could not deal with event %s.", event.id)
                failed.append(event)
        return failed

    def _is_of_interest(
        self, session: Session, event: ReadEvent, known: Seen, rules: Rules
    ) -> bool:
        """Whether an event leads to anything, as far as can be told without locking."""
        key = (event.workspace_id, event.response_id)
        response = known.responses.get(key)
        if response is None or not _may_alarm(response):
            return False
        return (
            key in known.followed_up
            or response["is_recovery"]
            or bool(whys(rules.of(response["survey_id"]), self._said(session, response)))
        )

    def _ruled(
        self, session: Session, workspace_id: int, events: Sequence[ReadEvent], known: Seen
    ) -> frozenset[UUID]:
        """The events that rules of the workspace act on, as far as can be told without locking."""
        rules = [rule for rule in rules_in_order(session, workspace_id) if rule.is_on]
        finished = {
            event.id: known.responses[workspace_id, event.response_id]
            for event in events
            if event.name == "response.finished"
            and (workspace_id, event.response_id) in known.responses
        }
        if not rules or not finished:
            return frozenset()
        answered = answered_in(session, workspace_id, list(finished.values()))
        return frozenset(
            id
            for id, response in finished.items()
            if _is_real(response) and fitting(rules, response, answered[response["id"]])
        )

    def _apply_rules(self, session: Session, event: ReadEvent, now: datetime) -> None:
        response = answers.find_response(
            session.connection(), event.workspace_id, event.response_id
        )
        if response is not None and _is_real(response):
            rules = rules_in_order(session, event.workspace_id)
            apply_rules(session, rules, response, home=self._home, at=now)

    def _act(self, session: Session, event: ReadEvent, now: datetime) -> None:
        response = answers.find_response(
            session.connection(), event.workspace_id, event.response_id
        )
        if response is None or not _may_alarm(response):
            return
        if response["is_recovery"] and event.name == "response.finished":
            _note_second_answer(session, response, event)
        rule = rules_of(session, event.workspace_id).of(response["survey_id"])
        now_said = self._said(session, response)
        found = newest_follow_up_of(session, event.workspace_id, event.response_id)
        why = whys(rule, now_said)
        if found is None and why:
            open_by_rule(session, response, rule, why, home=self._home, at=now)
        elif found is not None and event.name == "response.changed" and event.at > found.opened_at:
            self._note_change(session, found, response, event, rule, now_said, now)

    def _note_change(
        self,
        session: Session,
        found: FollowUp,
        response: Any,
        event: ReadEvent,
        rule: AlertRule,
        now_said: Said,
        now: datetime,
    ) -> None:
        """Say in the thread what the customer changed; open it again where that is a new alarm."""
        changes = changes_at(session, event.workspace_id, event.response_id, event.at)
        is_new = add_note(
            session, found, "change", at=event.at, data={"changes": changes}, id=event.id
        )
        before = whys(rule, _before(now_said, changes))
        why = [reason for reason in whys(rule, now_said) if reason not in before]
        if not is_new or found.status != "resolved" or not why:
            return
        reopen(session, found, now, why)
        data = {"from": "resolved", "to": "new", "why": why}
        add_note(session, found, "status", at=now, data=data)
        leads = {lead.user_id: lead for lead in leads_of(session, found.workspace_id)}
        tell(session, found, response, rule, why, leads, home=self._home, at=now, is_reopened=True)

    def _said(self, session: Session, response: Any) -> Said:
        version_id = response["version_id"]
        if version_id not in self._positive_from:
            # A version never changes.
            self._positive_from[version_id] = positive_from(session, version_id)
        return said(response, self._positive_from[version_id])


def _is_real(response: Any) -> bool:
    return response["hidden_at"] is None and response["finished_at"] is not None


def _may_alarm(response: Any) -> bool:
    return not response["is_test"] and _is_real(response)


def _before(now_said: Said, changes: Iterable[dict[str, Any]]) -> Said:
    """What a response said before some changes."""
    scores: dict[Kind, int] = dict(now_said.scores)
    before = now_said
    for change in changes:
        field, old = change["field"], change["old"]
        if field in KINDS:
            scores.pop(field, None)
            if old is not None:
                scores[field] = old
        elif field == "comment":
            before = replace(before, comment=old or "")
        elif field == "wants_contact":
            before = replace(before, wants_contact=bool(old))
    return replace(before, scores=scores)


def _note_second_answer(session: Session, response: Any, event: ReadEvent) -> None:
    first = recovered_by(session, event.workspace_id, event.response_id)
    if first is not None:
        data = {"kind": response["kind"], "score": response["score"]}
        add_note(session, first, "answer", at=event.at, data=data, id=event.id)


def _advance(
    engine: Engine,
    workspace_id: int,
    since: UUID,
    newest: UUID,
    failed: Sequence[ReadEvent],
    now: datetime,
) -> None:
    """Begin further on next time, but not past what is still to be tried."""
    waiting = [event.id for event in failed if now - event.at < _KEEP_TRYING]
    read_from = id_before(min([newest, *waiting]), _LOOK_BACK_S)
    if read_from > since:
        move_cursors(engine, READER, {workspace_id: read_from})
