"""The queue of mails: claimed by one worker at a time, by a lease that ends by itself.

Each function here is one transaction of its own. A crash at any point leaves a row whose lease
runs out: `sending` is then sent again under the same Message-ID, `accepted` is only noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    case,
    func,
    select,
    union,
    update,
)

from widget.domain.asking import AskingPolicy
from widget.storage.engine import write_connection
from widget.storage.held_campaigns import is_free
from widget.storage.models import (
    Campaign,
    Customer,
    Delivery,
    Member,
    Request,
    Survey,
    Workspace,
)

_deliveries: Table = Delivery.__table__  # type: ignore[assignment]
# After so many attempts that ended with their workers, a mail is claimed alone.
_SUSPECT_FROM = 2


@dataclass(frozen=True)
class DueMail:
    """A claimed delivery with all that its mail is made from. `claimed_until` names the claim.

    `is_test` is the mail's own; `request_is_test` its request's, whose customer is never mailed.
    `campaign_plan` is None for a mail of no campaign.
    """

    workspace_id: int
    id: UUID
    request_id: UUID
    purpose: str
    recipient: str
    attempts: int
    claimed_until: datetime
    request_status: str
    is_test: bool
    request_is_test: bool
    expires_at: datetime
    language: str
    survey_id: int
    survey_public_id: str
    survey_is_closed: bool
    version_id: int | None
    mail: dict[str, Any] | None
    workspace_name: str
    asking: dict[str, Any] | None
    test_mail_to: str
    customer_name: str
    member_name: str
    member_title: str
    member_bio: str
    member_photo: str | None
    made_at: datetime
    campaign_plan: dict[str, Any] | None
    customer_time_zone: str
    workspace_time_zone: str


def due_workspaces(engine: Engine, now: datetime) -> list[int]:
    """Workspaces with something to send or to note."""
    with engine.connect() as connection:
        columns = _deliveries.c
        due = select(columns.workspace_id).where(columns.status == "due", columns.due_at <= now)
        # Their workers are gone.
        left = select(columns.workspace_id).where(
            columns.status.in_(("sending", "accepted")), columns.claimed_until <= now
        )
        return sorted(connection.scalars(union(due, left)))


def claim(
    engine: Engine, workspace_id: int, now: datetime, *, limit: int, lease: timedelta
) -> list[DueMail]:
    """Up to `limit` mails of a workspace that nobody else sends until the lease ends.

    None of a campaign that is paused or stopped; fewer where the workspace's limit a minute leaves
    room for fewer. Counts an attempt for each.
    """
    columns = _deliveries.c
    orphaned = _orphaned(workspace_id, now).where(columns.attempts < _SUSPECT_FROM)
    due = (
        select(columns.id)
        .where(
            columns.status == "due",
            columns.workspace_id == workspace_id,
            columns.due_at <= now,
            is_free(columns.campaign_id),
        )
        .order_by(columns.due_at)
    )
    return _claim(engine, workspace_id, now, [orphaned, due], limit, lease)


def claim_suspect(
    engine: Engine, workspace_id: int, now: datetime, *, lease: timedelta
) -> list[DueMail]:
    """The same of one mail that workers held more than once when they died, if there is any.

    Claimed alone, so that only the mail that ends its workers is blamed for it in the end, and
    none that merely was in one batch with it.
    """
    found = _orphaned(workspace_id, now).where(_deliveries.c.attempts >= _SUSPECT_FROM)
    # There hardly ever is one: to look costs less than to lock.
    with engine.connect() as connection:
        if connection.scalar(found.limit(1)) is None:
            return []
    return _claim(engine, workspace_id, now, [found], 1, lease)


def _orphaned(workspace_id: int, now: datetime) -> Select[UUID]:
    """Mails whose worker is gone, the oldest first."""
    return (
        select(_deliveries.c.id)
        .where(
            _deliveries.c.status == "sending",
            _of_workspace(workspace_id),
            _deliveries.c.claimed_until <= now,
            is_free(_deliveries.c.campaign_id),
        )
        .order_by(_deliveries.c.due_at, _deliveries.c.id)
    )


def _of_workspace(workspace_id: int) -> ColumnElement[bool]:
    # `x + 0`: SQLite would read all mails a workspace ever had, rather than the few of a status.
    return _deliveries.c.workspace_id + 0 == workspace_id


def _claim(
    engine: Engine,
    workspace_id: int,
    now: datetime,
    wanted: Sequence[Select[UUID]],
    limit: int,
    lease: timedelta,
) -> list[DueMail]:
    """Those that the first query finds, then those of the next while there is room."""
    with write_connection(engine) as connection:
        room = min(limit, _room(connection, workspace_id, now))
        if room <= 0:
            return []
        ids: list[UUID] = []
        for query in wanted:
            if len(ids) < room:
                ids += connection.scalars(_skipping_locked(query.limit(room - len(ids))))
        if not ids:
            return []
        connection.execute(
            _update_of(workspace_id, ids).values(
                status="sending",
                claimed_until=now + lease,
                attempts=_deliveries.c.attempts + 1,
            )
        )
        rows = connection.execute(_due_mails(workspace_id, ids)).mappings()
        return [DueMail(**row) for row in rows]


def claim_accepted(
    engine: Engine, workspace_id: int, now: datetime, *, limit: int, lease: timedelta
) -> list[UUID]:
    """Mails that a worker handed over and died before it noted so; claimed to be noted."""
    with write_connection(engine) as connection:
        ids = list(
            connection.scalars(
                _skipping_locked(
                    select(_deliveries.c.id)
                    .where(
                        _of_workspace(workspace_id),
                        _deliveries.c.status == "accepted",
                        _deliveries.c.claimed_until <= now,
                    )
                    .limit(limit)
                )
            )
        )
        if ids:
            connection.execute(_update_of(workspace_id, ids).values(claimed_until=now + lease))
        return ids


def _update_of(workspace_id: int, ids: Sequence[UUID]) -> Any:
    return update(_deliveries).where(
        _deliveries.c.workspace_id == workspace_id, _deliveries.c.id.in_(ids)
    )


def _skipping_locked(rows: Select[UUID]) -> Select[UUID]:
    # SQLite has one writer at a time anyway, and leaves this out.
    return rows.with_for_update(skip_locked=True)


def _room(connection: Connection, workspace_id: int, now: datetime) -> int:
    """How many mails a workspace may still send this minute."""
    table: Table = Workspace.__table__  # type: ignore[assignment]
    chosen = select(table.c.asking).where(table.c.id == workspace_id)
    policy = AskingPolicy.from_json(connection.scalar(chosen))
    if policy.mails_per_minute <= 0:
        return 1_000_000
    # Two workers must not both see the same room. Not a full lock, which would hold up answers.
    connection.execute(chosen.with_for_update(key_share=True))
    sent = connection.scalar(
        select(func.count())
        .select_from(_deliveries)
        .where(
            _deliveries.c.workspace_id == workspace_id,
            _deliveries.c.sent_at > now - timedelta(minutes=1),
        )
    )
    under_way = connection.scalar(
        select(func.count())
        .select_from(_deliveries)
        .where(
            _of_workspace(workspace_id),
            _deliveries.c.status == "sending",
            _deliveries.c.claimed_until > now,
        )
    )
    return policy.mails_per_minute - (sent or 0) - (under_way or 0)


def _due_mails(workspace_id: int, ids: Sequence[UUID]) -> Any:
    return (
        select(
            Delivery.workspace_id,
            Delivery.id,
            Delivery.request_id,
            Delivery.purpose,
            Delivery.recipient,
            Delivery.attempts,
            Delivery.claimed_until,
            Request.status.label("request_status"),
            Delivery.is_test,
            Request.is_test.label("request_is_test"),
            Request.expires_at,
            func.coalesce(func.nullif(Request.language, ""), Customer.language).label("language"),
            Survey.id.label("survey_id"),
            Survey.public_id.label("survey_public_id"),
            Survey.closed_at.is_not(None).label("survey_is_closed"),
            Survey.published_version_id.label("version_id"),
            Survey.mail,
            Workspace.name.label("workspace_name"),
            Workspace.asking,
            Workspace.test_mail_to,
            Customer.name.label("customer_name"),
            func.coalesce(Member.name, "").label("member_name"),
            # Nothing of a profile that nobody has approved; what is not chosen is NULL.
            func.coalesce(case((Member.is_approved, Member.title)), "").label("member_title"),
            func.coalesce(case((Member.is_approved, Member.bio)), "").label("member_bio"),
            case((Member.is_approved, Member.photo)).label("member_photo"),
            Delivery.created_at.label("made_at"),
            Campaign.plan.label("campaign_plan"),
            Customer.time_zone.label("customer_time_zone"),
            Workspace.time_zone.label("workspace_time_zone"),
        )
        .join(
            Request,
            (Request.workspace_id == Delivery.workspace_id) & (Request.id == Delivery.request_id),
        )
        .join(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .join(Survey, Survey.id == Request.survey_id)
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .outerjoin(Member, Member.id == Request.member_id)
        .outerjoin(Campaign, Campaign.id == Delivery.campaign_id)
        .where(Delivery.workspace_id == workspace_id, Delivery.id.in_(ids))
        .order_by(Delivery.due_at, Delivery.id)
    )
