"""What a thread holds of mails that came in; called inside an action's transaction."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.follow_ups import LETTERS
from widget.storage.models import FollowUp, FollowUpNote


@dataclass(frozen=True)
class Correspondence:
    """The letters about one response so far. `keys` are those of mails that came in,
    `written_to` addresses that replies went to, `recent` and `total` how many came in lately and in
    all, by the kind of their notes. `is_erased`: the customer was erased since."""

    keys: frozenset[str]
    written_to: frozenset[str]
    recent: Counter[str]
    total: Counter[str]
    is_erased: bool


def correspondence_of(
    session: Session, workspace_id: int, response_id: UUID, *, now: datetime, window: timedelta
) -> Correspondence:
    """The letters in all threads of a response, which the caller has locked."""
    threads = select(FollowUp.id).where(
        FollowUp.workspace_id == workspace_id, FollowUp.response_id == response_id
    )
    rows = session.execute(
        select(FollowUpNote.kind, FollowUpNote.data, FollowUpNote.at).where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id.in_(threads),
            FollowUpNote.kind.in_(LETTERS),
        )
    ).all()
    came_in = [row for row in rows if row.kind != "reply"]
    return Correspondence(
        keys=frozenset(row.data.get("key", "") for row in came_in),
        written_to=frozenset(row.data["to"] for row in rows if "to" in row.data),
        recent=Counter(row.kind for row in came_in if row.at > now - window),
        total=Counter(row.kind for row in came_in),
        is_erased=any(row.data.get("erased") for row in rows),
    )
