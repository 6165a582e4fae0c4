"""A workspace's teams as a list to choose from."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.teams import TeamChoice, team_choices
from widget.storage.models import Team


def teams_to_choose(session: Session, workspace_id: int) -> list[TeamChoice]:
    """Every team with its path from the top, in the order of a tree; one query."""
    rows = session.execute(
        select(Team.id, Team.parent_id, Team.name).where(Team.workspace_id == workspace_id)
    )
    return team_choices([(id, parent_id, name) for id, parent_id, name in rows])
