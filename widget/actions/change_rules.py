"""Somebody of the team changes what rules do, and in which order."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import InvalidRule
from widget.domain.events import EventName
from widget.domain.rules.rule import MOST_RULES, Acts, Rule, rule_problems
from widget.domain.tags import read_tag
from widget.storage import rules
from widget.storage.alert_rules import channels_of
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.leads import leads_of
from widget.storage.people import lock_workspace, people
from widget.storage.webhooks import webhooks_of


def save_rule(session: Session, workspace_id: int, rule: Rule, *, by: int, at: datetime) -> int:
    """Store a rule, a new one (id 0) after all others; returns its id.

    A rule that is switched on looks at what is finished from then on. People, chats and webhooks
    that are gone are left out. `by` is a user. Raises InvalidRule and UnknownRule.
    """
    with writing(session):
        # Two who add the last rule that there may be wait for one another.
        lock_workspace(session, workspace_id)
        before = rules.rule_of(session, workspace_id, rule.id) if rule.id else None
        rule = replace(rule, acts=_still_there(session, workspace_id, rule.acts))
        problems = rule_problems(rule)
        if before is None and len(rules.rules_in_order(session, workspace_id)) >= MOST_RULES:
            problems["name"] = f"There are {MOST_RULES} rules already; change or remove one."
        if problems:
            raise InvalidRule(problems)
        rule = replace(rule, acts=replace(rule.acts, tags=_tidy(rule.acts.tags)))
        id = rules.put_rule(session, workspace_id, _dated(rule, before, at), at)
        _note(session, workspace_id, replace(rule, id=id), "rule.saved", by, at)
        return id


def switch_rule(
    session: Session, workspace_id: int, id: int, *, is_on: bool, by: int, at: datetime
) -> None:
    """Switch a rule on, for what is finished from now on, or off. Raises UnknownRule."""
    with writing(session):
        before = rules.rule_of(session, workspace_id, id)
        rule = _dated(replace(before, is_on=is_on), before, at)
        rules.put_rule(session, workspace_id, rule, at)
        _note(session, workspace_id, rule, "rule.saved", by, at)


def move_rule(
    session: Session, workspace_id: int, id: int, *, later: bool, by: int, at: datetime
) -> None:
    """Let a rule change places with the one before or after. Raises UnknownRule."""
    with writing(session):
        if rules.move_rule(session, workspace_id, id, 1 if later else -1):
            rule = rules.rule_of(session, workspace_id, id)
            _note(session, workspace_id, rule, "rule.moved", by, at, later=later)


def remove_rule(session: Session, workspace_id: int, id: int, *, by: int, at: datetime) -> None:
    """Remove a rule; what it did stays. Raises UnknownRule."""
    with writing(session):
        rule = rules.rule_of(session, workspace_id, id)
        rules.remove_rule(session, workspace_id, id)
        _note(session, workspace_id, rule, "rule.removed", by, at)


def _still_there(session: Session, workspace_id: int, acts: Acts) -> Acts:
    leads = {lead.user_id for lead in leads_of(session, workspace_id)}
    users = {person.user_id for person in people(session, workspace_id)}
    chats = {chat.id for chat in channels_of(session, workspace_id)}
    hooks = {webhook.id for webhook in webhooks_of(session, workspace_id)}
    return replace(
        acts,
        people=tuple(id for id in acts.people if id in leads),
        mail_people=tuple(id for id in acts.mail_people if id in users),
        channels=tuple(id for id in acts.channels if id in chats),
        webhooks=tuple(id for id in acts.webhooks if id in hooks),
    )


def _tidy(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_tag(tag) for tag in tags))


def _dated(rule: Rule, before: Rule | None, at: datetime) -> Rule:
    if not rule.is_on:
        return replace(rule, on_since=None)
    return replace(rule, on_since=(before.on_since if before else None) or at)


def _note(
    session: Session,
    workspace_id: int,
    rule: Rule,
    name: EventName,
    by: int,
    at: datetime,
    **further: bool,
) -> None:
    data = {"rule": rule.id, "name": rule.name, "is_on": rule.is_on, "by": by, **further}
    append_event(session, name, workspace_id=workspace_id, survey_id=None, at=at, data=data)
