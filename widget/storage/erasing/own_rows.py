"""Emptying what is somebody's own: scores and when they were given stay, with nobody to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from widget.domain.facts import COMMENT
from widget.storage import answers
from widget.storage.customer_aliases import forget_aliases
from widget.storage.erasing.person import WRITTEN, Person
from widget.storage.ids import new_id
from widget.storage.indexed import by_index
from widget.storage.models import (
    Bounce,
    Customer,
    Delivery,
    HeldAnswer,
    LinkVisit,
    MergedCustomer,
    Request,
    Revision,
    Share,
    Testimonial,
)

Counts = dict[str, int]

# What of a response would tell who gave it, with what stands there instead. Scores, areas, the
# suggested reward, the member, the channel and the language stay.
_NOBODYS: dict[str, Any] = {
    "comment": None,
    "contact": None,
    "wants_contact": None,
    "may_publish": None,
    "customer_email": "",
    "customer_name": "",
    "customer_id": "",
    "ref": "",
    "page": "",
    "attributes": None,
    "problems": None,
}


def erase_responses(session: Session, person: Person, at: datetime) -> Counts:
    """Take the words and whose they are out of responses, and their words out of the numbers of
    comments; the index of words follows by itself."""
    connection = session.connection()
    for id in sorted(person.responses):
        found = answers.find_response(connection, person.workspace_id, id)
        if found is None:
            continue
        if answers.counts(found) and found["comment"]:
            answers.count(connection, {answers.tally_of(found, COMMENT, 1): -1})
        answers.update_response(connection, person.workspace_id, id, _NOBODYS)
    for row in _of(session, Revision, person):
        row.changes = [
            {**change, "old": None, "new": None} if change["field"] in WRITTEN else change
            for change in row.changes
        ]
    return {"responses": len(person.responses)}


def withdraw_publications(session: Session, person: Person, at: datetime) -> Counts:
    """Take back pages that they shared, and testimonials."""
    pages = [row for row in _of(session, Share, person) if row.withdrawn_at is None]
    for row in pages:
        row.withdrawn_at = at
    return {"shares": len(pages), "testimonials": _delete(session, Testimonial, person)}


def erase_evidence(session: Session, person: Person, at: datetime) -> Counts:
    """Remove answers that were held back, and who opened which link."""
    return {
        "held_answers": _delete(session, HeldAnswer, person),
        "link_visits": _delete(session, LinkVisit, person),
    }


def erase_deliveries(session: Session, person: Person, at: datetime) -> Counts:
    """Take addresses out of mails; those that wait do not leave. What mail servers said of them is
    removed, but for the digest that keeps the address from being written to."""
    for row in session.scalars(
        select(Delivery).where(
            Delivery.workspace_id == person.workspace_id, Delivery.id.in_(person.deliveries)
        )
    ):
        row.recipient, row.last_error = "", ""
        if row.status == "due":
            row.status = "not_sent"
    session.execute(
        delete(Bounce).where(
            Bounce.workspace_id == person.workspace_id, Bounce.delivery_id.in_(person.deliveries)
        )
    )
    return {"deliveries": len(person.deliveries)}


def erase_requests(session: Session, person: Person, at: datetime) -> Counts:
    """Leave requests with nobody to them: they belong to a customer of whom nothing is known, under
    an id that nobody has seen. Their links are over, and what was to be sent is not."""
    rows = session.scalars(
        select(Request)
        .where(Request.workspace_id == person.workspace_id, Request.id.in_(person.requests))
        .order_by(Request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    nobody = _nobody(session, person.workspace_id, at) if rows else None
    for row in rows:
        assert nobody is not None
        row.customer_id = nobody
        row.ref = row.external_url = row.brand = row.country = row.why_text = row.body_sha256 = ""
        row.tags, row.properties, row.idempotency_key = [], None, None
        row.client = row.segment = ""
        row.due_at, row.expires_at = None, min(row.expires_at, at)
        if row.status == "scheduled":
            row.status, row.why, row.asked_at = "not_sent", "erased", None
        elif row.status in ("sent", "delivered"):
            row.status, row.why = "expired", "erased"
    session.flush()
    return {"requests": len(rows)}


def erase_customer_row(session: Session, person: Person, at: datetime) -> Counts:
    """Remove the customer from the directory, with whoever was merged into them."""
    forget_aliases(session, person.workspace_id, person.customer_id)
    for table, key in ((MergedCustomer, MergedCustomer.customer_id), (Customer, Customer.id)):
        session.execute(
            delete(table).where(
                table.workspace_id == person.workspace_id, key == person.customer_id
            )
        )
    return {"customers": 1}


def _nobody(session: Session, workspace_id: int, at: datetime) -> UUID:
    id = new_id()
    session.add(Customer(workspace_id=workspace_id, id=id, created_at=at, updated_at=at))
    session.flush()
    return id


def _of(session: Session, model: Any, person: Person) -> list[Any]:
    return list(session.scalars(select(model).where(_theirs(model, person))))


def _delete(session: Session, model: Any, person: Person) -> int:
    done = session.execute(delete(model).where(_theirs(model, person)))
    rows: int = done.rowcount  # type: ignore[attr-defined]
    return rows


def _theirs(model: Any, person: Person) -> ColumnElement[bool]:
    ids = person.responses | person.requests
    if model in (Revision, Testimonial):
        # Their key begins with the response.
        condition: ColumnElement[bool] = (model.workspace_id == person.workspace_id) & (
            model.response_id.in_(ids)
        )
        return condition
    return by_index(person.workspace_id, model.response_id, ids)
