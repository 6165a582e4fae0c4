"""Making one customer of two entries that are the same person."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import MergeRefused, UnknownCustomer
from widget.domain.merging import Side, merged
from widget.storage.audiences import move_on_lists
from widget.storage.customer_merging import (
    ask_once,
    both_locked,
    known_of,
    move_requests,
    replace_by,
)
from widget.storage.engine import writing
from widget.storage.events import append_event


def merge_customers(
    session: Session,
    workspace_id: int,
    kept_id: UUID,
    other_id: UUID,
    chosen: Mapping[str, Side],
    *,
    user_id: int | None,
    at: datetime,
) -> None:
    """Let a customer become another's part: requests, responses, wishes and places on lists of
    audiences go over to the kept one.

    `chosen` says which of the two a field is taken from, by `domain.merging.Difference.key`.
    Nothing is counted twice or lost, and no wave of a campaign asks both.
    Raises UnknownCustomer, and MergeRefused for one and the same.
    """
    if kept_id == other_id:
        raise MergeRefused("This is one and the same customer.")
    with writing(session):
        rows = both_locked(session, workspace_id, (kept_id, other_id))
        kept, other = rows.get(kept_id), rows.get(other_id)
        if kept is None or other is None:
            raise UnknownCustomer("There is no such customer in this workspace.")
        now = merged(known_of(kept), known_of(other), chosen)
        ask_once(session, kept, other, at)
        move_requests(session, kept, other)
        move_on_lists(session, workspace_id, other_id, kept_id)
        replace_by(session, kept, other, now, at)
        append_event(
            session,
            "customers.merged",
            workspace_id=workspace_id,
            survey_id=None,
            data={"by": user_id, "customer": str(kept_id), "merged": str(other_id)},
            at=at,
        )
