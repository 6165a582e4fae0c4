"""What somebody can choose from when they filter a stream."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.teams import TeamPlace, with_teams_below
from widget.storage.models import Member, Survey, Team
from widget.storage.scopes import members_within

# More names than anybody looks through in a list; teams narrow them down.
_MOST_MEMBERS = 500
_NOBODY = 0


@dataclass(frozen=True)
class Choices:
    """Surveys and members as (public id, name), teams as (id, name). Empty where there is nothing
    to choose."""

    surveys: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    members: list[tuple[str, str]]


def stream_choices(session: Session, workspace_id: int, scope: Scope) -> Choices:
    """The choices of somebody with a scope."""
    surveys = session.execute(
        select(Survey.public_id, Survey.name)
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.name)
    )
    found = Choices([(id, name) for id, name in surveys], [], [])
    if not scope.everything and not scope.teams:
        return found
    teams = select(Team.id, Team.name).where(Team.workspace_id == workspace_id)
    if not scope.everything:
        teams = teams.where(Team.id.in_(scope.teams))
    found.teams.extend((str(id), name) for id, name in session.execute(teams.order_by(Team.name)))
    members = session.execute(
        select(Member.public_id, Member.name)
        .where(
            Member.workspace_id == workspace_id,
            Member.archived_at.is_(None),
            members_within(scope),
        )
        .order_by(Member.name, Member.id)
        .limit(_MOST_MEMBERS)
    )
    found.members.extend((public_id, name) for public_id, name in members)
    return found


def member_of_filter(session: Session, workspace_id: int, public_id: str) -> int | None:
    """A member's id; that of nobody for one whom the workspace does not have. None for no text."""
    if not public_id:
        return None
    of = select(Member.id).where(Member.workspace_id == workspace_id, Member.public_id == public_id)
    return session.scalar(of) or _NOBODY


def teams_of_filter(session: Session, workspace_id: int, text: str) -> frozenset[int] | None:
    """A team, given by its id as text, with the teams below it; no team at all for one that the
    workspace does not have. None for no text."""
    if not text:
        return None
    places = [
        TeamPlace(id, parent_id)
        for id, parent_id in session.execute(
            select(Team.id, Team.parent_id).where(Team.workspace_id == workspace_id)
        )
    ]
    return with_teams_below(places, [place.id for place in places if str(place.id) == text])
