"""Giving a customer all that is stored of them, and noting that it was taken out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownCustomer
from widget.storage.customer_data import data_of
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.models import Customer


def export_customer(
    session: Session, workspace_id: int, customer_id: UUID, *, user_id: int | None, at: datetime
) -> dict[str, Any]:
    """Everything stored of a customer, as JSON. Raises UnknownCustomer."""
    with writing(session):
        customer = session.scalar(
            select(Customer).where(
                Customer.workspace_id == workspace_id, Customer.id == customer_id
            )
        )
        if customer is None:
            raise UnknownCustomer("There is no such customer in this workspace.")
        data = {"made_at": at.isoformat(), **data_of(session, customer)}
        append_event(
            session,
            "customer.exported",
            workspace_id=workspace_id,
            survey_id=None,
            data={"by": user_id, "customer": str(customer_id)},
            at=at,
        )
        return data
