"""Everything that happened between a workspace and one customer, for their page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from widget.domain.responses import is_first_said
from widget.domain.roles import Scope
from widget.storage.addresses import address_digests
from widget.storage.campaigns import campaign_names
from widget.storage.customer_traces import responses_naming
from widget.storage.indexed import by_index
from widget.storage.models import (
    Customer,
    Delivery,
    FollowUp,
    FollowUpNote,
    MergedCustomer,
    Request,
    Response,
    Revision,
    Share,
    SuppressedAddress,
    Testimonial,
)
from widget.storage.requests import ListedRequest, requests_by_id
from widget.storage.responses import ListedResponse, responses_by_id
from widget.storage.scopes import within
from widget.storage.suppressions import EVERYWHERE

MOST = 200
"""So many requests, and so many responses, have a place in a timeline: the newest."""

# In the order in which they follow one another at the same moment.
Happening = Literal[
    "known",
    "merged",
    "asked",
    "mailed",
    "bounced",
    "not_mailed",
    "answered",
    "changed",
    "follow_up",
    "follow_up_note",
    "replied",
    "wrote_back",
    "auto_replied",
    "follow_up_resolved",
    "shared",
    "unshared",
    "testimonial",
    "suppressed",
]
_ORDER = {kind: number for number, kind in enumerate(get_args(Happening))}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `detail` is what its kind tells beside its request or response."""

    at: datetime
    kind: Happening
    request: ListedRequest | None = None
    response: ListedResponse | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeline:
    """Entries, the newest first. `is_cut`: older requests or responses are left out."""

    entries: list[Entry]
    is_cut: bool


def timeline_of(
    session: Session, customer: Customer, scope: Scope, *, shows_follow_ups: bool
) -> Timeline:
    """What happened with a customer, as far as a scope reaches."""
    workspace_id = customer.workspace_id
    request_ids = _newest_requests(session, customer, scope)
    response_ids = _newest_responses(session, customer, scope)
    requests = requests_by_id(session, workspace_id, request_ids[:MOST])
    responses = responses_by_id(session, workspace_id, response_ids[:MOST])
    entries = [
        *_about_customer(session, customer),
        *_of_requests(session, workspace_id, requests),
        *_of_responses(session, workspace_id, responses),
    ]
    if shows_follow_ups:
        entries += _of_follow_ups(session, workspace_id, responses)
    entries.sort(key=lambda entry: (entry.at, _ORDER[entry.kind]), reverse=True)
    return Timeline(entries, is_cut=max(len(request_ids), len(response_ids)) > MOST)


def _newest_requests(session: Session, customer: Customer, scope: Scope) -> list[UUID]:
    query = (
        select(Request.id)
        .where(
            Request.workspace_id == customer.workspace_id,
            Request.customer_id == customer.id,
            within(scope, customer.workspace_id, Request.member_id),
        )
        .order_by(Request.created_at.desc(), Request.id.desc())
    )
    return list(session.scalars(query.limit(MOST + 1)))


def _newest_responses(session: Session, customer: Customer, scope: Scope) -> list[UUID]:
    workspace_id = customer.workspace_id
    named = responses_naming(session, customer)
    asked = select(Request.id).where(
        Request.workspace_id == workspace_id, Request.customer_id == customer.id
    )
    query = (
        select(Response.id)
        .where(
            Response.workspace_id == workspace_id,
            or_(Response.id.in_(asked), Response.id.in_(named)),
            within(scope, workspace_id, Response.member_id),
        )
        .order_by(Response.answered_at.desc(), Response.id.desc())
    )
    return list(session.scalars(query.limit(MOST + 1)))


def _about_customer(session: Session, customer: Customer) -> Iterable[Entry]:
    yield Entry(customer.created_at, "known")
    merged = select(MergedCustomer.at).where(
        MergedCustomer.workspace_id == customer.workspace_id,
        MergedCustomer.customer_id == customer.id,
    )
    for at in session.scalars(merged):
        yield Entry(at, "merged")
    digests = address_digests(session)(customer.email) if customer.email else ()
    suppressed = select(SuppressedAddress.at, SuppressedAddress.why).where(
        SuppressedAddress.workspace_id.in_((customer.workspace_id, EVERYWHERE)),
        SuppressedAddress.address_digest.in_(digests),
    )
    for at, why in session.execute(suppressed):
        yield Entry(at, "suppressed", detail={"why": why})


def _of_requests(
    session: Session, workspace_id: int, requests: dict[UUID, ListedRequest]
) -> Iterable[Entry]:
    by = {id: found.request.campaign_id for id, found in requests.items()}
    ids = {campaign for campaign in by.values() if campaign is not None}
    campaigns = campaign_names(session, workspace_id, ids)
    for id, found in requests.items():
        campaign = by[id]
        told = {"campaign": campaigns[campaign]} if campaign in campaigns else {}
        yield Entry(found.request.created_at, "asked", found, detail=told)
    mails = select(Delivery).where(by_index(workspace_id, Delivery.request_id, list(requests)))
    for mail in session.scalars(mails):
        found = requests[mail.request_id]
        detail = {"purpose": mail.purpose, "status": mail.status, "error": mail.last_error}
        if mail.sent_at is not None:
            yield Entry(mail.sent_at, "mailed", found, detail=detail)
        if mail.status == "bounced":
            yield Entry(mail.sent_at or mail.created_at, "bounced", found, detail=detail)
        elif mail.status in ("failed", "not_sent"):
            yield Entry(mail.created_at, "not_mailed", found, detail=detail)


def _of_responses(
    session: Session, workspace_id: int, responses: dict[UUID, ListedResponse]
) -> Iterable[Entry]:
    for found in responses.values():
        yield Entry(found.response.answered_at, "answered", response=found)
    for row in session.scalars(
        select(Revision)
        .where(_of_these(Revision, workspace_id, responses))
        .order_by(Revision.response_id, Revision.at, Revision.id)
    ):
        found = responses[row.response_id]
        # The first answer is its response's.
        if row.at > found.response.answered_at and (changed := _changed(found, row)):
            yield Entry(row.at, "changed", response=found, detail={"changes": changed})
    for share in session.scalars(select(Share).where(_of_these(Share, workspace_id, responses))):
        found = responses[share.response_id]
        yield Entry(share.created_at, "shared", response=found)
        if share.withdrawn_at:
            yield Entry(share.withdrawn_at, "unshared", response=found)
    decided = select(Testimonial).where(_of_these(Testimonial, workspace_id, responses))
    for one in session.scalars(decided):
        if one.standing != "waiting":
            detail = {"standing": one.standing}
            yield Entry(one.decided_at, "testimonial", None, responses[one.response_id], detail)


def _changed(found: ListedResponse, row: Revision) -> list[dict[str, Any]]:
    """What a revision changes, without what its customer said first, step by step, until they had
    finished: that is the answer itself."""
    finished_at = found.response.finished_at
    if finished_at is not None and row.at > finished_at:
        return row.changes
    return [one for one in row.changes if not is_first_said(one["field"], one["old"])]


def _of_follow_ups(
    session: Session, workspace_id: int, responses: dict[UUID, ListedResponse]
) -> Iterable[Entry]:
    rows = session.scalars(select(FollowUp).where(_of_these(FollowUp, workspace_id, responses)))
    threads = {row.id: row for row in rows}
    for row in threads.values():
        found, detail = responses[row.response_id], {"id": row.id, "why": row.opened_why}
        yield Entry(row.opened_at, "follow_up", response=found, detail=detail)
        if row.resolved_at:
            detail = {"id": row.id, "outcome": row.outcome}
            yield Entry(row.resolved_at, "follow_up_resolved", response=found, detail=detail)
    notes = select(FollowUpNote).where(
        FollowUpNote.workspace_id == workspace_id,
        FollowUpNote.follow_up_id.in_(threads),
        FollowUpNote.kind.in_(tuple(_KINDS)),
    )
    for note in session.scalars(notes):
        thread = threads[note.follow_up_id]
        detail = {"id": thread.id, "text": note.text}
        if note.data.get("is_other"):
            detail["stranger"] = note.data.get("from", "")
        yield Entry(note.at, _KINDS[note.kind], None, responses[thread.response_id], detail)


_KINDS: dict[str, Happening] = {
    "note": "follow_up_note",
    "reply": "replied",
    "customer_mail": "wrote_back",
    "auto_reply": "auto_replied",
}


def _of_these(model: Any, workspace_id: int, ids: Collection[UUID]) -> ColumnElement[bool]:
    if "id" in model.__table__.columns and model is not Revision:
        return by_index(workspace_id, model.response_id, list(ids))
    # Their key begins with the response.
    condition: ColumnElement[bool] = (model.workspace_id == workspace_id) & (
        model.response_id.in_(ids)
    )
    return condition
