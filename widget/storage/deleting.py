"""Responses that are deleted, with everything that is about them alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from widget.domain.messages import ids_in_link
from widget.storage.chunks import chunks
from widget.storage.models import (
    FollowUp,
    FollowUpNote,
    HeldAnswer,
    LinkVisit,
    Mention,
    Message,
    Response,
    ResponseNote,
    ResponseTag,
    Revision,
    RuleRun,
    Share,
    Testimonial,
    Vote,
    Workspace,
)
from widget.storage.since import Since, messages_from

# Who points to whom: what is pointed to goes last.
_ABOUT = (
    *(Mention, ResponseNote, FollowUp, Vote, Share, Testimonial, ResponseTag, Revision),
    *(HeldAnswer, LinkVisit, RuleRun),
)


def delete_rows_of(session: Session, workspace_id: int, response_id: UUID) -> None:
    """Delete a response and all that hangs on it, inside an action's transaction, but for messages
    (`messages_telling_of`). Its request stays, as do events, which hold none of its words."""
    follow_ups = select(FollowUp.id).where(
        FollowUp.workspace_id == workspace_id, FollowUp.response_id == response_id
    )
    session.execute(
        delete(FollowUpNote).where(
            FollowUpNote.workspace_id == workspace_id, FollowUpNote.follow_up_id.in_(follow_ups)
        ),
        execution_options={"synchronize_session": False},
    )
    for table in _ABOUT:
        session.execute(
            delete(table).where(
                table.workspace_id == workspace_id, table.response_id == response_id
            ),
            execution_options={"synchronize_session": False},
        )
    session.execute(
        delete(Response).where(Response.workspace_id == workspace_id, Response.id == response_id),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def messages_telling_of(
    session: Session, workspace_id: int, responses: Sequence[UUID], since: Since | None = None
) -> set[UUID]:
    """The alerts, what rules and notes told, and replies, of responses that are there; those that
    may be newer than a mark, if one is given.

    Not what webhooks were to tell: it has no words, and does not leave without its response.
    It reads all messages since the oldest of the responses once, if anything can have been told.
    """
    told_of = {
        id
        for table in (FollowUp, RuleRun, Mention)
        for id in session.scalars(
            select(table.response_id).where(
                table.workspace_id == workspace_id, table.response_id.in_(responses)
            )
        )
    }
    if not told_of:
        return set()
    follow_ups = session.scalars(
        select(FollowUp.id).where(
            FollowUp.workspace_id == workspace_id, FollowUp.response_id.in_(told_of)
        )
    ).all()
    notes = session.scalars(
        select(FollowUpNote.id).where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id.in_(follow_ups),
            FollowUpNote.kind == "reply",
        )
    ).all()
    first = session.scalar(
        select(func.min(Response.answered_at)).where(
            Response.workspace_id == workspace_id, Response.id.in_(told_of)
        )
    )
    if first is None:
        return set()
    links = select(Message.id, Message.content["link"].as_string()).where(
        messages_from(workspace_id, first, since), Message.channel != "webhook"
    )
    about = told_of.union(follow_ups)
    found = {
        id
        for id, link in session.execute(links.execution_options(yield_per=500))
        if not about.isdisjoint(ids_in_link(link or ""))
    }
    return found.union(notes)


def delete_messages(session: Session, workspace_id: int, ids: Collection[UUID]) -> None:
    """Delete messages inside an action's transaction; what waits does not leave."""
    for some in chunks(ids):
        session.execute(
            delete(Message).where(Message.workspace_id == workspace_id, Message.id.in_(some)),
            execution_options={"synchronize_session": False},
        )


def keep_months(session: Session, workspace_id: int) -> int:
    """For how many months a workspace keeps answers; 0: for ever."""
    return session.scalar(select(Workspace.keep_months).where(Workspace.id == workspace_id)) or 0


def set_keep_months(session: Session, workspace_id: int, months: int) -> None:
    session.get_one(Workspace, workspace_id).keep_months = months


def workspaces_that_forget(engine: Engine) -> list[tuple[int, int]]:
    """Workspaces that keep answers for some months only: their ids, and how many."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(Workspace.id, Workspace.keep_months)
            .where(Workspace.keep_months > 0)
            .order_by(Workspace.id)
        )
        return [(id, months) for id, months in rows]


def responses_before(
    engine: Engine, workspace_id: int, moment: datetime, limit: int
) -> Sequence[UUID]:
    """The oldest responses that were first answered before a moment."""
    with engine.connect() as connection:
        return connection.scalars(
            select(Response.id)
            .where(Response.workspace_id == workspace_id, Response.answered_at < moment)
            .order_by(Response.answered_at, Response.id)
            .limit(limit)
        ).all()
