"""A reply did not reach its customer: it counts as none, and whoever has the follow-up goes on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.open_follow_up import alarm_of
from widget.domain.alert_words import unsent_content
from widget.domain.bounces import unaddressed
from widget.domain.errors import UnknownFollowUp
from widget.domain.follow_ups import ON_UNSENT, Why
from widget.storage.engine import writing
from widget.storage.follow_up_rows import bring_back, locked_follow_up, open_one_of
from widget.storage.leads import leads_of, whose
from widget.storage.lost_replies import (
    is_erased_reply,
    note_first_reply,
    note_reply_bounced,
    note_reply_failed,
)
from widget.storage.messages import DueMessage, add_message
from widget.storage.models import FollowUp

_Found = tuple[FollowUp, Mapping[str, Any]]


def give_reply_up(session: Session, due: DueMessage, why: str, *, at: datetime) -> None:
    """Keep that a claimed reply could not leave and is not tried again, and tell of it; nothing
    where somebody else has said what became of it."""
    follow_up_id = UUID(hex=due.content.follow_up_id)
    with writing(session):
        found = _locked(session, due.workspace_id, follow_up_id)
        if note_reply_failed(session, due, why) and found:
            _tell(session, found, due.id, due.content.link, why, at)


def reply_came_back(
    session: Session, workspace_id: int, follow_up_id: UUID, id: UUID, why: str, *, at: datetime
) -> None:
    """Keep that a reply came back, and tell of it once; within an action's transaction."""
    found = _locked(session, workspace_id, follow_up_id)
    content = note_reply_bounced(session, workspace_id, id, why)
    if content is not None and found:
        _tell(session, found, id, content.link, why, at)


def _locked(session: Session, workspace_id: int, follow_up_id: UUID) -> _Found | None:
    try:
        return locked_follow_up(session, workspace_id, follow_up_id)
    except UnknownFollowUp:
        # It was deleted with its response.
        return None


def _tell(session: Session, found: _Found, id: UUID, link: str, why: str, at: datetime) -> None:
    row, response = found
    if is_erased_reply(session, row, id):
        return
    note_first_reply(session, row)
    row = open_one_of(session, row)
    bring_back(session, row, ON_UNSENT, at=at, data={"by_unsent": True}, is_told=True)
    leads = {lead.user_id: lead for lead in leads_of(session, row.workspace_id)}
    alarm = alarm_of(session, row, response, cast(list[Why], row.opened_why), leads, home="")
    # The link is the reply's own: it leads to the thread in which its words are.
    content = unsent_content(alarm, unaddressed(why), link)
    for lead in whose(row.assignee_id, leads):
        add_message(
            *(session, row.workspace_id, "mail", lead.email, content), purpose="unsent", at=at
        )
