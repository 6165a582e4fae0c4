"""Counting how often ways to share are offered and used, by day, and never by which
customer."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from widget.storage import share_counts
from widget.storage.engine import write_connection
from widget.storage.share_counts import Uses


def count_shares(
    engine: Engine,
    workspace_id: int,
    survey_id: int,
    member_id: int | None,
    by_channel: Mapping[str, Uses],
    *,
    time_zone: str,
    at: datetime,
) -> None:
    """Add to the counts of the workspace's day. `member_id` is whom the rating was about."""
    if not by_channel:
        return
    day = at.astimezone(ZoneInfo(time_zone)).date()
    with write_connection(engine) as connection:
        share_counts.count_shares(connection, workspace_id, survey_id, member_id, day, by_channel)
