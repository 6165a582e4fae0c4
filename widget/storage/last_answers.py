"""The day of the newest answer of each client, segment and so on.

The columnar copy answers for the days that have not changed since it was made, and the responses
themselves for all others, as with what numbers are computed from (`score_counts`).
"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.storage.columnar import reading
from widget.storage.counted_responses import counted, response_key
from widget.storage.models import Response


def last_days_by(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group
) -> dict[Any, date]:
    """The last day with an answer of a filter, within a scope, for each value of `group`."""
    copy = reading.copy_for(session, workspace_id, wanted.first, wanted.last)
    if copy is None:
        return _from_responses(session, workspace_id, scope, wanted, group)
    found = reading.last_days_from_copy(session, copy, scope, wanted, group)
    if found is None:
        return _from_responses(session, workspace_id, scope, wanted, group)
    for first, last in copy.changed_runs:
        changed = replace(wanted, first=first, last=last)
        rest = _from_responses(session, workspace_id, scope, changed, group)
        for key, day in rest.items():
            found[key] = max(day, found.get(key, day))
    return found


def _from_responses(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group
) -> dict[Any, date]:
    key = response_key(session, group)
    query = counted(workspace_id, scope, wanted, select(key, func.max(Response.day)))
    return dict(session.execute(query.group_by(key)).all())
