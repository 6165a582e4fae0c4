"""Somebody of the team changes when follow-ups are opened, and which chats are told."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.alert_rules import AlertRule, rule_problems
from widget.domain.alert_words import trial_content
from widget.domain.chat_addresses import NAME_LIMIT, chat_address_problem
from widget.domain.errors import InvalidAlerts
from widget.domain.messages import Channel
from widget.storage import alert_rules
from widget.storage.engine import writing
from widget.storage.leads import leads_of
from widget.storage.messages import add_message
from widget.storage.surveys import survey_of


def change_rule(
    session: Session, workspace_id: int, survey: str | None, rule: AlertRule, *, at: datetime
) -> None:
    """Set the rule of a survey by its public id, or with None that of all others.

    People who may not follow up and chats that are gone are left out. Raises InvalidAlerts and
    UnknownSurvey.
    """
    with writing(session):
        leads = {lead.user_id for lead in leads_of(session, workspace_id)}
        chats = {chat.id for chat in alert_rules.channels_of(session, workspace_id)}
        rule = replace(
            rule,
            people=tuple(id for id in rule.people if id in leads),
            channels=tuple(id for id in rule.channels if id in chats),
        )
        if problems := rule_problems(rule):
            raise InvalidAlerts(problems)
        survey_id = survey_of(session, workspace_id, survey).id if survey else None
        alert_rules.put_rule(session, workspace_id, survey_id, rule, at)


def remove_rule(session: Session, workspace_id: int, survey: str) -> None:
    """Let the rule of all surveys hold for one again. Raises UnknownSurvey."""
    with writing(session):
        survey_id = survey_of(session, workspace_id, survey).id
        alert_rules.remove_rule(session, workspace_id, survey_id)


def add_channel(
    session: Session, workspace_id: int, kind: Channel, name: str, address: str, *, at: datetime
) -> None:
    """Add a chat. Raises InvalidAlerts."""
    problems = {}
    if kind not in ("slack", "teams"):
        problems["kind"] = "Choose Slack or Microsoft Teams."
    if not name or len(name) > NAME_LIMIT:
        problems["name"] = f"Give it a name of at most {NAME_LIMIT} characters."
    if wrong := chat_address_problem(address):
        problems["address"] = wrong
    if problems:
        raise InvalidAlerts(problems)
    with writing(session):
        alert_rules.add_channel(session, workspace_id, kind, name, address, at)


def remove_channel(session: Session, workspace_id: int, id: int) -> None:
    """Forget a chat and its address. Raises UnknownAlertChannel."""
    with writing(session):
        alert_rules.channel_of(session, workspace_id, id)
        alert_rules.remove_channel(session, workspace_id, id)


def try_channel(
    session: Session, workspace_id: int, id: int, *, by: str, home: str, at: datetime
) -> None:
    """Queue a test to a chat. Raises UnknownAlertChannel."""
    with writing(session):
        chat = alert_rules.channel_of(session, workspace_id, id)
        _queue_trial(session, workspace_id, chat.kind, chat.address, by, home, at)


def try_mail(
    session: Session, workspace_id: int, address: str, *, by: str, home: str, at: datetime
) -> None:
    """Queue a test by mail."""
    with writing(session):
        _queue_trial(session, workspace_id, "mail", address, by, home, at)


def _queue_trial(
    session: Session,
    workspace_id: int,
    channel: Channel,
    target: str,
    by: str,
    home: str,
    at: datetime,
) -> None:
    content = trial_content(home, by)
    add_message(session, workspace_id, channel, target, content, purpose="alert_test", at=at)
