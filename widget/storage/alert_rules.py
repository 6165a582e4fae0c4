"""When follow-ups are opened by themselves, and the chats that are told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from widget.domain.alert_rules import OFF
from widget.domain.alert_rules import AlertRule as Rule
from widget.domain.errors import UnknownAlertChannel
from widget.domain.messages import Channel
from widget.storage.models import AlertChannel, AlertRule, Message, Survey


@dataclass(frozen=True)
class Rules:
    """A workspace's rules. `of_all` holds for surveys that have none of their own."""

    of_all: Rule
    by_survey: dict[int, Rule]

    def of(self, survey_id: int) -> Rule:
        """The rule that holds for a survey."""
        return self.by_survey.get(survey_id, self.of_all)


def rules_of(session: Session, workspace_id: int) -> Rules:
    """A workspace's rules; what was never set is off."""
    rows = session.scalars(select(AlertRule).where(AlertRule.workspace_id == workspace_id)).all()
    found = {row.survey_id: Rule.from_json(row.rule) for row in rows}
    of_all = found.pop(None, OFF)
    return Rules(of_all, {id: rule for id, rule in found.items() if id is not None})


@dataclass(frozen=True)
class SurveyRule:
    """A survey in the list of rules; `rule` is None where that of all surveys holds."""

    public_id: str
    name: str
    rule: Rule | None


def survey_rules(session: Session, workspace_id: int) -> list[SurveyRule]:
    """Every survey of a workspace with the rule of its own, by name."""
    own = rules_of(session, workspace_id).by_survey
    rows = session.execute(
        select(Survey.id, Survey.public_id, Survey.name)
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.name, Survey.id)
    )
    return [SurveyRule(public_id, name, own.get(id)) for id, public_id, name in rows]


def put_rule(
    session: Session, workspace_id: int, survey_id: int | None, rule: Rule, at: datetime
) -> None:
    """Set the rule of a survey, or with None that of all others."""
    row = _row(session, workspace_id, survey_id)
    if row is None:
        row = AlertRule(workspace_id=workspace_id, survey_id=survey_id)
        session.add(row)
    row.rule, row.updated_at = rule.to_json(), at


def remove_rule(session: Session, workspace_id: int, survey_id: int) -> None:
    """Let the rule of all surveys hold for one again."""
    session.execute(
        delete(AlertRule).where(
            AlertRule.workspace_id == workspace_id, AlertRule.survey_id == survey_id
        )
    )


def locked_rule(session: Session, workspace_id: int, survey_id: int) -> AlertRule | None:
    """The row of the rule that holds for a survey, locked: for taking turns."""
    own = _row(session, workspace_id, survey_id, for_update=True)
    return own or _row(session, workspace_id, None, for_update=True)


def _row(
    session: Session, workspace_id: int, survey_id: int | None, *, for_update: bool = False
) -> AlertRule | None:
    query = select(AlertRule).where(
        AlertRule.workspace_id == workspace_id, AlertRule.survey_id.is_(None)
    )
    if survey_id is not None:
        query = select(AlertRule).where(
            AlertRule.workspace_id == workspace_id, AlertRule.survey_id == survey_id
        )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


@dataclass(frozen=True)
class ChatChannel:
    """A chat that can be told. `address` is a secret."""

    id: int
    kind: Channel
    name: str
    address: str


def channels_of(session: Session, workspace_id: int) -> list[ChatChannel]:
    """A workspace's chats, by name."""
    rows = session.scalars(
        select(AlertChannel)
        .where(AlertChannel.workspace_id == workspace_id)
        .order_by(AlertChannel.name, AlertChannel.id)
    )
    return [_channel(row) for row in rows]


def channel_of(session: Session, workspace_id: int, id: int) -> ChatChannel:
    """One of them. Raises UnknownAlertChannel."""
    row = session.scalar(
        select(AlertChannel).where(AlertChannel.workspace_id == workspace_id, AlertChannel.id == id)
    )
    if row is None:
        raise UnknownAlertChannel("There is no such channel in this workspace.")
    return _channel(row)


def add_channel(
    session: Session, workspace_id: int, kind: Channel, name: str, address: str, at: datetime
) -> None:
    session.add(
        AlertChannel(
            workspace_id=workspace_id, kind=kind, name=name, address=address, created_at=at
        )
    )


def remove_channel(session: Session, workspace_id: int, id: int) -> None:
    """Forget a chat; rules that name it tell one fewer."""
    session.execute(
        delete(AlertChannel).where(AlertChannel.workspace_id == workspace_id, AlertChannel.id == id)
    )


@dataclass(frozen=True)
class LastMessage:
    """What became of the last message to somewhere. `at` is when it was queued, or sent."""

    status: str
    error: str
    at: datetime


def last_message(
    session: Session, workspace_id: int, channel: Channel, targets: Collection[str] | None = None
) -> LastMessage | None:
    """The last alert or test by a channel, to one of some targets or to any; None before that."""
    query = select(Message).where(
        Message.workspace_id == workspace_id,
        Message.channel == channel,
        Message.purpose.in_(("alert", "alert_test")),
    )
    if targets is not None:
        query = query.where(Message.target.in_(targets))
    row = session.scalar(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(1))
    return LastMessage(row.status, row.last_error, row.sent_at or row.created_at) if row else None


def _channel(row: AlertChannel) -> ChatChannel:
    kind: Channel = "teams" if row.kind == "teams" else "slack"
    return ChatChannel(row.id, kind, row.name, row.address)
