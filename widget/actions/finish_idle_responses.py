"""Responses whose customer left after a click are finished once nothing more has come."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from widget.storage.answers import NewEvent, append_events
from widget.storage.engine import write_connection
from widget.storage.idle_responses import finish_if_idle, unfinished
from widget.storage.workspaces import every_workspace

# What is looked through at first and from time to time: an answer may be stored long after it was
# given, when somebody restores one that was set aside.
_FAR_BACK = timedelta(days=30)
_LOOK_FAR_BACK_EVERY = timedelta(hours=1)
_TOGETHER = 200


class FinishIdleResponses:
    """Finishes responses that nobody has touched for `idle`.

    Responses are found by when they were first given, so that the hot path of storing one needs
    no further index; where to begin is remembered, as everything before it is finished.
    """

    def __init__(self, idle: timedelta) -> None:
        self._idle = idle
        self._since: dict[int, datetime] = {}
        self._looked_far_back_at: datetime | None = None

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Finish what is idle at `now`; returns how many responses were finished."""
        looked = self._looked_far_back_at
        if looked is None or now - looked >= _LOOK_FAR_BACK_EVERY:
            self._since, self._looked_far_back_at = {}, now
        return sum(self._finish(engine, id, now) for id in every_workspace(engine))

    def _finish(self, engine: Engine, workspace_id: int, now: datetime) -> int:
        before = now - self._idle
        since = self._since.get(workspace_id, now - _FAR_BACK)
        found = unfinished(engine, workspace_id, since, before)
        busy = [row.answered_at for row in found if row.updated_at > before]
        idle = [row for row in found if row.updated_at <= before]
        done = 0
        for start in range(0, len(idle), _TOGETHER):
            with write_connection(engine) as connection:
                finished = [
                    row
                    for row in idle[start : start + _TOGETHER]
                    if finish_if_idle(connection, workspace_id, row.id, before, now)
                ]
                if finished:
                    append_events(
                        connection,
                        [
                            NewEvent("response.finished", workspace_id, row.survey_id, row.id, now)
                            for row in finished
                        ],
                    )
            done += len(finished)
        self._since[workspace_id] = min([*busy, before])
        return done
