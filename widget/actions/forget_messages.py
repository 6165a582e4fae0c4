"""Messages to the team and its programs are forgotten once nobody asks what became of them."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from widget.storage.engine import write_connection
from widget.storage.messages import delete_messages_over, messages_over_before
from widget.storage.workspaces import every_workspace

KEPT_FOR = timedelta(days=180)
"""Longer than between two mails of any subscription, whose last one its subscriber sees."""

# Few enough that nobody's answer waits for them to be deleted.
_TOGETHER = 500


def forget_messages(engine: Engine, now: datetime) -> int:
    """Delete at most a few hundred of each workspace that left, or were given up, too long ago;
    returns how many were deleted.

    Replies to customers stay: their thread tells what became of them.
    """
    return sum(_forget(engine, id, now - KEPT_FOR) for id in every_workspace(engine))


def _forget(engine: Engine, workspace_id: int, before: datetime) -> int:
    ids = messages_over_before(engine, workspace_id, before, _TOGETHER)
    if ids:
        with write_connection(engine) as connection:
            delete_messages_over(connection, workspace_id, ids)
    return len(ids)
