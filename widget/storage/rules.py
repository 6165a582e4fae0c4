"""A workspace's rules, in their order, and what they did."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownRule
from widget.domain.rules.conditions import conditions_from_json, conditions_to_json
from widget.domain.rules.rule import Acted, Acts
from widget.domain.rules.rule import Rule as DomainRule
from widget.storage.models import Rule, RuleRun


def rules_in_order(session: Session, workspace_id: int) -> list[DomainRule]:
    """Every rule of a workspace, in the order in which they are looked at."""
    return [_rule(row) for row in session.scalars(_in_order(workspace_id))]


def rule_of(session: Session, workspace_id: int, id: int) -> DomainRule:
    """One of them. Raises UnknownRule."""
    return _rule(_row(session, workspace_id, id))


def put_rule(session: Session, workspace_id: int, rule: DomainRule, at: datetime) -> int:
    """Store a rule, a new one (id 0) after all others; returns its id. Raises UnknownRule."""
    if rule.id:
        row = _row(session, workspace_id, rule.id)
    else:
        row = Rule(workspace_id=workspace_id, place=_next_place(session, workspace_id))
        row.created_at = at
        session.add(row)
    row.name, row.is_on, row.stops = rule.name, rule.is_on, rule.stops
    row.with_tests, row.on_since = rule.with_tests, rule.on_since
    row.conditions, row.acts = conditions_to_json(rule.conditions), rule.acts.to_json()
    row.updated_at = at
    session.flush()
    return row.id


def move_rule(session: Session, workspace_id: int, id: int, by: int) -> bool:
    """Change places with the rule before (by -1) or after (by 1); returns whether there was one.
    Raises UnknownRule."""
    rows = list(session.scalars(_in_order(workspace_id).with_for_update()))
    at = next((place for place, row in enumerate(rows) if row.id == id), None)
    if at is None:
        raise UnknownRule("There is no such rule in this workspace.")
    is_moved = 0 <= at + by < len(rows)
    if is_moved:
        rows[at], rows[at + by] = rows[at + by], rows[at]
    for place, row in enumerate(rows):
        row.place = place
    return is_moved


def remove_rule(session: Session, workspace_id: int, id: int) -> None:
    """Forget a rule; what it did stays noted. Raises UnknownRule."""
    session.delete(_row(session, workspace_id, id))


def locked_rule_row(session: Session, workspace_id: int, id: int) -> Rule | None:
    """The row of a rule, locked: for taking turns."""
    return session.scalar(
        select(Rule)
        .where(Rule.workspace_id == workspace_id, Rule.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def acted_on(session: Session, workspace_id: int, response_id: UUID) -> tuple[Acted, ...] | None:
    """What rules did on a response; None where none has acted yet."""
    found = session.scalar(
        select(RuleRun.acted).where(
            RuleRun.workspace_id == workspace_id, RuleRun.response_id == response_id
        )
    )
    return None if found is None else tuple(Acted.from_json(one) for one in found)


def note_acted(
    session: Session, workspace_id: int, response_id: UUID, acted: list[Acted], at: datetime
) -> None:
    """Note that rules have acted on a response, which the caller has locked."""
    told = [one.to_json() for one in acted]
    session.add(RuleRun(workspace_id=workspace_id, response_id=response_id, acted=told, at=at))


def _in_order(workspace_id: int) -> Select[Rule]:
    return select(Rule).where(Rule.workspace_id == workspace_id).order_by(Rule.place, Rule.id)


def _next_place(session: Session, workspace_id: int) -> int:
    last = session.scalar(select(func.max(Rule.place)).where(Rule.workspace_id == workspace_id))
    return 0 if last is None else last + 1


def _row(session: Session, workspace_id: int, id: int) -> Rule:
    row = session.scalar(select(Rule).where(Rule.workspace_id == workspace_id, Rule.id == id))
    if row is None:
        raise UnknownRule("There is no such rule in this workspace.")
    return row


def _rule(row: Rule) -> DomainRule:
    return DomainRule(
        id=row.id,
        name=row.name,
        is_on=row.is_on,
        stops=row.stops,
        with_tests=row.with_tests,
        conditions=conditions_from_json(row.conditions),
        acts=Acts.from_json(row.acts),
        on_since=row.on_since,
    )
