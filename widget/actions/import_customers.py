"""A file of customers: kept, its columns named, checked, then started or thrown away.

The worker does all that takes long (`actions.run_customer_imports`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.asks import PROPERTY_NAME_LIMIT
from widget.domain.customer_files import TARGETS, format_of, mapping_problem
from widget.domain.customers import ATTRIBUTE
from widget.domain.errors import FileRefused
from widget.storage.customer_imports import (
    IN_HAND,
    WAITING,
    add_import,
    drop_parts,
    locked_customer_import,
)
from widget.storage.engine import writing

_GONE = "This file is not here any more; upload it again."


def upload_customers(
    session: Session,
    workspace_id: int,
    *,
    file_name: str,
    content: bytes,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep a file for the worker to read. Raises FileRefused for one that cannot be read at all."""
    form = format_of(content)
    with writing(session):
        return add_import(
            session,
            workspace_id,
            file_name=file_name[:200],
            file_format=form,
            content=content,
            user_id=user_id,
            at=at,
        )


def map_customers(session: Session, workspace_id: int, id: UUID, mapping: Sequence[str]) -> None:
    """Say what the columns of a file are, for it to be checked; also anew, until it is started.

    Raises UnknownImport, and FileRefused for a mapping that cannot be, or a file that is gone.
    """
    problem = mapping_problem(mapping)
    if problem:
        raise FileRefused(problem)
    with writing(session):
        row = locked_customer_import(session, workspace_id, id)
        if row.status not in IN_HAND:
            raise FileRefused(_GONE)
        if len(mapping) != len(row.headers) or not all(map(_is_target, mapping)):
            raise FileRefused("Say of each column what it is.")
        row.mapping, row.status, row.done, row.counts = list(mapping), "checking", 0, {}


def start_customers(session: Session, workspace_id: int, id: UUID) -> None:
    """Let the worker import a file that was checked. Starting twice starts once. Raises
    UnknownImport, and FileRefused for a file that is gone."""
    with writing(session):
        row = locked_customer_import(session, workspace_id, id)
        if row.status == "checked":
            row.status, row.done, row.counts = "running", 0, {}
        elif row.status not in ("running", "done"):
            raise FileRefused(_GONE)


def discard_customers(session: Session, workspace_id: int, id: UUID) -> None:
    """Throw a file away that was not started. Raises UnknownImport."""
    with writing(session):
        row = locked_customer_import(session, workspace_id, id)
        if row.status in WAITING:
            row.status, row.content = "cancelled", b""
            drop_parts(session, workspace_id, id)


def _is_target(target: str) -> bool:
    name = target.removeprefix(ATTRIBUTE)
    is_attribute = target.startswith(ATTRIBUTE) and 0 < len(name) <= PROPERTY_NAME_LIMIT
    return target == "" or target in TARGETS or is_attribute
