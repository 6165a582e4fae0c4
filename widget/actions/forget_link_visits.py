"""Who opened the links of mails is forgotten once it has served its purpose."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from widget.storage.engine import write_connection
from widget.storage.link_visits import delete_visits, visits_before
from widget.storage.workspaces import every_workspace

# Few enough that nobody's answer waits for them to be deleted.
_TOGETHER = 500


class ForgetLinkVisits:
    """Deletes visits older than `keep`. What was judged by them keeps its reasons."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Delete at most a few hundred of each workspace; returns how many were deleted."""
        return sum(self._forget(engine, id, now - self._keep) for id in every_workspace(engine))

    def _forget(self, engine: Engine, workspace_id: int, before: datetime) -> int:
        ids = visits_before(engine, workspace_id, before, _TOGETHER)
        if not ids:
            return 0
        with write_connection(engine) as connection:
            return delete_visits(connection, workspace_id, ids)
