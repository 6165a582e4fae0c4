"""Requests as an answer from within a mail needs them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, select

from widget.domain.asking import AskingPolicy
from widget.domain.context import Context
from widget.domain.mail_wording import SurveyMail
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import Customer, Member, Request, Survey, SurveyVersion
from widget.storage.models import Workspace as WorkspaceRow

_requests: Table = Request.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Asked:
    """A request with what answering it takes."""

    workspace_id: int
    id: UUID
    survey_id: int
    version_id: int
    definition: Definition
    mail: SurveyMail
    policy: AskingPolicy
    language: str
    member_id: int | None
    context: Context
    is_test: bool
    is_closed: bool
    expires_at: datetime


def asked(engine: Engine, workspace_id: int, request_id: UUID) -> Asked | None:
    """A request whose survey is published; None when there is none."""
    with engine.connect() as connection:
        row: Any = connection.execute(
            select(
                Request,
                Survey.published_version_id,
                SurveyVersion.definition,
                Survey.mail,
                Survey.closed_at,
                WorkspaceRow.asking.label("policy"),
                Customer.email,
                Customer.name,
                Customer.external_id,
                Customer.language.label("customer_language"),
                Member.email.label("member_email"),
            )
            .join(Survey, Survey.id == Request.survey_id)
            .join(SurveyVersion, SurveyVersion.id == Survey.published_version_id)
            .join(WorkspaceRow, WorkspaceRow.id == Request.workspace_id)
            .join(
                Customer,
                (Customer.workspace_id == Request.workspace_id)
                & (Customer.id == Request.customer_id),
            )
            .outerjoin(Member, Member.id == Request.member_id)
            .where(Request.workspace_id == workspace_id, Request.id == request_id)
        ).one_or_none()
    return _asked(row) if row else None


def _asked(row: Any) -> Asked:
    definition = definition_from_json(row.definition)
    return Asked(
        workspace_id=row.workspace_id,
        id=row.id,
        survey_id=row.survey_id,
        version_id=row.published_version_id,
        definition=definition,
        mail=SurveyMail.from_json(row.mail),
        policy=AskingPolicy.from_json(row.policy),
        language=row.language or row.customer_language or definition.main_language,
        member_id=row.member_id,
        context=Context(
            member=row.member_given or row.member_email or "",
            ref=row.ref,
            channel=row.channel,
            customer_email=(row.email or "")[:200],
            customer_name=row.name,
            customer_id=row.external_id,
            attributes=row.properties or {},
        ),
        is_test=row.is_test,
        is_closed=row.closed_at is not None,
        expires_at=row.expires_at,
    )
