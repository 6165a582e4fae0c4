"""The events of a workspace as whoever runs the server reads them: who did what, and when."""

import json
from collections.abc import Collection, Iterator

from widget.domain.moments import read_moment
from widget.extensions import db
from widget.operate.exporting import the_workspace
from widget.storage.accounts import time_zone_of
from widget.storage.events import events_since


def lines(workspace: int | None, since: str | None, names: Collection[str]) -> Iterator[str]:
    """The events as JSON objects, oldest first: `id`, `at` (UTC), `name`, `survey_id`,
    `response_id` and `data`; of some `names` only, where there are any. `since` is a day in the
    workspace's time zone or a moment with its offset. Raises a SaysoError for a workspace that
    there is not, or that is not said where there are several, and for what is no day."""
    workspace_id = the_workspace(workspace)
    zone = time_zone_of(db.session(), workspace_id)
    from_ = read_moment(since, zone) if since else None
    for event in events_since(db.session(), workspace_id, from_, names):
        told = {
            "id": str(event.id),
            "at": event.at.isoformat(),
            "name": event.name,
            "survey_id": event.survey_id,
            "response_id": str(event.response_id) if event.response_id else None,
            "data": event.data,
        }
        yield json.dumps(told, ensure_ascii=False)
