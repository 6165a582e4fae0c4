"""What conditions of rules need to know of responses, read for many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.rules.conditions import Answered
from widget.domain.scales import KINDS, Kind
from widget.domain.teams import DEEPEST
from widget.storage.chunks import chunks
from widget.storage.models import Member, Request, Response, Survey, Team
from widget.storage.scopes import within
from widget.storage.surveys import definitions_of
from widget.storage.tags import tags_of

_responses: Table = Response.__table__  # type: ignore[assignment]

Row = Mapping[str, Any]


def answered_in(session: Session, workspace_id: int, rows: Sequence[Row]) -> dict[UUID, Answered]:
    """Stored responses of a workspace as conditions see them; tags, teams and campaigns are as they
    are now. The number of queries grows with the thousands of responses only."""
    if not rows:
        return {}
    ids = [row["id"] for row in rows]
    positive_from = {
        id: definition.positive_from
        for id, definition in definitions_of(session, {row["version_id"] for row in rows}).items()
    }
    surveys = _surveys(session, workspace_id, {row["survey_id"] for row in rows})
    members = _members(session, workspace_id, {row["member_id"] for row in rows} - {None})
    by_mail = [row["id"] for row in rows if row["source"] == "email"]
    campaigns = _campaigns(session, workspace_id, by_mail)
    tags: dict[UUID, Sequence[str]] = {}
    for part in chunks(ids):
        tags |= tags_of(session, workspace_id, part)
    found = {}
    for row in rows:
        member, teams = members.get(row["member_id"], ("", frozenset[str]()))
        said = row["attributes"] or {}
        found[row["id"]] = Answered(
            kind=row["kind"],
            scores={kind: row[kind] for kind in KINDS if row[kind] is not None},
            positive_from=positive_from[row["version_id"]],
            comment=row["comment"] or "",
            wants_contact=bool(row["wants_contact"]),
            is_recovery=row["is_recovery"],
            client=str(said.get("client", "")),
            segment=str(said.get("segment", "")),
            channel=row["channel"],
            language=row["language"],
            survey=surveys[row["survey_id"]],
            campaign=campaigns.get(row["id"], ""),
            member=member,
            teams=teams,
            tags=frozenset(tags.get(row["id"], ())),
        )
    return found


def _surveys(session: Session, workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(Survey.id, Survey.public_id).where(
            Survey.workspace_id == workspace_id, Survey.id.in_(ids)
        )
    )
    return {row.id: row.public_id for row in rows}


def _members(
    session: Session, workspace_id: int, ids: Collection[int]
) -> dict[int, tuple[str, frozenset[str]]]:
    """Members by id: their public id, and their team with those above it."""
    if not ids:
        return {}
    above = {
        row.id: row.parent_id
        for row in session.execute(
            select(Team.id, Team.parent_id).where(Team.workspace_id == workspace_id)
        )
    }
    found = {}
    for part in chunks(ids):
        rows = session.execute(
            select(Member.id, Member.public_id, Member.team_id).where(
                Member.workspace_id == workspace_id, Member.id.in_(part)
            )
        )
        for id, public_id, team_id in rows:
            found[id] = public_id, _with_teams_above(team_id, above)
    return found


def _with_teams_above(team_id: int | None, above: Mapping[int, int | None]) -> frozenset[str]:
    found: list[str] = []
    while team_id is not None and len(found) <= DEEPEST:
        found.append(str(team_id))
        team_id = above.get(team_id)
    return frozenset(found)


def _campaigns(session: Session, workspace_id: int, ids: Collection[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for part in chunks(ids):
        rows = session.execute(
            # A request's response has its id.
            select(Request.id, Request.campaign_id).where(
                Request.workspace_id == workspace_id,
                Request.id.in_(part),
                Request.campaign_id.is_not(None),
            )
        )
        found |= {id: str(campaign_id) for id, campaign_id in rows}
    return found


@dataclass(frozen=True)
class PastResponse:
    """A finished response of the past: what conditions see, and what a page shows of it."""

    id: UUID
    answered: Answered
    answered_at: datetime
    kind: Kind
    score: int
    member_name: str
    comment: str


@dataclass(frozen=True)
class Past:
    """The newest responses of a time; `has_older`: there are more of that time than were read."""

    responses: Sequence[PastResponse]
    has_older: bool


def past_responses(
    session: Session,
    workspace_id: int,
    scope: Scope,
    *,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
    with_tests: bool = False,
) -> Past:
    """The newest finished responses within a scope, at most `limit`: an index gives them in their
    order, however many there are. `since` is inclusive, `until` exclusive."""
    wanted = [
        Response.workspace_id == workspace_id,
        Response.finished_at.is_not(None),
        Response.hidden_at.is_(None),
        within(scope, workspace_id, Response.member_id),
    ]
    if not with_tests:
        wanted.append(Response.is_test.is_(False))
    if since is not None:
        wanted.append(Response.answered_at >= since)
    if until is not None:
        wanted.append(Response.answered_at < until)
    rows = [
        dict(row)
        for row in session.execute(
            select(_responses)
            .where(*wanted)
            .order_by(Response.answered_at.desc(), Response.id.desc())
            .limit(limit + 1)
        ).mappings()
    ]
    has_older, rows = len(rows) > limit, rows[:limit]
    known = answered_in(session, workspace_id, rows)
    names = _member_names(session, workspace_id, {row["member_id"] for row in rows} - {None})
    return Past([_past(row, known[row["id"]], names) for row in rows], has_older)


def _past(row: Row, answered: Answered, names: Mapping[int, str]) -> PastResponse:
    return PastResponse(
        id=row["id"],
        answered=answered,
        answered_at=row["answered_at"],
        kind=cast(Kind, row["kind"]),
        score=row["score"],
        member_name=names.get(row["member_id"], ""),
        comment=(row["comment"] or "") if row["comment_hidden_at"] is None else "",
    )


def _member_names(session: Session, workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chunks(ids):
        rows = session.execute(
            select(Member.id, Member.name).where(
                Member.workspace_id == workspace_id, Member.id.in_(part)
            )
        )
        found |= {row.id: row.name for row in rows}
    return found
