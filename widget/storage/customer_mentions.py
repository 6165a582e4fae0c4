"""Where a customer is named in what is not theirs: lists, alerts, the audit, files of customers."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.redaction import Redaction
from widget.storage.erasing.files_of_others import parts_naming
from widget.storage.erasing.person import Person, person_of
from widget.storage.erasing.search import messages_about
from widget.storage.models import (
    Audience,
    AudienceCustomer,
    Customer,
    CustomerImport,
    CustomerImportPart,
    Event,
    Message,
    RequestImport,
)


def mentions_of(session: Session, customer: Customer) -> dict[str, Any]:
    """Lists of rows as JSON. Of what names others as well, only what names this customer."""
    person = person_of(session, customer)
    takes_out = person.redaction(about_them=False)
    return {
        "on_lists": _lists(session, customer),
        "messages_about_them": _messages(session, person),
        "in_audit": _audit(session, person.workspace_id, takes_out),
        "in_files": [
            *_rows_of_files(session, person, takes_out),
            *_lines_of_requests(session, person.workspace_id, takes_out),
        ],
    }


def _lists(session: Session, customer: Customer) -> list[str]:
    names = (
        select(Audience.name)
        .join(AudienceCustomer, AudienceCustomer.audience_id == Audience.id)
        .where(
            AudienceCustomer.workspace_id == customer.workspace_id,
            AudienceCustomer.customer_id == customer.id,
        )
    )
    return list(session.scalars(names.order_by(Audience.name)))


def _messages(session: Session, person: Person) -> list[dict[str, Any]]:
    ids = messages_about(session, person)
    rows = session.scalars(
        select(Message)
        .where(Message.workspace_id == person.workspace_id, Message.id.in_(ids))
        .order_by(Message.created_at, Message.id)
    )
    return [
        {
            "channel": row.channel,
            "purpose": row.purpose,
            "status": row.status,
            "at": row.created_at.isoformat(),
            # One that is about others as well is not theirs to read.
            "content": row.content if person.is_linked(row.content) else None,
        }
        for row in rows
    ]


def _audit(session: Session, workspace_id: int, takes_out: Redaction) -> list[dict[str, Any]]:
    query = select(Event).where(Event.workspace_id == workspace_id, Event.response_id.is_(None))
    found = []
    for row in session.scalars(query.order_by(Event.id).execution_options(yield_per=500)):
        texts = [text for text in _texts(row.data) if takes_out(text) != text]
        if texts:
            found.append({"event": row.name, "at": row.at.isoformat(), "texts": texts})
    return found


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _rows_of_files(
    session: Session, person: Person, takes_out: Redaction
) -> Iterable[dict[str, Any]]:
    for id, numbers in parts_naming(session, person).parts.items():
        owner = session.get_one(CustomerImport, (person.workspace_id, id))
        for number in numbers:
            part = session.get_one(CustomerImportPart, (person.workspace_id, id, number))
            for row in part.rows:
                if takes_out.in_json(row["cells"]) != row["cells"]:
                    said = dict(zip(owner.headers, row["cells"], strict=False))
                    yield {"file": owner.file_name, "row": row["number"], "says": said}


def _lines_of_requests(
    session: Session, workspace_id: int, takes_out: Redaction
) -> Iterable[dict[str, Any]]:
    rows = session.scalars(
        select(RequestImport)
        .where(RequestImport.workspace_id == workspace_id, RequestImport.content != "")
        .order_by(RequestImport.created_at)
    )
    for row in rows:
        if takes_out.leaves(row.content):
            continue
        for number, line in enumerate(row.content.splitlines(), 1):
            if takes_out(line) != line:
                yield {"file": row.file_name, "row": number, "says": line}
