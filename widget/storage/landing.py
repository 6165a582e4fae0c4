"""What the pages behind a mail's links ask, and what an answer there does to its request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from widget.domain.asking import AskingRules
from widget.domain.context import Context
from widget.storage.models import Customer, Member, Request, Response, Survey, Workspace


@dataclass(frozen=True)
class AskedRequest:
    """A request as its landing page needs it."""

    survey: str
    member_id: int | None
    language: str
    expires_at: datetime
    is_test: bool
    context: Context


def asked_request(session: Session, workspace_id: int, request_id: UUID) -> AskedRequest | None:
    """A request with what its answer will be about; None when there is none any more."""
    row = session.execute(
        select(Request, Customer, Survey.public_id)
        .join(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .join(Survey, Survey.id == Request.survey_id)
        .where(Request.workspace_id == workspace_id, Request.id == request_id)
    ).one_or_none()
    if row is None:
        return None
    request, customer, survey = row
    return AskedRequest(
        survey=survey,
        member_id=request.member_id,
        language=request.language or customer.language,
        expires_at=request.expires_at,
        is_test=request.is_test,
        context=Context(
            member=request.member_given,
            ref=request.ref,
            channel=request.channel,
            customer_email=customer.email or "",
            customer_name=customer.name,
            customer_id=customer.external_id,
            attributes=dict(request.properties or {}),
        ),
    )


@dataclass(frozen=True)
class MemberCard:
    """A member as customers see them. `photo` is an image's id; every text may be empty."""

    name: str
    title: str = ""
    bio: str = ""
    photo: str | None = None

    @property
    def initials(self) -> str:
        """One or two letters that stand where there is no photo."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def member_card(session: Session, workspace_id: int, member_id: int) -> MemberCard | None:
    """A member's card, archived or not: whoever helped, helped. Until somebody has approved the
    profile it has no more than the name."""
    member = session.scalar(
        select(Member).where(Member.workspace_id == workspace_id, Member.id == member_id)
    )
    if member is None:
        return None
    if not member.is_approved:
        return MemberCard(member.name)
    return MemberCard(member.name, member.title, member.bio, member.photo)


@dataclass(frozen=True)
class Answered:
    """What a response says already. Times are those of its first answer and its last change."""

    score: int
    answered_at: datetime
    updated_at: datetime


def answered(session: Session, workspace_id: int, response_id: UUID) -> Answered | None:
    """What counts for a link already; None when nothing does."""
    row = session.execute(_answered(workspace_id, response_id)).one_or_none()
    return Answered(row.score, row.answered_at, row.updated_at) if row else None


def answered_within(
    connection: Connection, workspace_id: int, response_id: UUID
) -> Answered | None:
    """The same inside an action's transaction."""
    row = connection.execute(_answered(workspace_id, response_id)).one_or_none()
    return Answered(row.score, row.answered_at, row.updated_at) if row else None


def _answered(workspace_id: int, response_id: UUID) -> Select[int, datetime, datetime]:
    return select(Response.score, Response.answered_at, Response.updated_at).where(
        Response.workspace_id == workspace_id, Response.id == response_id
    )


@dataclass(frozen=True)
class SurveyRules:
    """What settling an answer needs to know of its survey."""

    time_zone: str
    edit_days: int


def survey_rules(connection: Connection, survey_id: int) -> SurveyRules:
    """A survey's rules for answers, and the time zone of its workspace."""
    row = connection.execute(
        select(Survey.asking, Workspace.time_zone)
        .join(Workspace, Workspace.id == Survey.workspace_id)
        .where(Survey.id == survey_id)
    ).one()
    return SurveyRules(row.time_zone, AskingRules.from_json(row.asking).edit_days)
