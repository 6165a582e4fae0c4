"""Somebody chooses what the list of responses shows them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from widget.domain.response_columns import Column
from widget.storage.engine import writing
from widget.storage.models import Membership


def choose_columns(
    session: Session, workspace_id: int, user_id: int, columns: Sequence[Column]
) -> None:
    """Keep the columns for the next time."""
    with writing(session):
        session.get_one(Membership, (user_id, workspace_id)).response_columns = list(columns)
