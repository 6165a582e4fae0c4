"""Responses move to the days of their workspace's new time zone."""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from widget.storage.engine import write_connection
from widget.storage.redating import being_redated, redate_some

_PIECE = 1_000


def redate_responses(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Work for about `budget_s` seconds on workspaces whose zone was changed, a piece of each in
    turn; returns how many responses were put on another day.

    Called every few seconds by the worker. Each piece is a transaction of its own, in which the
    rollups follow: killed at any moment, the next call goes on with the next piece.
    """
    end, moved = clock() + budget_s, 0
    waiting = being_redated(engine)
    while waiting and clock() < end:
        for workspace_id in list(waiting):
            with write_connection(engine) as connection:
                piece = redate_some(connection, workspace_id, _PIECE, now)
            moved += piece.responses
            if piece.is_done:
                waiting.remove(workspace_id)
    return moved
