"""What it takes to ask the customer of a response again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.asks import Ask
from widget.domain.errors import UnknownResponse
from widget.storage.models import Customer, Member, Request, Response, Survey


@dataclass(frozen=True)
class AskAgain:
    """An ask like the one before, for the survey and the member of a response."""

    survey: str
    ask: Ask
    member_id: int | None
    is_test: bool


def ask_again_of(session: Session, workspace_id: int, response_id: UUID) -> AskAgain:
    """How the customer of a response is asked again: as in the request that it answered, where
    there was one, else as far as the response knows them. Raises UnknownResponse."""
    row = session.execute(
        select(Response, Survey.public_id, Request, Customer, Member)
        .join(Survey, Survey.id == Response.survey_id)
        .outerjoin(
            Request,
            (Request.workspace_id == Response.workspace_id) & (Request.id == Response.id),
        )
        .outerjoin(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .outerjoin(Member, Member.id == Response.member_id)
        .where(Response.workspace_id == workspace_id, Response.id == response_id)
    ).one_or_none()
    if row is None:
        raise UnknownResponse("There is no such response in this workspace.")
    response, survey, request, customer, member = row
    ask = _like(request, customer) if request and customer else _from(response)
    if member:
        ask = _about(ask, member)
    return AskAgain(survey, ask, response.member_id, response.is_test)


def _like(request: Request, customer: Customer) -> Ask:
    return Ask(
        email=customer.email or "",
        name=customer.name,
        external_id=customer.external_id,
        time_zone=customer.time_zone,
        language=request.language,
        country=request.country,
        member_id=request.member_given,
        channel=request.channel,
        ref=request.ref,
        external_url=request.external_url,
        brand=request.brand,
        tags=tuple(request.tags),
        properties=request.properties or {},
    )


def _from(response: Response) -> Ask:
    return Ask(
        email=response.customer_email,
        name=response.customer_name,
        external_id=response.customer_id,
        language=response.language,
        member_id=response.member_given,
        channel=response.channel,
        ref=response.ref,
        properties=response.attributes or {},
    )


def _about(ask: Ask, member: Member) -> Ask:
    return ask if ask.member_given else Ask(**{**vars(ask), "member_id": member.public_id})
