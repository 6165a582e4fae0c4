"""From whom a response came, and by which campaign, for pages that lead there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, email_problem
from widget.domain.asks import Ask
from widget.storage.customers import known_customers
from widget.storage.models import Campaign, Request, Response


@dataclass(frozen=True)
class Origin:
    """`customer` is their id in the directory, None for somebody who is not in it. `client` and
    `segment` are what was known when they answered, "" for nothing. `campaign` is an id."""

    customer: UUID | None
    client: str
    segment: str
    campaign: int | None
    campaign_name: str


def origin_of(session: Session, response: Response) -> Origin:
    """What is known of where a response came from."""
    workspace_id = response.workspace_id
    asked = session.execute(
        select(Request.customer_id, Campaign.id, Campaign.name)
        .outerjoin(Campaign, Campaign.id == Request.campaign_id)
        .where(Request.workspace_id == workspace_id, Request.id == response.id)
    ).one_or_none()
    attributes = response.attributes or {}
    return Origin(
        customer=asked.customer_id if asked else _known(session, response),
        client=str(attributes.get("client", "")),
        segment=str(attributes.get("segment", "")),
        campaign=asked.id if asked else None,
        campaign_name=(asked.name or "") if asked else "",
    )


def _known(session: Session, response: Response) -> UUID | None:
    """Whom the page named that showed the widget."""
    email = response.customer_email.strip()
    email = customer_email(email) if email and not email_problem(email) else ""
    if not email and not response.customer_id:
        return None
    ask = Ask(email=email, external_id=response.customer_id)
    found = known_customers(session, response.workspace_id, [ask]).get(ask.customer_key)
    return found.id if found else None
