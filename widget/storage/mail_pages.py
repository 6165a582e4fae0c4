"""What the console asks about mails."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.asking import AskingPolicy
from widget.domain.mail_wording import SurveyMail
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import Delivery, Request, Survey, SurveyVersion, Workspace
from widget.storage.surveys import survey_of


@dataclass(frozen=True)
class MailSetup:
    """What a survey's mails are made from. `definition` is the published one, else the draft."""

    survey_id: int
    public_id: str
    name: str
    definition: Definition
    mail: SurveyMail
    company: str
    policy: AskingPolicy
    test_mail_to: str


@dataclass(frozen=True)
class DeliveryRow:
    """A mail as the list shows it."""

    id: UUID
    request_id: UUID
    purpose: str
    recipient: str
    status: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    last_error: str
    survey: str
    survey_name: str
    is_test: bool


def mail_setup(session: Session, workspace_id: int, public_id: str) -> MailSetup:
    """A survey's mails. Raises UnknownSurvey."""
    survey = survey_of(session, workspace_id, public_id)
    workspace = session.get_one(Workspace, workspace_id)
    version = (
        session.get(SurveyVersion, survey.published_version_id)
        if survey.published_version_id
        else None
    )
    return MailSetup(
        survey_id=survey.id,
        public_id=survey.public_id,
        name=survey.name,
        definition=definition_from_json(version.definition if version else survey.draft),
        mail=SurveyMail.from_json(survey.mail),
        company=workspace.name,
        policy=AskingPolicy.from_json(workspace.asking),
        test_mail_to=workspace.test_mail_to,
    )


def newest_deliveries(
    session: Session,
    workspace_id: int,
    *,
    status: str = "",
    older_than: UUID | None = None,
    limit: int = 50,
) -> list[DeliveryRow]:
    """A workspace's mails, newest first, of one status if given."""
    rows = (
        select(Delivery, Survey.public_id, Survey.name)
        .join(
            Request,
            (Request.workspace_id == Delivery.workspace_id) & (Request.id == Delivery.request_id),
        )
        .join(Survey, Survey.id == Request.survey_id)
        .where(Delivery.workspace_id == workspace_id)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    if status:
        rows = rows.where(Delivery.status == status)
    if older_than:
        rows = rows.where(Delivery.id < older_than)
    return [
        DeliveryRow(
            id=row.id,
            request_id=row.request_id,
            purpose=row.purpose,
            recipient=row.recipient,
            status=row.status,
            attempts=row.attempts,
            due_at=row.due_at,
            sent_at=row.sent_at,
            last_error=row.last_error,
            survey=public_id,
            survey_name=name,
            is_test=row.is_test,
        )
        for row, public_id, name in session.execute(rows)
    ]


def delivery_counts(session: Session, workspace_id: int, since: datetime) -> dict[str, int]:
    """How many mails made since then are in each status, and all that still wait."""
    rows = session.execute(
        select(Delivery.status, func.count())
        .where(
            Delivery.workspace_id == workspace_id,
            (Delivery.created_at >= since) | Delivery.status.in_(("due", "sending", "accepted")),
        )
        .group_by(Delivery.status)
    )
    return {str(status): number for status, number in rows}
