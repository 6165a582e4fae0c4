"""Addresses that are not written to, and what mail servers said of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, normal_email, spellings
from widget.domain.requests import REFUSALS
from widget.storage.ids import new_id
from widget.storage.models import Bounce, Customer, Delivery, Request, SuppressedAddress, Workspace

Why = Literal["unsubscribed", "hard_bounce", "soft_bounces", "complaint"]

# Proven complaints are kept here: whoever calls one mail spam gets none from anybody on this
# server.
EVERYWHERE = 0
# A delivery in one of these has left; nothing can have come back of any other.
_HANDED_OVER = ("accepted", "sent", "delivered", "bounced")


@dataclass(frozen=True)
class Suppression:
    """Why an address is not written to; `is_everywhere` for all workspaces of the server."""

    why: Why
    at: datetime
    is_everywhere: bool


@dataclass(frozen=True)
class SentMail:
    """Whose mail a delivery or a request was, or a reply to a customer, which has a follow-up."""

    workspace_id: int
    delivery_id: UUID | None
    address: str
    is_test: bool
    workspace_name: str
    language: str
    follow_up_id: UUID | None = None
    # Whoever it was to may have another address since.
    address_now: str = ""


def weight(why: Any) -> Any:
    """An expression that sorts reasons, the one that is named of several first."""
    return case({reason: number for number, reason in enumerate(REFUSALS)}, value=why)


def suppression_of(session: Session, workspace_id: int, digest: str) -> Suppression | None:
    """Why a workspace may not write to an address; None when it may.

    Of several reasons, one for every workspace comes first, as it is what remains.
    """
    row = session.scalar(
        select(SuppressedAddress)
        .where(
            SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest == digest,
        )
        .order_by(SuppressedAddress.workspace_id, weight(SuppressedAddress.why))
        .limit(1)
    )
    if row is None:
        return None
    return Suppression(cast(Why, row.why), row.at, row.workspace_id == EVERYWHERE)


def reasons_against(session: Session, workspace_id: int, digest: str) -> frozenset[str]:
    """Every reason that a workspace has, or all have, against writing to an address."""
    return frozenset(
        session.scalars(
            select(SuppressedAddress.why).where(
                SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
                SuppressedAddress.address_digest == digest,
            )
        )
    )


def is_unsubscribed(session: Session, workspace_id: int, digest: str) -> bool:
    """Whether whoever has an address wants no mails of a workspace."""
    return session.get(SuppressedAddress, (workspace_id, digest, "unsubscribed")) is not None


def suppressed_among(session: Session, workspace_id: int, digests: list[str]) -> dict[str, Why]:
    """Those of some addresses that a workspace may not write to, with the reason."""
    rows = session.execute(
        select(SuppressedAddress.address_digest, SuppressedAddress.why)
        .where(
            SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest.in_(digests),
        )
        .order_by(weight(SuppressedAddress.why).desc())
    )
    return {row.address_digest: cast(Why, row.why) for row in rows}


def suppress(session: Session, workspace_id: int, digest: str, why: Why, at: datetime) -> None:
    """Suppress an address for a reason; it keeps its first time, and others stay beside it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(SuppressedAddress)
        .values(workspace_id=workspace_id, address_digest=digest, why=why, at=at)
        .on_conflict_do_nothing(index_elements=["workspace_id", "address_digest", "why"])
    )


def lift(session: Session, workspace_id: int, digest: str, only: Why | None = None) -> bool:
    """Take back a workspace's reasons against an address, or `only` one of them.

    False when there was none. Others of its own, and those of every workspace, still stand.
    """
    rows = delete(SuppressedAddress).where(
        SuppressedAddress.workspace_id == workspace_id, SuppressedAddress.address_digest == digest
    )
    if only:
        rows = rows.where(SuppressedAddress.why == only)
    return bool(session.execute(rows).rowcount)  # type: ignore[attr-defined]


def suppressed_counts(session: Session, workspace_id: int) -> dict[Why, int]:
    """How many addresses a workspace may not write to, by reason; those of all workspaces too.

    Each address counts once, under the first of its reasons.
    """
    heaviest = (
        select(func.min(weight(SuppressedAddress.why)).label("number"))
        .where(SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)))
        .group_by(SuppressedAddress.address_digest)
        .subquery()
    )
    rows = session.execute(
        select(heaviest.c.number, func.count())
        .group_by(heaviest.c.number)
        .order_by(heaviest.c.number)
    )
    return {cast(Why, REFUSALS[number]): count for number, count in rows}


def add_bounce(
    session: Session,
    workspace_id: int,
    digest: str,
    *,
    delivery_id: UUID | None,
    sort: str,
    detail: str,
    reported_by: str,
    at: datetime,
) -> bool:
    """Keep what a mail server said; False when the same was reported of this delivery already."""
    if delivery_id is not None:
        known = session.scalar(
            select(Bounce.id)
            .where(
                Bounce.workspace_id == workspace_id,
                Bounce.address_digest == digest,
                Bounce.delivery_id == delivery_id,
                Bounce.sort == sort,
            )
            .limit(1)
        )
        if known:
            return False
    session.add(
        Bounce(
            workspace_id=workspace_id,
            id=new_id(),
            address_digest=digest,
            delivery_id=delivery_id,
            sort=sort,
            detail=detail,
            reported_by=reported_by,
            at=at,
        )
    )
    session.flush()
    return True


def withdraw_soft_bounces(
    session: Session, workspace_id: int, digest: str, delivery_id: UUID
) -> None:
    """Forget that a mail was put off: it has arrived since."""
    session.execute(
        delete(Bounce).where(
            Bounce.workspace_id == workspace_id,
            Bounce.address_digest == digest,
            Bounce.delivery_id == delivery_id,
            Bounce.sort == "soft",
        )
    )


def soft_bounces(
    session: Session, workspace_id: int, digest: str, *, now: datetime, window: timedelta
) -> int:
    """How many soft bounces of an address came within the last `window`."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Bounce)
            .where(
                Bounce.workspace_id == workspace_id,
                Bounce.address_digest == digest,
                Bounce.sort == "soft",
                Bounce.at > now - window,
            )
        )
        or 0
    )


def mail_of_delivery(session: Session, workspace_id: int, delivery_id: UUID) -> SentMail | None:
    """Whose mail a delivery was; None when there is no such delivery, or nobody has its mail yet.

    A mail that is being sent may have been handed over: it is noted only afterwards.
    """
    row = session.execute(
        select(Delivery, Request, Workspace.name, Customer.email)
        .join(
            Request,
            (Request.workspace_id == Delivery.workspace_id) & (Request.id == Delivery.request_id),
        )
        .join(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.id == delivery_id,
            Delivery.status.in_((*_HANDED_OVER, "sending")),
        )
    ).one_or_none()
    if row is None:
        return None
    delivery, request, name, email = row
    return SentMail(
        workspace_id,
        delivery.id,
        delivery.recipient,
        delivery.is_test,
        name,
        request.language,
        address_now=email or "",
    )


def mail_of_request(session: Session, workspace_id: int, request_id: UUID) -> SentMail | None:
    """Whom a request is to; None when there is no such request."""
    row = session.execute(
        select(Request, Customer, Workspace.name)
        .join(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .join(Workspace, Workspace.id == Request.workspace_id)
        .where(Request.workspace_id == workspace_id, Request.id == request_id)
    ).one_or_none()
    if row is None:
        return None
    request, customer, name = row
    return SentMail(
        workspace_id,
        None,
        customer.email or "",
        request.is_test,
        name,
        request.language or customer.language,
    )


def newest_mail_to(
    session: Session, workspace_id: int | None, address: str
) -> tuple[int, UUID] | None:
    """The last mail that was handed over for an address, for reports that name the address alone:
    its workspace and delivery. `workspace_id` is None for a search in every workspace."""
    mails = select(Delivery.workspace_id, Delivery.id).where(
        Delivery.recipient.in_({normal_email(address), *spellings(customer_email(address))}),
        Delivery.status.in_(_HANDED_OVER),
        # A test's mail went to somebody else.
        Delivery.is_test.is_(False),
    )
    if workspace_id is not None:
        mails = mails.where(Delivery.workspace_id == workspace_id)
    row = session.execute(mails.order_by(Delivery.id.desc()).limit(1)).one_or_none()
    return (row.workspace_id, row.id) if row else None
