"""The quarantine of provisional answers ends: they count, or are set aside."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from widget.actions.give_answer import give_answer_within
from widget.actions.receive_answer import doubts_about
from widget.domain.held import Standing, may_still_change
from widget.domain.retries import wait_by_age
from widget.domain.suspicion import is_suspicious
from widget.storage import held_answers as held_storage
from widget.storage.engine import write_connection
from widget.storage.held_answers import DueHeld, HeldRow
from widget.storage.landing import answered_within, survey_rules
from widget.storage.request_rows import mark_answered

_log = logging.getLogger(__name__)


def settle_due(engine: Engine, now: datetime, *, limit: int = 200) -> int:
    """Settle the provisional answers whose quarantine has ended; returns how many were.

    Called every few seconds by the worker, and safe to be called by several at once. One that
    cannot be settled is logged and put off, for a minute at first and up to an hour.
    """
    with engine.connect() as connection:
        due = held_storage.due_provisional(connection, now, limit)
    return sum(_settle_or_put_off(engine, one, now) for one in due)


def _settle_or_put_off(engine: Engine, due: DueHeld, now: datetime) -> bool:
    try:
        return _settle(engine, due.workspace_id, due.id, now)
    except Exception:  # noqa: BLE001 - logged, and put off
        until = now + wait_by_age(now - due.updated_at)
        _log.exception(
            "Held answer %s of workspace %d cannot be settled; it is put off until %s.",
            *(due.id, due.workspace_id, until),
        )
        with write_connection(engine) as connection:
            held_storage.put_off(connection, due.workspace_id, due.id, until)
        return False


def _settle(engine: Engine, workspace_id: int, id: UUID, now: datetime) -> bool:
    with write_connection(engine) as connection:
        row = held_storage.lock_held(connection, workspace_id, id)
        if row is None or row.standing != "provisional" or row.due_at is None or row.due_at > now:
            return False
        doubts = doubts_about(connection, row)
        standing = _standing(connection, row, suspicious=is_suspicious(doubts))
        if standing == "counted":
            rules = survey_rules(connection, row.survey_id)
            head = row.held.head
            mark_answered(connection, workspace_id, head.id, head.answered_at)
            give_answer_within(connection, head, row.held.answer, time_zone=rules.time_zone)
        reasons = [doubt.reason for doubt in doubts]
        held_storage.settle(connection, workspace_id, id, standing, reasons=reasons)
        if standing == "set_aside":
            held_storage.make_room(connection, workspace_id, row.response_id, "set_aside")
        return True


def _standing(connection: Connection, row: HeldRow, *, suspicious: bool) -> Standing:
    if suspicious:
        return "set_aside"
    known = answered_within(connection, row.workspace_id, row.response_id)
    if known is None:
        return "counted"
    rules = survey_rules(connection, row.survey_id)
    is_newer = known.updated_at < row.held.opened_at
    may_change = may_still_change(known.answered_at, row.held.opened_at, rules.edit_days)
    return "counted" if is_newer and may_change else "superseded"
