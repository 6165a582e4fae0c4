"""Members as the console lists and shows them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, String, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from widget.domain.errors import UnknownMember
from widget.domain.profiles import Entry, Profile, Status, status_of
from widget.domain.roles import Scope
from widget.storage.members import profile_of
from widget.storage.models import Member, ProfileChange, User
from widget.storage.scopes import members_led


@dataclass(frozen=True)
class MemberFilter:
    """Which members are listed. `teams` are ids, None for any; `status` None for all but archived
    ones. `search` is part of a name, title, email or employee id."""

    scope: Scope
    search: str = ""
    teams: frozenset[int] | None = None
    without_team: bool = False
    tag: str = ""
    status: Status | None = None


@dataclass(frozen=True)
class ListedMember:
    """A member with all that is known of them. `user_email` is whose sign-in shows theirs."""

    id: int
    public_id: str
    profile: Profile
    entry: Entry
    status: Status
    is_approved: bool
    user_id: int | None
    user_email: str | None
    created_at: datetime


@dataclass(frozen=True)
class MembersPage:
    items: Sequence[ListedMember]
    total: int


def members_page(
    session: Session, workspace_id: int, wanted: MemberFilter, *, limit: int, skip: int = 0
) -> MembersPage:
    """Members by name, and how many there are in all."""
    where = _where(workspace_id, wanted)
    total = session.scalar(select(func.count()).select_from(Member).where(*where)) or 0
    rows = session.execute(
        _listed()
        .where(*where)
        .order_by(func.lower(Member.name), Member.id)
        .limit(limit)
        .offset(skip)
    )
    return MembersPage([_row(row) for row in rows], total)


def listed_member(
    session: Session, workspace_id: int, member_id: int, scope: Scope
) -> ListedMember:
    """One member whom a scope leads. Raises UnknownMember, also for one outside."""
    row = session.execute(
        _listed().where(
            Member.workspace_id == workspace_id, Member.id == member_id, members_led(scope)
        )
    ).one_or_none()
    if row is None:
        raise UnknownMember("There is no such member in this workspace, or not in your teams.")
    return _row(row)


def own_member(session: Session, workspace_id: int, member_id: int) -> ListedMember:
    """The member that somebody is themselves. Raises UnknownMember."""
    return listed_member(session, workspace_id, member_id, Scope(everything=True))


def tags_in_use(session: Session, workspace_id: int, scope: Scope) -> list[str]:
    """Every tag of the members whom a scope leads, in order."""
    rows = session.scalars(
        select(Member.tags).where(
            Member.workspace_id == workspace_id,
            Member.archived_at.is_(None),
            members_led(scope),
            cast(Member.tags, String) != "[]",
        )
    )
    found = {tag.casefold(): tag for tags in rows for tag in tags}
    return [found[key] for key in sorted(found)]


def pending_changes(session: Session, workspace_id: int, scope: Scope) -> int:
    """How many profiles wait for the approval of who leads them."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ProfileChange)
            .join(Member, Member.id == ProfileChange.member_id)
            .where(
                ProfileChange.workspace_id == workspace_id,
                ProfileChange.status == "pending",
                Member.archived_at.is_(None),
                members_led(scope),
            )
        )
        or 0
    )


_waiting = aliased(ProfileChange)


def _is_pending() -> ColumnElement[bool]:
    return exists().where(_waiting.member_id == Member.id, _waiting.status == "pending")


def _listed() -> Select[Member, bool, str | None]:
    return select(Member, _is_pending(), User.email).outerjoin(User, User.id == Member.user_id)


def _where(workspace_id: int, wanted: MemberFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Member.workspace_id == workspace_id,
        members_led(wanted.scope),
        Member.archived_at.is_not(None)
        if wanted.status == "archived"
        else Member.archived_at.is_(None),
    ]
    if wanted.search:
        words = wanted.search.lower()
        columns = (Member.name, Member.title, Member.email, Member.employee_id)
        found.append(or_(*(func.lower(one).contains(words, autoescape=True) for one in columns)))
    if wanted.teams is not None:
        found.append(Member.team_id.in_(wanted.teams))
    if wanted.without_team:
        found.append(Member.team_id.is_(None))
    if wanted.tag:
        # Both databases keep the list as the text that we wrote, so that a tag is found in quotes.
        quoted = json.dumps(wanted.tag).lower()
        found.append(func.lower(cast(Member.tags, String)).contains(quoted, autoescape=True))
    if wanted.status == "pending":
        found.append(_is_pending())
    elif wanted.status in ("active", "unapproved"):
        found += [~_is_pending(), Member.is_approved.is_(wanted.status == "active")]
    return found


def _row(row: Row[Member, bool, str | None]) -> ListedMember:
    member, is_pending, user_email = row
    return ListedMember(
        id=member.id,
        public_id=member.public_id,
        profile=profile_of(member),
        entry=Entry(member.email, member.employee_id, member.team_id, tuple(member.tags)),
        status=status_of(
            is_archived=member.archived_at is not None,
            is_approved=member.is_approved,
            is_pending=is_pending,
        ),
        is_approved=member.is_approved,
        user_id=member.user_id,
        user_email=user_email,
        created_at=member.created_at,
    )
