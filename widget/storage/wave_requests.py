"""The requests of waves: making many at once, and calling off those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from widget.storage.asking import Asking
from widget.storage.campaigns import StoredWave
from widget.storage.ids import new_id
from widget.storage.models import Delivery, Event, Request, Wave
from widget.storage.wave_draws import DrawnCustomer

OPEN = ("scheduled", "sent", "delivered")


@dataclass(frozen=True)
class WaveMail:
    """A customer with the moment their mail is due, and after which they cannot answer."""

    customer: DrawnCustomer
    due_at: datetime
    expires_at: datetime


def add_wave_requests(
    session: Session, asking: Asking, wave: StoredWave, mails: Sequence[WaveMail], at: datetime
) -> None:
    """Make a request for each, with its event.

    The key of each, of wave and customer, is unique: nobody can be asked by one wave twice.
    """
    if not mails:
        return
    rows = [_row(asking, wave, mail, at) for mail in mails]
    session.execute(insert(Request), rows)
    session.execute(
        insert(Event),
        [
            {
                "workspace_id": asking.workspace_id,
                "id": new_id(),
                "name": "request.created",
                "survey_id": asking.survey_id,
                "response_id": row["id"],
                "data": {"status": "scheduled", "why": ""},
                "at": at,
            }
            for row in rows
        ],
    )


def _row(asking: Asking, wave: StoredWave, mail: WaveMail, at: datetime) -> dict[str, object]:
    customer = mail.customer
    known = {"client": customer.client, "segment": customer.segment}
    properties = {**customer.attributes, **{name: text for name, text in known.items() if text}}
    return {
        "workspace_id": asking.workspace_id,
        "id": new_id(),
        "survey_id": asking.survey_id,
        "customer_id": customer.id,
        "campaign_id": wave.campaign_id,
        "wave_id": wave.id,
        "stratum": customer.stratum,
        "properties": properties or None,
        "tags": [],
        "is_test": bool(asking.test_mail_to),
        "do_not_send": False,
        "made_by": "campaign",
        "idempotency_key": f"wave:{wave.id}:{customer.id.hex}",
        "body_sha256": "",
        "status": "scheduled",
        "interaction_at": wave.began_at,
        "due_at": mail.due_at,
        "asked_at": mail.due_at,
        "reminders_sent": 0,
        "expires_at": mail.expires_at,
        "created_at": at,
    }


def call_off(session: Session, workspace_id: int, campaign_id: int, limit: int) -> int:
    """Call off up to `limit` requests of a stopped campaign that wait, and the mails of those that
    nobody is sending; returns how many."""
    waves = select(Wave.id).where(Wave.campaign_id == campaign_id)
    ids = session.scalars(
        select(Request.id)
        .where(
            Request.workspace_id == workspace_id,
            Request.wave_id.in_(waves),
            Request.status == "scheduled",
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return 0
    connection = session.connection()
    connection.execute(
        update(Request)
        .where(Request.workspace_id == workspace_id, Request.id == bindparam("request"))
        .values(status="not_sent", why="campaign_stopped", due_at=None, asked_at=None),
        [{"request": id} for id in ids],
    )
    _withdraw(session, workspace_id, ids)
    return len(ids)


def call_off_reminders(session: Session, workspace_id: int, campaign_id: int) -> None:
    """Keep a stopped campaign's reminders from leaving: their requests only wait for an answer."""
    waiting = select(Delivery.request_id).where(
        # In the order of the index.
        Delivery.status == "due",
        Delivery.workspace_id == workspace_id,
        Delivery.campaign_id == campaign_id,
    )
    ids = session.scalars(waiting).all()
    _withdraw(session, workspace_id, ids)
    if ids:
        session.connection().execute(
            update(Request)
            .where(
                Request.workspace_id == workspace_id,
                Request.id == bindparam("request"),
                Request.due_at.is_(None),
            )
            .values(due_at=Request.expires_at),
            [{"request": id} for id in ids],
        )


def _withdraw(session: Session, workspace_id: int, request_ids: Sequence[UUID]) -> None:
    if not request_ids:
        return
    session.connection().execute(
        update(Delivery)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.request_id == bindparam("request"),
            Delivery.status == "due",
        )
        .values(status="not_sent", last_error="The campaign was stopped."),
        [{"request": id} for id in request_ids],
    )


def is_any_open(session: Session, workspace_id: int, campaign_id: int) -> bool:
    """Whether a campaign has requests of which something may still become."""
    waves = select(Wave.id).where(Wave.campaign_id == campaign_id)
    return bool(
        session.scalar(
            select(
                exists().where(
                    Request.workspace_id == workspace_id,
                    Request.wave_id.in_(waves),
                    Request.status.in_(OPEN),
                )
            )
        )
    )


def has_unmade_waves(session: Session, campaign_id: int) -> bool:
    """Whether a wave of a campaign still makes requests."""
    return bool(
        session.scalar(
            select(exists().where(Wave.campaign_id == campaign_id, Wave.status != "made"))
        )
    )
