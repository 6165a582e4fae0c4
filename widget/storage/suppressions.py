"""Addresses that are not written to, and what mail servers said of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.storage.ids import new_id
from widget.storage.models import Bounce, Customer, Delivery, Request, SuppressedAddress, Workspace

Why = Literal["unsubscribed", "hard_bounce", "soft_bounces", "complaint"]

# Complaints are kept here: whoever calls one mail spam gets none from anybody on this server.
EVERYWHERE = 0


@dataclass(frozen=True)
class Suppression:
    """Why an address is not written to; `is_everywhere` for all workspaces of the server."""

    why: Why
    at: datetime
    is_everywhere: bool


@dataclass(frozen=True)
class SentMail:
    """Whose mail a delivery or a request was."""

    workspace_id: int
    delivery_id: UUID | None
    address: str
    is_test: bool
    workspace_name: str
    language: str


def suppression_of(session: Session, workspace_id: int, digest: str) -> Suppression | None:
    """Why a workspace may not write to an address; None when it may."""
    row = session.scalar(
        select(SuppressedAddress)
        .where(
            SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest == digest,
        )
        .order_by(SuppressedAddress.workspace_id)
        .limit(1)
    )
    if row is None:
        return None
    return Suppression(cast(Why, row.why), row.at, row.workspace_id == EVERYWHERE)


def suppressed_among(session: Session, workspace_id: int, digests: list[str]) -> dict[str, Why]:
    """Those of some addresses that a workspace may not write to, with the reason."""
    rows = session.execute(
        select(SuppressedAddress.address_digest, SuppressedAddress.why).where(
            SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest.in_(digests),
        )
    )
    return {row.address_digest: cast(Why, row.why) for row in rows}


def suppress(session: Session, workspace_id: int, digest: str, why: Why, at: datetime) -> None:
    """Suppress an address; the first reason stays, but unsubscribing replaces any other."""
    found = session.get(SuppressedAddress, (workspace_id, digest))
    if found is None:
        session.add(
            SuppressedAddress(workspace_id=workspace_id, address_digest=digest, why=why, at=at)
        )
    elif why == "unsubscribed":
        found.why, found.at = why, at


def lift(session: Session, workspace_id: int, digest: str, only: Why | None = None) -> bool:
    """Let a workspace write to an address again; False when nothing stood against it."""
    rows = delete(SuppressedAddress).where(
        SuppressedAddress.workspace_id == workspace_id, SuppressedAddress.address_digest == digest
    )
    if only:
        rows = rows.where(SuppressedAddress.why == only)
    return bool(session.execute(rows).rowcount)  # type: ignore[attr-defined]


def suppressed_counts(session: Session, workspace_id: int) -> dict[Why, int]:
    """How many addresses a workspace may not write to, by reason; those of all workspaces too."""
    rows = session.execute(
        select(SuppressedAddress.why, func.count())
        .where(SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)))
        .group_by(SuppressedAddress.why)
    )
    return {cast(Why, why): number for why, number in rows}


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
    """Whose mail a delivery was; None when there is no such delivery."""
    row = session.execute(
        select(Delivery, Request, Workspace.name)
        .join(
            Request,
            (Request.workspace_id == Delivery.workspace_id) & (Request.id == Delivery.request_id),
        )
        .join(Workspace, Workspace.id == Delivery.workspace_id)
        .where(Delivery.workspace_id == workspace_id, Delivery.id == delivery_id)
    ).one_or_none()
    if row is None:
        return None
    delivery, request, name = row
    return SentMail(
        workspace_id, delivery.id, delivery.recipient, delivery.is_test, name, request.language
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


def newest_delivery_to(session: Session, workspace_id: int, address: str) -> UUID | None:
    """The last mail to an address, for reports that name the address alone."""
    return session.scalar(
        select(Delivery.id)
        .where(Delivery.workspace_id == workspace_id, Delivery.recipient == address.lower())
        .order_by(Delivery.id.desc())
        .limit(1)
    )
