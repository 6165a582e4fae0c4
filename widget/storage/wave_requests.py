"""The requests of waves: making many at once, and calling off those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from widget.storage.asking import Asking
from widget.storage.chunks import chunks
from widget.storage.ids import new_id
from widget.storage.models import Event, Request, Wave
from widget.storage.request_rows import told_of_client
from widget.storage.wave_draws import DrawnCustomer
from widget.storage.wave_mails import withdraw_waiting
from widget.storage.waves import StoredWave

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
        **told_of_client(properties),
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


def call_off(
    session: Session, workspace_id: int, campaign_id: int, limit: int, now: datetime
) -> int:
    """Call off up to `limit` requests of a stopped campaign that wait, and all mails of it that
    nobody is sending; returns how many requests.

    Whoever has been mailed already gets no reminder any more: their requests wait for an answer.
    """
    reminded = withdraw_waiting(session, workspace_id, campaign_id, now)
    for part in chunks(reminded):
        session.connection().execute(
            update(Request)
            .where(
                Request.workspace_id == workspace_id,
                Request.id.in_(part),
                Request.status != "scheduled",
                Request.due_at.is_(None),
            )
            .values(due_at=Request.expires_at)
        )
    waiting = (
        select(Request.id)
        .where(
            Request.workspace_id == workspace_id,
            Request.wave_id.in_(select(Wave.id).where(Wave.campaign_id == campaign_id)),
            Request.status == "scheduled",
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(waiting).all()
    for part in chunks(ids):
        session.connection().execute(
            update(Request)
            .where(Request.workspace_id == workspace_id, Request.id.in_(part))
            .values(status="not_sent", why="campaign_stopped", due_at=None, asked_at=None)
        )
    return len(ids)


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
