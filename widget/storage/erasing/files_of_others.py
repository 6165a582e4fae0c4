"""Taking somebody out of files that wait to be imported, or were: they may have many rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.errors import EraseLater
from widget.domain.redaction import Redaction
from widget.storage.customer_imports import WITH_ROWS, drop_parts
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import PartsNaming, Person
from widget.storage.models import CustomerImport, CustomerImportPart, RequestImport

# Files in these states wait for somebody, and may be thrown away.
_WAITING = ("previewed", *WITH_ROWS)
# Files in these are worked through. One that is read is packed perhaps, so nobody can tell whom it
# names.
_BUSY = ("reading", "running")
_UPLOADS: tuple[Any, ...] = (RequestImport, CustomerImport)
_LATER = "A file that may name this customer is being imported. Erase them when it is done."


def parts_naming(session: Session, person: Person) -> PartsNaming:
    """Look through the files before the transaction that erases: it takes seconds, and who writes
    would wait."""
    takes_out = person.redaction(about_them=False)
    states = _states(session, person.workspace_id)
    parts = {id: _parts_naming(session, person.workspace_id, id, takes_out) for id in states}
    others = frozenset(
        id
        for model in _UPLOADS
        for id, _ in _waiting(session, person.workspace_id, model)
        if not _content_names(session, person.workspace_id, model, id, takes_out)
    )
    return PartsNaming(takes_out, states, parts, others)


def erase_from_imports(session: Session, person: Person, at: datetime) -> Counts:
    """Throw away files that wait and name them, and their rows in the lists of errors of others.

    Raises EraseLater while a file that names them is being worked through: it would put them back.
    """
    takes_out = person.redaction(about_them=False)
    looked = person.parts if person.parts and person.parts.redaction == takes_out else PartsNaming()
    thrown = sum(_throw_away(session, person, model, looked, takes_out) for model in _UPLOADS)
    rows = 0
    for id, state in _states(session, person.workspace_id).items():
        # What a row says stays as it is for as long as its file does not go on.
        numbers = (
            looked.parts[id]
            if looked.states.get(id) == state
            else _parts_naming(session, person.workspace_id, id, takes_out)
        )
        if not numbers:
            continue
        owner = session.get_one(CustomerImport, (person.workspace_id, id))
        if owner.status == "running":
            raise EraseLater(_LATER)
        for number in numbers:
            part = session.get_one(CustomerImportPart, (owner.workspace_id, id, number))
            kept = [row for row in part.rows if not _names([row], takes_out)]
            rows += len(part.rows) - len(kept)
            part.rows = kept
        if owner.status in WITH_ROWS:
            _empty(session, owner)
            thrown += 1
    return {"imports": thrown, "rows_of_imports": rows}


def _states(session: Session, workspace_id: int) -> dict[UUID, str]:
    """The files of which rows are kept, with their states."""
    with_rows = select(CustomerImportPart.import_id).where(
        CustomerImportPart.workspace_id == workspace_id
    )
    rows = session.execute(
        select(CustomerImport.id, CustomerImport.status).where(
            CustomerImport.workspace_id == workspace_id, CustomerImport.id.in_(with_rows)
        )
    )
    return {row.id: row.status for row in rows}


def _parts_naming(
    session: Session, workspace_id: int, import_id: UUID, takes_out: Redaction
) -> list[int]:
    parts = session.execute(
        select(CustomerImportPart.number, CustomerImportPart.rows)
        .where(
            CustomerImportPart.workspace_id == workspace_id,
            CustomerImportPart.import_id == import_id,
        )
        .execution_options(yield_per=20)
    )
    return [number for number, rows in parts if _names(rows, takes_out)]


def _names(rows: Iterable[Mapping[str, Any]], takes_out: Redaction) -> bool:
    # What changes has what was known before, which may be more than the row says.
    said = [
        [*row["cells"], *(text for change in row.get("changes", ()) for text in change)]
        for row in rows
    ]
    if takes_out.leaves("\n".join(text for row in said for text in row)):
        return False
    return any(takes_out.in_json(row) != row for row in said)


def _throw_away(
    session: Session, person: Person, model: Any, looked: PartsNaming, takes_out: Redaction
) -> int:
    thrown, here = 0, person.workspace_id
    for id, status in _waiting(session, here, model):
        # What a file says stays as it is, until it is emptied.
        is_of_others = id in looked.others or not _content_names(
            session, here, model, id, takes_out
        )
        if is_of_others and status != "reading":
            continue
        if status in _BUSY:
            raise EraseLater(_LATER)
        row = session.get_one(model, (here, id))
        if model is CustomerImport:
            _empty(session, row)
        else:
            row.status, row.content = "cancelled", ""
        thrown += 1
    return thrown


def _waiting(session: Session, workspace_id: int, model: Any) -> Sequence[Any]:
    """The ids and states of the files that are kept as they were uploaded, or may be."""
    return session.execute(
        select(model.id, model.status).where(
            model.workspace_id == workspace_id, model.status.in_((*_WAITING, *_BUSY))
        )
    ).all()


def _content_names(
    session: Session, workspace_id: int, model: Any, id: UUID, takes_out: Redaction
) -> bool:
    content = session.scalar(
        select(model.content).where(model.workspace_id == workspace_id, model.id == id)
    )
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content or ""
    return takes_out(text) != text


def _empty(session: Session, owner: CustomerImport) -> None:
    owner.status, owner.content = "cancelled", b""
    session.flush()
    drop_parts(session, owner.workspace_id, owner.id)
