"""Somebody of the team decides that an answer set aside was a person's after all."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from widget.actions.give_answer import give_answer_within
from widget.domain.errors import UnknownHeldAnswer
from widget.storage import held_answers as held_storage
from widget.storage.engine import write_connection
from widget.storage.landing import answered_within, survey_rules
from widget.storage.request_rows import mark_answered


def restore_answer(
    engine: Engine, workspace_id: int, id: UUID, *, user_id: int, at: datetime
) -> UUID:
    """Count an answer that was set aside, and remember who decided; returns its response's id.

    Where another answer counts for the same request already, this one takes its place, and the
    revisions keep both. What the same client says next counts at once. Twice changes nothing.
    Raises UnknownHeldAnswer when the workspace has none that was set aside under this id.
    """
    with write_connection(engine) as connection:
        row = held_storage.lock_held(connection, workspace_id, id)
        if row is None or row.standing not in ("set_aside", "restored"):
            raise UnknownHeldAnswer("There is no such answer set aside in this workspace.")
        if row.standing == "restored":
            return row.response_id
        head = row.held.head
        if answered_within(connection, workspace_id, head.id):
            head = replace(head, answered_at=at)
        rules = survey_rules(connection, row.survey_id)
        mark_answered(connection, workspace_id, head.id, head.answered_at)
        give_answer_within(connection, head, row.held.answer, time_zone=rules.time_zone)
        held_storage.settle(connection, workspace_id, id, "restored", by=user_id)
        return row.response_id
