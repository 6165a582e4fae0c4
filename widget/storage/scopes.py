"""A scope as a condition of queries."""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from widget.domain.roles import Scope
from widget.storage.models import Member


def within(
    scope: Scope, workspace_id: int, member_id: InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """The condition that what a row's `member_id` names is within a scope.

    Rows without a member are within the scope that holds everything, and no other.
    """
    if scope.everything:
        return true()
    parts: list[ColumnElement[bool]] = []
    if scope.member_id is not None:
        parts.append(member_id == scope.member_id)
    if scope.teams:
        of_teams = select(Member.id).where(
            Member.workspace_id == workspace_id, Member.team_id.in_(scope.teams)
        )
        # `x + 0`: SQLite would look each member up in an index and sort all that they have.
        parts.append((member_id + 0).in_(of_teams))
    return or_(*parts) if parts else false()


def members_within(scope: Scope) -> ColumnElement[bool]:
    """The condition that a member of the workspace is within a scope."""
    if scope.everything:
        return true()
    parts: list[ColumnElement[bool]] = []
    if scope.member_id is not None:
        parts.append(Member.id == scope.member_id)
    if scope.teams:
        parts.append(and_(Member.team_id.is_not(None), Member.team_id.in_(scope.teams)))
    return or_(*parts) if parts else false()


def members_led(scope: Scope) -> ColumnElement[bool]:
    """The condition that a member of the workspace is of a team within a scope: what those who
    lead may change."""
    if scope.everything:
        return true()
    return and_(Member.team_id.is_not(None), Member.team_id.in_(scope.teams))
