"""Open a follow-up on a response: by a rule, or by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from widget.domain.alert_rules import AlertRule
from widget.domain.alert_words import Alarm, alert_content
from widget.domain.assigning import leaders_above, least_busy, next_in_turn
from widget.domain.errors import UnknownResponse
from widget.domain.follow_ups import Why
from widget.domain.messages import Channel
from widget.domain.scales import KINDS, Kind
from widget.storage import answers
from widget.storage.alert_rules import channels_of, locked_rule
from widget.storage.due_rules import due_rules
from widget.storage.engine import writing
from widget.storage.follow_up_rows import (
    add_follow_up,
    add_note,
    newest_follow_up_of,
    open_follow_ups,
)
from widget.storage.leads import Lead, leadership, leads_of, rated_member, whose
from widget.storage.messages import add_message
from widget.storage.models import AlertRule as AlertRuleRow
from widget.storage.models import FollowUp, Rule
from widget.storage.surveys import survey_name


@dataclass(frozen=True)
class Opened:
    """A follow-up's id. `is_new` is False when the response had an open one already."""

    id: UUID
    is_new: bool


def open_by_hand(
    session: Session, workspace_id: int, response_id: UUID, *, user_id: int, at: datetime
) -> Opened:
    """Open a follow-up, which is then the opener's. Raises UnknownResponse."""
    with writing(session):
        response = answers.find_response(session.connection(), workspace_id, response_id)
        if response is None:
            raise UnknownResponse("There is no such response in this workspace.")
        found = newest_follow_up_of(session, workspace_id, response_id)
        if found is not None and found.resolved_at is None:
            return Opened(found.id, is_new=False)
        row = add_follow_up(session, response, why=["by_hand"], assignee_id=user_id, at=at)
        add_note(session, row, "status", at=at, user_id=user_id, data={"to": "new"})
        return Opened(row.id, is_new=True)


def open_by_rule(
    session: Session,
    response: Mapping[str, Any],
    rule: AlertRule,
    why: Sequence[Why],
    *,
    home: str,
    at: datetime,
    turns: Rule | None = None,
) -> int | None:
    """Open, assign and tell, inside a transaction that has locked the response; whose it is.

    `turns` is the locked row that keeps whose turn it was, where that is not the alert rule's.
    """
    leads = {lead.user_id: lead for lead in leads_of(session, response["workspace_id"])}
    assignee = leads.get(choose(session, response, rule, leads, turns) or 0)
    row = add_follow_up(
        session, response, why=why, assignee_id=assignee.user_id if assignee else None, at=at
    )
    add_note(session, row, "status", at=at, data={"to": "new", "why": list(why)})
    if assignee:
        add_note(session, row, "assignment", at=at, data={"to": assignee.user_id})
    tell(session, row, response, rule, why, leads, home=home, at=at)
    return row.assignee_id


def choose(
    session: Session,
    response: Mapping[str, Any],
    rule: AlertRule,
    leads: Mapping[int, Lead],
    turns: Rule | None = None,
) -> int | None:
    """Whom a rule assigns; None when that is nobody, or nobody who is left. `turns` as above."""
    workspace_id = response["workspace_id"]
    if rule.assign == "person":
        return next((id for id in rule.people if id in leads), None)
    if rule.assign == "in_turn":
        row: AlertRuleRow | Rule | None = turns or locked_rule(
            session, workspace_id, response["survey_id"]
        )
        last = row.last_user_id if row else None
        chosen = next_in_turn([id for id in rule.people if id in leads], last)
        if row is not None and chosen is not None:
            row.last_user_id = chosen
        return chosen
    member = rated_member(session, workspace_id, response["member_id"])
    if rule.assign == "nobody" or member is None:
        return None
    known = leadership(session, workspace_id, frozenset(leads))
    managers = leaders_above(member.team_id, known.teams, known.leaders, but=member.user_id)
    return least_busy(managers, open_follow_ups(session, workspace_id))


def tell(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    rule: AlertRule,
    why: Sequence[Why],
    leads: Mapping[int, Lead],
    *,
    home: str,
    at: datetime,
    is_reopened: bool = False,
) -> None:
    """Queue a rule's alerts, one for each address and chat."""
    alarm = alarm_of(session, row, response, why, leads, home)
    content = alert_content(alarm, is_reopened=is_reopened)
    for channel, target in dict.fromkeys(_targets(session, row, rule, leads)):
        add_message(session, row.workspace_id, channel, target, content, purpose="alert", at=at)


def _targets(
    session: Session, row: FollowUp, rule: AlertRule, leads: Mapping[int, Lead]
) -> list[tuple[Channel, str]]:
    mails = list(rule.mail_to)
    if rule.mail_assignee:
        mails += [one.email for one in whose(row.assignee_id, leads)]
    found: list[tuple[Channel, str]] = [("mail", address) for address in mails]
    chats = channels_of(session, row.workspace_id) if rule.channels else []
    return found + [(chat.kind, chat.address) for chat in chats if chat.id in rule.channels]


def alarm_of(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    why: Sequence[Why],
    leads: Mapping[int, Lead],
    home: str,
) -> Alarm:
    """What is told about a follow-up and its response."""
    member = rated_member(session, row.workspace_id, response["member_id"])
    assignee = leads.get(row.assignee_id or 0)
    return Alarm(
        follow_up_id=row.id,
        home=home,
        why=tuple(why),
        kind=cast(Kind, response["kind"]),
        scores={kind: response[kind] for kind in KINDS if response[kind] is not None},
        survey=survey_name(session, row.survey_id),
        member=member.name if member else response["member_given"],
        customer=response["customer_name"],
        channel=response["channel"],
        ref=response["ref"],
        # An alert goes to chats and addresses of people who lead nobody.
        comment=(response["comment"] or "") if response["comment_hidden_at"] is None else "",
        assignee=assignee.name if assignee else "",
        due=_due(session, row),
    )


def _due(session: Session, row: FollowUp) -> str:
    if row.due_at is None:
        return ""
    _rules, time_zone = due_rules(session, row.workspace_id)
    local = row.due_at.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M} ({time_zone})"
