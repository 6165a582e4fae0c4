"""What of the stream tables is one customer's: their requests, and the responses that are theirs.

A response is theirs when it has the id of a request to them, or when the page that showed the
widget gave their address or the team's own id, of today or of before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, spellings
from widget.storage.chunks import chunks
from widget.storage.customer_aliases import all_keys_of
from widget.storage.models import Customer, MergedCustomer, Request, Response
from widget.storage.search import found_in


@dataclass(frozen=True)
class Traces:
    """The ids of all that is a customer's. A request's response has the request's id."""

    requests: frozenset[UUID]
    responses: frozenset[UUID]


def merged_into(session: Session, workspace_id: int, id: UUID) -> UUID | None:
    """Whom somebody is now who was merged into another; None when nobody with this id was."""
    return session.scalar(
        select(MergedCustomer.customer_id).where(
            MergedCustomer.workspace_id == workspace_id, MergedCustomer.id == id
        )
    )


def traces_of(session: Session, customer: Customer) -> Traces:
    """All that is a customer's, whoever may see it."""
    workspace_id = customer.workspace_id
    requests = frozenset(
        session.scalars(
            select(Request.id).where(
                Request.workspace_id == workspace_id, Request.customer_id == customer.id
            )
        )
    )
    responses = set(_stored(session, workspace_id, requests))
    responses |= responses_naming(session, customer)
    return Traces(requests, frozenset(responses))


def responses_naming(session: Session, customer: Customer) -> set[UUID]:
    """The responses of which a page, or a request, said that they are from a customer."""
    keys, workspace_id = all_keys_of(session, customer), customer.workspace_id
    found: set[UUID] = set()
    for email in keys.emails:
        found |= responses_named(session, workspace_id, email=email, external_id="")
    for id in keys.external_ids:
        found |= responses_named(session, workspace_id, email="", external_id=id)
    return found


def responses_named(
    session: Session, workspace_id: int, *, email: str, external_id: str
) -> set[UUID]:
    """The responses of which a page, or a request, said that they are from somebody."""
    found: set[UUID] = set()
    if external_id:
        found |= set(
            session.scalars(
                select(Response.id).where(
                    Response.workspace_id == workspace_id,
                    Response.customer_id == external_id,
                    # Says to the database that the index of those who have one will do.
                    Response.customer_id != literal_column("''"),
                )
            )
        )
    if email:
        # The words of an address are in the index of what is searched; who exactly is compared
        # here, as pages write addresses in any case and spelling.
        query = select(Response.id, Response.customer_email).where(
            Response.workspace_id == workspace_id
        )
        dialect = session.get_bind().dialect.name
        for spelling in spellings(customer_email(email)):
            rows = session.execute(found_in(query, spelling, dialect, hidden_too=True))
            found |= {id for id, said in rows if customer_email(said) == customer_email(email)}
    return found


def _stored(session: Session, workspace_id: int, ids: Collection[UUID]) -> set[UUID]:
    return {
        id
        for part in chunks(ids)
        for id in session.scalars(
            select(Response.id).where(Response.workspace_id == workspace_id, Response.id.in_(part))
        )
    }
