"""A workspace states how many customers it has, and whose scores it lays beside its own."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from widget.domain.errors import StrataRefused, UnknownReference
from widget.domain.strata import MOST_REFERENCES, Attribute, Reference, Strata
from widget.storage import strata as storage
from widget.storage.engine import writing


def state_strata(session: Session, workspace_id: int, stated: Mapping[Attribute, Strata]) -> None:
    """State how many customers each group has, in place of what was stated before."""
    with writing(session):
        storage.replace_strata(session, workspace_id, stated)


def add_reference(session: Session, workspace_id: int, reference: Reference) -> None:
    """Keep somebody else's score. Raises StrataRefused when there are as many as there may be."""
    with writing(session):
        if storage.reference_count(session, workspace_id) >= MOST_REFERENCES:
            raise StrataRefused(f"There are {MOST_REFERENCES} references already; remove one.")
        storage.add_reference(session, workspace_id, reference)


def remove_reference(session: Session, workspace_id: int, id: int) -> None:
    """Forget a score. Raises UnknownReference."""
    with writing(session):
        if not storage.remove_reference(session, workspace_id, id):
            raise UnknownReference("There is no such reference in this workspace.")
