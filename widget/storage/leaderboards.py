"""What leaderboards count, from the rollups."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.leaderboards import Tally
from widget.domain.periods import Period
from widget.domain.scales import Kind
from widget.domain.teams import TeamPlace, with_teams_below
from widget.storage.dashboards import CountedSurvey
from widget.storage.models import Member, Rollup, Team


@dataclass(frozen=True)
class RatedMember:
    """A member as leaderboards show one."""

    name: str
    title: str
    photo: str | None
    team: str


def tallies_of(
    session: Session,
    workspace_id: int,
    period: Period,
    kind: Kind,
    surveys: Mapping[int, CountedSurvey],
    *,
    teams: Collection[int] | None = None,
) -> dict[int, Tally]:
    """How many answers each member has in a period, and how many of them are positive.

    `surveys` are those of the workspace, each of which says what of its own is positive. Members
    who were archived are left out; `teams`: only those of these teams.
    """
    query = (
        select(Rollup.member_id, Rollup.survey_id, Rollup.score, func.sum(Rollup.responses))
        .join(Member, Member.id == Rollup.member_id)
        .where(
            Rollup.workspace_id == workspace_id,
            Rollup.day >= period.first,
            Rollup.day <= period.last,
            Rollup.kind == kind,
            Member.workspace_id == workspace_id,
            Member.archived_at.is_(None),
        )
        .group_by(Rollup.member_id, Rollup.survey_id, Rollup.score)
    )
    if teams is not None:
        query = query.where(Member.team_id.in_(teams))
    positive: dict[int, int] = defaultdict(int)
    answers: dict[int, int] = defaultdict(int)
    thresholds = {id: survey.threshold(kind) for id, survey in surveys.items()}
    for member_id, survey_id, score, responses in session.execute(query):
        answers[member_id] += responses
        positive[member_id] += responses if score >= thresholds[survey_id] else 0
    return {id: Tally(positive[id], number) for id, number in answers.items() if number}


def rated_members(
    session: Session, workspace_id: int, ids: Collection[int]
) -> dict[int, RatedMember]:
    """Members by id; photo and title of those only whose profile was approved."""
    rows = session.execute(
        select(Member, Team.name)
        .outerjoin(Team, Team.id == Member.team_id)
        .where(Member.workspace_id == workspace_id, Member.id.in_(ids))
    )
    return {
        member.id: RatedMember(
            member.name,
            member.title if member.is_approved else "",
            member.photo if member.is_approved else None,
            team or "",
        )
        for member, team in rows
    }


def teams_from(session: Session, workspace_id: int, team_id: int) -> frozenset[int]:
    """A team with those below it; nothing when the workspace has no such team."""
    rows = session.execute(select(Team.id, Team.parent_id).where(Team.workspace_id == workspace_id))
    places = [TeamPlace(id, parent_id) for id, parent_id in rows]
    known = any(place.id == team_id for place in places)
    return with_teams_below(places, [team_id]) if known else frozenset()
