"""The requests of waves: making many at once, and calling off those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, exists, select, update
from sqlalchemy.orm import Session

from widget.storage.asking import Asking
from widget.storage.chunks import chunks
from widget.storage.ids import new_id
from widget.storage.models import Event, Request, Wave
from widget.storage.prepared import PreparedRows
from widget.storage.request_rows import told_of_client
from widget.storage.wave_draws import DrawnCustomer
from widget.storage.wave_mails import withdraw_waiting
from widget.storage.waves import StoredWave

OPEN = ("scheduled", "sent", "delivered")

_requests: Table = Request.__table__  # type: ignore[assignment]
_events: Table = Event.__table__  # type: ignore[assignment]
_REQUESTS, _EVENTS = PreparedRows(_requests), PreparedRows(_events)


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
    connection = session.connection()
    people = [mail.customer for mail in mails]
    ids = [new_id() for _ in mails]
    due_at = [mail.due_at for mail in mails]
    properties = [_known_of(customer) for customer in people]
    clients = [told_of_client(known) for known in properties]
    own: dict[str, Sequence[object]] = {
        "id": ids,
        "customer_id": [customer.id for customer in people],
        "stratum": [customer.stratum for customer in people],
        "properties": [known or None for known in properties],
        **{name: [client[name] for client in clients] for name in clients[0]},
        "idempotency_key": [f"wave:{wave.id}:{customer.id.hex}" for customer in people],
        "due_at": due_at,
        "asked_at": due_at,
        "expires_at": [mail.expires_at for mail in mails],
    }
    _REQUESTS.run(connection, _common(asking, wave, at), own)
    made = {
        "workspace_id": asking.workspace_id,
        "name": "request.created",
        "survey_id": asking.survey_id,
        "data": {"status": "scheduled", "why": ""},
        "at": at,
    }
    # A request's response has its id.
    _EVENTS.run(connection, made, {"id": [new_id() for _ in mails], "response_id": ids})


def _known_of(customer: DrawnCustomer) -> dict[str, str]:
    known = {"client": customer.client, "segment": customer.segment}
    return {**customer.attributes, **{name: text for name, text in known.items() if text}}


def _common(asking: Asking, wave: StoredWave, at: datetime) -> dict[str, object]:
    return {
        "workspace_id": asking.workspace_id,
        "survey_id": asking.survey_id,
        "campaign_id": wave.campaign_id,
        "wave_id": wave.id,
        "tags": [],
        "is_test": bool(asking.test_mail_to),
        "made_by": "campaign",
        "status": "scheduled",
        "interaction_at": wave.began_at,
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
