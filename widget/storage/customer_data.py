"""All that is stored of one customer, for the customer: every table that has anything of theirs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from widget.storage.addresses import address_digests
from widget.storage.customer_aliases import all_keys_of, keys_of
from widget.storage.customer_mentions import mentions_of
from widget.storage.customer_traces import Traces, traces_of
from widget.storage.declarative import Base
from widget.storage.indexed import by_index
from widget.storage.models import (
    Bounce,
    Campaign,
    Customer,
    Delivery,
    FollowUp,
    FollowUpNote,
    HeldAnswer,
    LinkVisit,
    Member,
    Request,
    Response,
    ResponseNote,
    Revision,
    Reward,
    Share,
    SuppressedAddress,
    Survey,
    Testimonial,
    Wave,
)
from widget.storage.suppressions import EVERYWHERE

# Columns that tie rows together, or guard something, and tell nothing about anybody.
_OURS = frozenset(
    {
        *("workspace_id", "survey_id", "version_id", "customer_id", "campaign_id", "wave_id"),
        *("body_sha256", "claimed_until"),
    }
)


def data_of(session: Session, customer: Customer) -> dict[str, Any]:
    """What is stored of a customer as JSON: their entry, and lists by what they hold."""
    traces = traces_of(session, customer)
    return {
        "customer": _plain(customer, keep=("id",)),
        "not_written_to": _suppressions(session, customer),
        "mail_servers_said": _bounces(session, customer),
        "requests": _requests(session, customer.workspace_id, traces),
        "responses": _responses(session, customer.workspace_id, traces),
        "known_before_as": _known_before(session, customer),
        **mentions_of(session, customer),
    }


def _known_before(session: Session, customer: Customer) -> list[str]:
    keys = all_keys_of(session, customer)
    now = {value for _kind, value in keys_of(customer).items()}
    return sorted((keys.emails | keys.external_ids) - now)


def _suppressions(session: Session, customer: Customer) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(SuppressedAddress)
        .where(
            SuppressedAddress.workspace_id.in_((customer.workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest.in_(_digests(session, customer)),
        )
        .order_by(SuppressedAddress.at)
    )
    return [{"why": row.why, "at": _json(row.at)} for row in rows]


def _bounces(session: Session, customer: Customer) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Bounce)
        .where(
            Bounce.workspace_id == customer.workspace_id,
            Bounce.address_digest.in_(_digests(session, customer)),
        )
        .order_by(Bounce.at)
    )
    return [{"sort": row.sort, "detail": row.detail, "at": _json(row.at)} for row in rows]


def _digests(session: Session, customer: Customer) -> Collection[str]:
    digests_of = address_digests(session)
    emails = all_keys_of(session, customer).emails
    return [digest for email in emails for digest in digests_of(email)]


def _requests(session: Session, workspace_id: int, traces: Traces) -> list[dict[str, Any]]:
    ids = traces.requests
    surveys = _surveys(session, workspace_id)
    mails = _by(
        session,
        Delivery,
        workspace_id,
        by_index(workspace_id, Delivery.request_id, ids),
        "request_id",
    )
    visits = _by(
        session, LinkVisit, workspace_id, by_index(workspace_id, LinkVisit.response_id, ids)
    )
    held = _by(
        session, HeldAnswer, workspace_id, by_index(workspace_id, HeldAnswer.response_id, ids)
    )
    rows = session.scalars(
        select(Request)
        .where(Request.workspace_id == workspace_id, Request.id.in_(ids))
        .order_by(Request.created_at, Request.id)
    )
    campaigns = _campaigns(session, workspace_id)
    waves = {
        row.id: row.strata
        for row in session.execute(
            select(Wave.id, Wave.strata).where(Wave.workspace_id == workspace_id)
        )
    }
    return [
        {
            "survey": surveys.get(row.survey_id, ""),
            **_plain(row, keep=("id",)),
            "campaign": campaigns.get(row.campaign_id or 0),
            "stratum": _stratum(waves.get(row.wave_id or 0, ()), row.stratum),
            "mails": mails.get(row.id, []),
            "links_opened": visits.get(row.id, []),
            "answers_set_aside": held.get(row.id, []),
        }
        for row in rows
    ]


def _responses(session: Session, workspace_id: int, traces: Traces) -> list[dict[str, Any]]:
    ids = traces.responses
    surveys = _surveys(session, workspace_id)
    named = select(Member.id, Member.name).where(Member.workspace_id == workspace_id)
    members = {row.id: row.name for row in session.execute(named)}
    rewards = {
        row.id: row.texts
        for row in session.scalars(select(Reward).where(Reward.workspace_id == workspace_id))
    }
    parts = {
        name: _by(session, model, workspace_id, model.response_id.in_(ids))
        for name, model in (
            ("changes", Revision),
            ("notes", ResponseNote),
            ("testimonials", Testimonial),
        )
    }
    parts["shared_pages"] = _by(
        session, Share, workspace_id, by_index(workspace_id, Share.response_id, ids)
    )
    follow_ups = _follow_ups(session, workspace_id, ids)
    rows = session.scalars(
        select(Response)
        .where(Response.workspace_id == workspace_id, Response.id.in_(ids))
        .order_by(Response.answered_at, Response.id)
    )
    return [
        {
            "survey": surveys.get(row.survey_id, ""),
            **_plain(row, keep=("id", "customer_id")),
            "member": members.get(row.member_id or 0),
            "suggested_reward": rewards.get(row.reward_id or ""),
            **{name: found.get(row.id, []) for name, found in parts.items()},
            "follow_ups": follow_ups.get(row.id, []),
        }
        for row in rows
    ]


def _follow_ups(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.scalars(
        select(FollowUp)
        .where(by_index(workspace_id, FollowUp.response_id, ids))
        .order_by(FollowUp.opened_at, FollowUp.id)
    ).all()
    notes = _by(
        session,
        FollowUpNote,
        workspace_id,
        FollowUpNote.follow_up_id.in_([row.id for row in rows]),
        "follow_up_id",
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        made = {**_plain(row), "thread": notes.get(row.id, [])}
        found.setdefault(row.response_id, []).append(made)
    return found


def _campaigns(session: Session, workspace_id: int) -> dict[int, str]:
    query = select(Campaign.id, Campaign.name).where(Campaign.workspace_id == workspace_id)
    return {row.id: row.name for row in session.execute(query)}


def _stratum(strata: Sequence[dict[str, Any]], number: int | None) -> list[str] | None:
    """What a request's customer had in common with others when a sample was drawn."""
    if number is None or number >= len(strata):
        return None
    values: list[str] = strata[number]["values"]
    return values


def _surveys(session: Session, workspace_id: int) -> dict[int, str]:
    query = select(Survey.id, Survey.name).where(Survey.workspace_id == workspace_id)
    return {row.id: row.name for row in session.execute(query)}


def _by(
    session: Session,
    model: Any,
    workspace_id: int,
    condition: ColumnElement[bool],
    key: str = "response_id",
) -> dict[UUID, list[dict[str, Any]]]:
    """Rows of a table as JSON, by what they belong to, in the order they are kept."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows: Iterable[Any] = session.scalars(
        select(model)
        .where(model.workspace_id == workspace_id, condition)
        .order_by(*model.__table__.primary_key.columns)
    )
    for row in rows:
        made = _plain(row)
        made.pop(key, None)
        found.setdefault(getattr(row, key), []).append(made)
    return found


def _plain(row: Base, keep: Collection[str] = ()) -> dict[str, Any]:
    """A row's columns as JSON, without those that are only ours, and its id."""
    return {
        column.key: _json(getattr(row, column.key))
        for column in row.__table__.columns
        if column.key in keep or column.key not in (*_OURS, "id")
    }


def _json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
