"""Teams: made, renamed, moved, led, and removed."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.teams import tidy_team_name
from widget.storage import teams
from widget.storage.engine import writing


def make_team(
    session: Session, workspace_id: int, *, name: str, parent_id: int | None, at: datetime
) -> int:
    """Make a team; returns its id. Raises TeamRefused, TeamsCannotNest and UnknownTeam."""
    tidy = tidy_team_name(name)
    with writing(session):
        return teams.add_team(session, workspace_id, tidy, parent_id, at)


def change_team(
    session: Session, workspace_id: int, team_id: int, *, name: str, parent_id: int | None
) -> None:
    """Name a team and put it in its place. Raises TeamRefused, TeamsCannotNest and UnknownTeam."""
    tidy = tidy_team_name(name)
    with writing(session):
        teams.change_team(session, workspace_id, team_id, tidy, parent_id)


def remove_team(
    session: Session, workspace_id: int, team_id: int, *, members_to: int | None
) -> None:
    """Remove a team; its members go to another or to none, and the teams below it move up.

    Raises TeamRefused and UnknownTeam.
    """
    with writing(session):
        teams.remove_team(session, workspace_id, team_id, members_to=members_to)


def set_leader(
    session: Session, workspace_id: int, team_id: int, user_id: int, *, leads: bool
) -> None:
    """Let a manager lead a team, or no longer. Raises UnknownTeam and UnknownPerson."""
    with writing(session):
        teams.set_leader(session, workspace_id, team_id, user_id, leads=leads)
