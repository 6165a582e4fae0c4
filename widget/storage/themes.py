"""What was found behind scores: asked for, found by the worker, kept for a day.

What is kept was found for one filter within one scope, and is for whoever has the same: the key
names the members that the scope holds, so it fits nobody else, nor the same person once their teams
have changed. `latest_for` is the way to it.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import ScoreFilter
from widget.domain.themes.findings import (
    FORMAT,
    Findings,
    findings_from_json,
    findings_to_json,
)
from widget.storage.ids import new_id
from widget.storage.models import Member, ThemeFinding
from widget.storage.reports import forget_themes_of_drafts
from widget.storage.scopes import members_within
from widget.storage.theme_asked import asked_to_json, filter_to_json, read_asked

_log = logging.getLogger(__name__)

# What is older is found anew when somebody looks at it.
FRESH_FOR = timedelta(hours=1)
# What is older is forgotten: nothing that a customer wrote outlives its response for longer.
KEPT_FOR = timedelta(days=1)
# Of what one person has asked for so many are kept, the newest, and so many wait at once: nobody is
# to push out what others asked for, or to keep the worker from it.
MOST_KEPT = 30
MOST_WAITING = 3
# Whoever has claimed one and does not come back has died.
_CLAIMED_FOR = timedelta(minutes=10)
_FAILED_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Kept:
    """What there is of a filter within a scope: nothing yet, or `findings` as of `found_at`.

    `is_waiting`: the worker is to find it, or to find it anew. `has_failed`: it could not the last
    time, and tries again.
    """

    findings: Findings | None = None
    found_at: datetime | None = None
    is_waiting: bool = False
    has_failed: bool = False

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to ask for it, for the first time or again."""
        return self.found_at is None or now - self.found_at >= FRESH_FOR


@dataclass(frozen=True)
class Claim:
    """What the worker is to find, and by when it has to be back."""

    workspace_id: int
    id: UUID
    until: datetime
    scope: Scope
    wanted: ScoreFilter


def latest_for(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, now: datetime
) -> Kept:
    """What was found last for a filter within a scope, at most a day ago."""
    row = session.execute(
        select(
            ThemeFinding.findings,
            ThemeFinding.found_at,
            ThemeFinding.asked_at,
            ThemeFinding.failures,
        ).where(
            ThemeFinding.workspace_id == workspace_id,
            ThemeFinding.key == _key(session, workspace_id, scope, wanted),
        )
    ).one_or_none()
    if row is None:
        return Kept()
    waiting = {"is_waiting": row.asked_at is not None, "has_failed": row.failures > 0}
    if row.findings is None or row.found_at is None or now - row.found_at >= KEPT_FOR:
        return Kept(**waiting)
    return Kept(findings_from_json(row.findings), row.found_at, **waiting)


def ask_for(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    at: datetime,
    *,
    by: int | None = None,
    may_ask: Callable[[], bool] = lambda: True,
) -> bool:
    """Have the worker find what is behind the scores of a filter; what waits already goes on
    waiting.

    `by` is the user who asks, None where a report does. While MOST_WAITING wait that a user has
    asked for, nothing more does; the oldest of theirs are forgotten where those are too many.
    `may_ask` is asked where one more is to wait; returns False where it says no.
    """
    key = _key(session, workspace_id, scope, wanted)
    row = session.scalar(
        select(ThemeFinding).where(
            ThemeFinding.workspace_id == workspace_id, ThemeFinding.key == key
        )
    )
    if row is not None and row.asked_at is not None:
        return True
    if by is not None and _waiting_for(session, workspace_id, by) >= MOST_WAITING:
        return True
    if not may_ask():
        return False
    asked = asked_to_json(scope, wanted, by)
    if row is not None:
        row.asked, row.asked_at = asked, at
        return True
    _make_room(session, workspace_id, by)
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(
        insert(ThemeFinding)
        .values(
            workspace_id=workspace_id,
            id=new_id(),
            key=key,
            asked=asked,
            created_at=at,
            asked_at=at,
            failures=0,
        )
        # Somebody else may ask for the same at the same moment.
        .on_conflict_do_nothing(index_elements=["workspace_id", "key"])
    )
    return True


def is_any_waiting(session: Session, now: datetime) -> bool:
    """Whether there is anything to claim."""
    waiting = select(ThemeFinding.id).where(*_waiting(now)).limit(1)
    return session.scalar(waiting) is not None


def claim(session: Session, now: datetime, *, after: int = 0) -> Claim | None:
    """Take what has waited longest in the workspace whose turn is next once the one with the id
    `after` has had its own; None when nothing waits.

    What was asked for by somebody whose scope holds other members by now is forgotten instead, and
    so is what cannot be read any more: a filter of an older version.
    """
    had_its_turn = case((ThemeFinding.workspace_id <= after, 1), else_=0)
    while True:
        row = session.scalar(
            select(ThemeFinding)
            .where(*_waiting(now))
            .order_by(
                *(had_its_turn, ThemeFinding.workspace_id),
                *(ThemeFinding.asked_at, ThemeFinding.id),
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        read = read_asked(row.asked)
        if read is None:
            _log.warning("What the themes %s are of cannot be read; they are forgotten.", row.id)
        if read is None or row.key != _key(session, row.workspace_id, *read):
            session.delete(row)
            session.flush()
            continue
        scope, wanted = read
        row.claimed_until = now + _CLAIMED_FOR
        return Claim(row.workspace_id, row.id, row.claimed_until, scope, wanted)


def keep(session: Session, claimed: Claim, findings: Findings, at: datetime) -> bool:
    """Keep what was found, as of `at`; False where it was forgotten or claimed by somebody else
    in the meantime, and so is not wanted."""
    values = {
        "findings": findings_to_json(findings),
        "found_at": at,
        "asked_at": None,
        "claimed_until": None,
        "failures": 0,
    }
    return _settle(session, claimed, values)


def let_go(session: Session, claimed: Claim) -> None:
    """Leave a claimed one to whoever comes next."""
    _settle(session, claimed, {"claimed_until": None})


def note_failure(session: Session, claimed: Claim, at: datetime) -> None:
    """Leave one alone for a while that could not be found."""
    values = {"claimed_until": at + _FAILED_FOR, "failures": ThemeFinding.failures + 1}
    _settle(session, claimed, values)


def forget_all_of(session: Session, workspace_id: int) -> None:
    """Forget everything that was found in a workspace, and what is just being found: for when a
    response is erased or hidden, or is somebody else's. Drafts of reports forget it too."""
    # Reports are locked before findings, as by who counts one.
    forget_themes_of_drafts(session, workspace_id)
    session.execute(delete(ThemeFinding).where(ThemeFinding.workspace_id == workspace_id))


def forget_old(session: Session, now: datetime) -> int:
    """Forget what was found, or asked for in vain, a day ago; returns how many there were."""
    since = func.coalesce(ThemeFinding.found_at, ThemeFinding.created_at)
    found = session.execute(delete(ThemeFinding).where(since <= now - KEPT_FOR))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _waiting(now: datetime) -> tuple[Any, ...]:
    is_free = or_(ThemeFinding.claimed_until.is_(None), ThemeFinding.claimed_until <= now)
    return ThemeFinding.asked_at.is_not(None), is_free


def _settle(session: Session, claimed: Claim, values: Mapping[str, Any]) -> bool:
    changed = session.execute(
        update(ThemeFinding)
        .where(
            ThemeFinding.workspace_id == claimed.workspace_id,
            ThemeFinding.id == claimed.id,
            ThemeFinding.claimed_until == claimed.until,
        )
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _asked_by(by: int | None) -> ColumnElement[bool]:
    # Rows of before people were noted name nobody either.
    said: ColumnElement[Any] = ThemeFinding.asked["by"].as_integer()
    return said.is_(None) if by is None else said == by


def _waiting_for(session: Session, workspace_id: int, by: int) -> int:
    """How many wait that a user has asked for, but for those that failed."""
    waiting = select(func.count()).where(
        ThemeFinding.workspace_id == workspace_id,
        ThemeFinding.asked_at.is_not(None),
        ThemeFinding.failures == 0,
        _asked_by(by),
    )
    return session.scalar(waiting) or 0


def _make_room(session: Session, workspace_id: int, by: int | None) -> None:
    latest = func.coalesce(ThemeFinding.asked_at, ThemeFinding.found_at, ThemeFinding.created_at)
    surplus = session.scalars(
        select(ThemeFinding.id)
        .where(ThemeFinding.workspace_id == workspace_id, _asked_by(by))
        .order_by(latest.desc(), ThemeFinding.id.desc())
        .offset(MOST_KEPT - 1)
    ).all()
    if surplus:
        session.execute(
            delete(ThemeFinding).where(
                ThemeFinding.workspace_id == workspace_id, ThemeFinding.id.in_(surplus)
            )
        )


def _key(session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter) -> str:
    """The digest of a filter and of the members that a scope holds."""
    members: list[int] | None = None
    if not scope.everything:
        of_scope = select(Member.id).where(
            Member.workspace_id == workspace_id, members_within(scope)
        )
        members = sorted(session.scalars(of_scope))
    text = json.dumps([FORMAT, members, filter_to_json(wanted)], sort_keys=True)
    return sha256(text.encode()).hexdigest()
