"""How many customers a workspace states to have, and the scores it compares itself with."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.domain.strata import Attribute, Reference, Strata
from widget.storage.models import NpsReference, Stratum


def strata_of(session: Session, workspace_id: int) -> dict[Attribute, dict[str, int]]:
    """The stated groups by attribute, the largest first; attributes without any are not there."""
    rows = session.scalars(
        select(Stratum)
        .where(Stratum.workspace_id == workspace_id)
        .order_by(Stratum.customers.desc(), Stratum.name)
    )
    found: dict[Attribute, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.attribute, {})[row.name] = row.customers  # type: ignore[arg-type]
    return found


def replace_strata(session: Session, workspace_id: int, stated: Mapping[Attribute, Strata]) -> None:
    """State other groups in place of all that were stated."""
    session.execute(delete(Stratum).where(Stratum.workspace_id == workspace_id))
    session.add_all(
        Stratum(workspace_id=workspace_id, attribute=attribute, name=name, customers=customers)
        for attribute, strata in stated.items()
        for name, customers in strata.items()
    )


def references_of(session: Session, workspace_id: int) -> dict[int, Reference]:
    """The references of a workspace by their ids, the highest first."""
    rows = session.scalars(
        select(NpsReference)
        .where(NpsReference.workspace_id == workspace_id)
        .order_by(NpsReference.value.desc(), NpsReference.id)
    )
    return {
        row.id: Reference(row.name, row.value, row.source, row.year, row.answers) for row in rows
    }


def reference_count(session: Session, workspace_id: int) -> int:
    of_workspace = NpsReference.workspace_id == workspace_id
    return session.scalar(select(func.count()).where(of_workspace)) or 0


def add_reference(session: Session, workspace_id: int, reference: Reference) -> None:
    session.add(NpsReference(workspace_id=workspace_id, **vars(reference)))


def remove_reference(session: Session, workspace_id: int, id: int) -> bool:
    """Remove a reference; whether there was one."""
    found = session.scalars(
        delete(NpsReference)
        .where(NpsReference.workspace_id == workspace_id, NpsReference.id == id)
        .returning(NpsReference.id)
    )
    return found.one_or_none() is not None
