"""Comparing a columnar copy with the responses that it was made from."""

from sqlalchemy.orm import Session

from widget.domain.roles import EVERYTHING
from widget.domain.score_filters import Group, ScoreFilter
from widget.storage.columnar import reading, writing
from widget.storage.counted_responses import facts_from_responses

_GROUPS: tuple[Group, ...] = (
    *("day", "survey", "member", "channel", "version"),
    *("language", "source", "client", "segment", "hour"),
)


def wrong_days(session: Session, workspace_id: int) -> tuple[int, str] | None:
    """Of a workspace's unchanged days, how many the copy tells otherwise than the responses do, and
    by what the first of them differs; (0, "") when none does, None without a copy that can be read.
    """
    days = writing.every_day(session.get_bind(), workspace_id)  # type: ignore[arg-type]
    wrong, by = 0, ""
    for day in days:
        copy = reading.copy_for(session, workspace_id, day, day)
        if copy is None:
            return None
        if copy.changed_runs:
            continue
        for group in _GROUPS:
            wanted = ScoreFilter(day, day)
            said = reading.facts_from_copy(session, copy, EVERYTHING, wanted, group)
            if said is None:
                return None
            if said != facts_from_responses(session, workspace_id, EVERYTHING, wanted, group):
                wrong, by = wrong + 1, by or f"{day}, by {group}"
                break
    return wrong, by
