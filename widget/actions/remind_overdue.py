"""Whoever has a follow-up is told once by mail that it is overdue."""

from contextlib import suppress
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.open_follow_up import alarm_of
from widget.domain.alert_words import overdue_content
from widget.domain.errors import UnknownFollowUp
from widget.domain.follow_ups import Why
from widget.storage.engine import writing
from widget.storage.follow_up_rows import locked_follow_up, overdue_unreminded
from widget.storage.leads import leads_of
from widget.storage.messages import add_message

_TOGETHER = 100


class RemindOverdue:
    """Queues the mails. `home` is the server's public address."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Remind of some that are overdue; returns of how many."""
        with Session(engine) as session:
            found = overdue_unreminded(session, now, _TOGETHER)
            session.rollback()
            for workspace_id, id in found:
                # One that was deleted meanwhile needs no reminder.
                with suppress(UnknownFollowUp), writing(session):
                    self._remind(session, workspace_id, id, now)
        return len(found)

    def _remind(self, session: Session, workspace_id: int, id: UUID, now: datetime) -> None:
        row, response = locked_follow_up(session, workspace_id, id)
        is_late = row.resolved_at is None and row.due_at is not None and row.due_at <= now
        if row.reminded_at is not None or not is_late:
            return
        row.reminded_at = now
        leads = {lead.user_id: lead for lead in leads_of(session, workspace_id)}
        assignee = leads.get(row.assignee_id or 0)
        # Whoever may not follow up any more is told nothing of customers.
        if assignee is None:
            return
        alarm = alarm_of(session, row, response, cast(list[Why], row.opened_why), leads, self._home)
        add_message(
            session,
            workspace_id,
            "mail",
            assignee.email,
            overdue_content(alarm),
            purpose="overdue",
            at=now,
        )
