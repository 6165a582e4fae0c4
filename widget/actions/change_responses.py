"""Changing many responses at once: one after the other, each as it is changed alone."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.assign_response import assign_response
from widget.actions.hide_response import set_hidden
from widget.actions.tag_response import set_tag
from widget.domain.bulk_changes import AT_ONCE, MOST, BulkChange
from widget.domain.errors import ChangeRefused, SaysoError
from widget.storage.bulk_changes import Piece, add_change, claim_piece, piece_is_done
from widget.storage.engine import writing
from widget.storage.responses import those_in_scope
from widget.storage.seats import Seat, acting_seat

_PIECE = 50


@dataclass(frozen=True)
class Outcome:
    """How many were changed and how many stay as they were, with a sentence that says why some
    could not be changed. `later` are the worker's."""

    changed: int = 0
    left: int = 0
    later: int = 0
    refusal: str = ""


def change_responses(
    session: Session, seat: Seat, change: BulkChange, ids: Sequence[UUID], at: datetime
) -> Outcome:
    """Change those of some responses that are within the scope of whoever does it.

    Each is a transaction of its own. More than `AT_ONCE` are left to the worker. Raises
    ChangeRefused for more than `MOST`, and for who may not.
    """
    if not seat.may(change.needs):
        raise ChangeRefused(f"Your role ({seat.role}) does not allow this.")
    if len(ids) > MOST:
        raise ChangeRefused(f"Change {MOST:,} responses at a time; narrow the filter.")
    if len(ids) > AT_ONCE:
        with writing(session):
            add_change(session, seat.workspace_id, seat.user_id, change, ids, at)
        return Outcome(later=len(ids))
    return _change_each(session, seat, change, ids, at)


def run_bulk_changes(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Work on changes that wait, a piece of each in turn, for about `budget_s` seconds; returns how
    many responses were looked at. Killed at any moment, the next call goes on with the piece: what
    is changed already stays as it is."""
    end, done = clock() + budget_s, 0
    with Session(engine) as session:
        while clock() < end:
            with writing(session):
                piece = claim_piece(session, now, _PIECE)
            if piece is None:
                break
            changed = _do_piece(session, piece, now)
            with writing(session):
                piece_is_done(session, piece, changed, now)
            done += len(piece.response_ids)
    return done


def _do_piece(session: Session, piece: Piece, now: datetime) -> int:
    """How many of a piece were changed: none when its author may do so no more."""
    seat = acting_seat(session, piece.user_id, piece.workspace_id)
    if seat is None or not seat.may(piece.change.needs):
        return 0
    return _change_each(session, seat, piece.change, piece.response_ids, now).changed


def _change_each(
    session: Session, seat: Seat, change: BulkChange, ids: Sequence[UUID], at: datetime
) -> Outcome:
    there = those_in_scope(session, seat.workspace_id, ids, seat.scope)
    changed, refusal = 0, ""
    for id in ids:
        if id not in there:
            continue
        try:
            changed += _change(session, seat, change, id, at)
        except SaysoError as error:
            # It is said once, of whichever it was; the others are changed all the same.
            refusal = str(error)
    return Outcome(changed, len(ids) - changed, refusal=refusal)


def _change(session: Session, seat: Seat, change: BulkChange, id: UUID, at: datetime) -> bool:
    workspace_id, by = seat.workspace_id, seat.user_id
    if change.act == "assign":
        return assign_response(
            session,
            workspace_id,
            id,
            change.member_id,
            may_move=seat.may("manage_workspace"),
            user_id=by,
            at=at,
        )
    if change.act in ("tag", "untag"):
        given = change.act == "tag"
        return set_tag(session, workspace_id, id, change.tag, given=given, at=at, by=by)
    return set_hidden(
        session,
        workspace_id,
        id,
        hidden=change.act == "hide",
        at=at,
        by=by,
        reason=change.reason,
    )
