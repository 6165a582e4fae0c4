"""When follow-ups of a period were replied to and resolved, and which due dates were kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from widget.domain.follow_up_times import Happened, Whose
from widget.storage.follow_ups import Reader, visible_to
from widget.storage.models import FollowUp, Member, Response, Team


def what_happened(
    session: Session, reader: Reader, since: datetime, until: datetime, now: datetime
) -> Happened:
    """What happened from a moment to another, the second excluded, with what the reader sees;
    tests are left out. A due date that is still to come has neither been kept nor missed."""
    replies = _spans(session, reader, FollowUp.first_reply_at, since, until)
    resolutions = _spans(session, reader, FollowUp.resolved_at, since, until)
    due = session.execute(
        _counted(reader, FollowUp.due_at, FollowUp.resolved_at).where(
            FollowUp.due_at >= since, FollowUp.due_at < min(until, now)
        )
    )
    return Happened(
        replies,
        resolutions,
        [
            (Whose(user_id, team_id), resolved_at is not None and resolved_at <= due_at)
            for user_id, team_id, due_at, resolved_at in due
        ],
    )


def waited(ended: Any) -> ColumnElement[bool]:
    """The condition that something of a follow-up came after it was opened. One that was opened by
    the reply itself waited for nothing, and says nothing of how long customers wait."""
    found: ColumnElement[bool] = ended > FollowUp.opened_at
    return found


def team_names(session: Session, workspace_id: int) -> dict[int, str]:
    """What each team of a workspace is called, by id."""
    rows = session.execute(select(Team.id, Team.name).where(Team.workspace_id == workspace_id))
    return {row.id: row.name for row in rows}


def _spans(
    session: Session, reader: Reader, ended: Any, since: datetime, until: datetime
) -> list[tuple[Whose, datetime, datetime]]:
    rows = session.execute(
        _counted(reader, FollowUp.opened_at, ended).where(
            ended >= since, ended < until, waited(ended)
        )
    )
    return [(Whose(user_id, team_id), opened, at) for user_id, team_id, opened, at in rows]


def _counted(reader: Reader, *columns: Any) -> Select[Any]:
    # Outer joins, though each has a response: so SQLite begins with the follow-ups of the period
    # and looks up their responses, not the other way round.
    return (
        select(FollowUp.assignee_id, Member.team_id, *columns)
        .select_from(FollowUp)
        .outerjoin(
            Response,
            and_(
                Response.workspace_id == FollowUp.workspace_id, Response.id == FollowUp.response_id
            ),
        )
        .outerjoin(Member, Member.id == Response.member_id)
        .where(
            FollowUp.workspace_id == reader.workspace_id,
            Response.is_test.is_not(True),
            visible_to(reader),
        )
    )
