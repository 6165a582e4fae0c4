"""A response goes for good: by hand, or because its workspace keeps answers for some months."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.facts import facts_of
from widget.domain.retention import kept_since
from widget.storage import answers, deleting, ended_exports, themes
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.since import Since
from widget.storage.votes import follow_vote

Why = Literal["by_hand", "expired"]

_TOGETHER = 200


def delete_response(
    session: Session,
    workspace_id: int,
    id: UUID,
    *,
    at: datetime,
    by: int | None = None,
    why: Why = "by_hand",
) -> None:
    """Delete a response with its history, notes, follow-ups, tags and pages; counts go with it.
    Messages about it go as well, by hand; of those that expire, `expire_responses` deletes them.

    What was handed over as a reward stays. Raises UnknownResponse.
    """
    told, since = set[UUID](), Since.before(at)
    if why == "by_hand":
        # Before others wait: all messages are read. What is newer is looked for below.
        session.rollback()
        told = deleting.messages_telling_of(session, workspace_id, [id])
    with writing(session):
        connection = session.connection()
        found = answers.find_response(connection, workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if answers.counts(found):
            facts = facts_of(found).items()
            tallies = {answers.tally_of(found, fact, value): -1 for fact, value in facts}
            answers.count(connection, tallies)
        if found["reward_id"]:
            # A hidden response votes for nothing; what remains are votes that were used up.
            answers.update_response(connection, workspace_id, id, {"hidden_at": at})
            follow_vote(connection, workspace_id, id, at)
        themes.forget_all_of(session, workspace_id)
        if why == "by_hand":
            # Not each time that an old one expires: a file lives for a day at most.
            ended_exports.withdraw_all_of(session, workspace_id, at)
            told |= deleting.messages_telling_of(session, workspace_id, [id], since)
            deleting.delete_messages(session, workspace_id, told)
        deleting.delete_rows_of(session, workspace_id, id)
        append_event(
            session,
            "response.deleted",
            workspace_id=workspace_id,
            survey_id=found["survey_id"],
            response_id=id,
            data={"by": by, "why": why},
            at=at,
        )


def keep_answers_for(session: Session, workspace_id: int, months: int) -> None:
    """Keep a workspace's answers for so many months, 0 for ever. The worker deletes older ones."""
    with writing(session):
        deleting.set_keep_months(session, workspace_id, months)


def expire_responses(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Delete answers that are older than their workspaces keep them, for about `budget_s` seconds,
    each in a transaction of its own; returns how many were deleted."""
    end, deleted = clock() + budget_s, 0
    for workspace_id, months in deleting.workspaces_that_forget(engine):
        old = deleting.responses_before(engine, workspace_id, kept_since(now, months), _TOGETHER)
        with Session(engine) as session:
            # Of all at once, and before anything is locked: each time, all messages are read.
            told = deleting.messages_telling_of(session, workspace_id, old)
            session.rollback()
            if told:
                with writing(session):
                    deleting.delete_messages(session, workspace_id, told)
            for id in old:
                if clock() > end:
                    return deleted
                try:
                    delete_response(session, workspace_id, id, at=now, why="expired")
                except UnknownResponse:
                    # Somebody was quicker.
                    continue
                deleted += 1
    return deleted
