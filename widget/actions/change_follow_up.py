"""Change several things of a follow-up at once, or none of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.work_on_follow_up import assign, resolve, set_due, set_status
from widget.domain.follow_ups import Status
from widget.storage.engine import joining


@dataclass(frozen=True)
class FollowUpChange:
    """What is to be another. `status` None leaves it; `outcome` and `asks_again` belong to
    `resolved`. `assignee_id` and `due_at` are looked at where `assigns` and `sets_due` say so: None
    is nobody, and no date."""

    status: Status | None = None
    outcome: str = ""
    asks_again: bool = False
    assigns: bool = False
    assignee_id: int | None = None
    sets_due: bool = False
    due_at: datetime | None = None


def change_follow_up(
    session: Session,
    workspace_id: int,
    id: UUID,
    change: FollowUpChange,
    *,
    by_key: str,
    home: str,
    at: datetime,
) -> None:
    """Do for a program what `work_on_follow_up` does for people. `by_key` names its API key, `home`
    is the server's public address.

    One that is opened again may be given a date, and one that is to be resolved somebody who has
    it. Raises FollowUpRefused, and UnknownFollowUp.
    """
    with joining(session):
        if change.status is not None and change.status != "resolved":
            set_status(session, workspace_id, id, change.status, user_id=None, at=at, by_key=by_key)
        if change.assigns:
            assign(
                *(session, workspace_id, id, change.assignee_id),
                user_id=None,
                home=home,
                at=at,
                by_key=by_key,
            )
        if change.sets_due:
            set_due(session, workspace_id, id, change.due_at, user_id=None, at=at, by_key=by_key)
        if change.status == "resolved":
            resolve(
                *(session, workspace_id, id, change.outcome),
                asks_again=change.asks_again,
                user_id=None,
                at=at,
                by_key=by_key,
            )
