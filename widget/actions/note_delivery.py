"""What became of a mail, told to its delivery and its request together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.storage.engine import joining
from widget.storage.models import Delivery, Request


def note_sent(session: Session, workspace_id: int, delivery_id: UUID, at: datetime) -> None:
    """A mail server took the mail."""
    with joining(session):
        delivery, request = _found(session, workspace_id, delivery_id)
        delivery.status, delivery.sent_at, delivery.claimed_until = "sent", at, None
        if request.status == "scheduled":
            request.status, request.sent_at, request.due_at = "sent", at, None


def note_failed(
    session: Session, workspace_id: int, delivery_id: UUID, error: str, at: datetime
) -> None:
    """The mail was given up."""
    with joining(session):
        delivery, request = _found(session, workspace_id, delivery_id)
        delivery.status, delivery.last_error, delivery.claimed_until = "failed", error[:500], None
        if request.status == "scheduled":
            request.status, request.why, request.due_at = "not_sent", "mail_failed", None
            request.why_text = error[:500]


def note_refused(
    session: Session, workspace_id: int, delivery_id: UUID, why: str, at: datetime
) -> None:
    """The mail must not be sent any more, which turned out just before sending."""
    with joining(session):
        delivery, request = _found(session, workspace_id, delivery_id)
        delivery.status, delivery.last_error, delivery.claimed_until = "not_sent", why, None
        if request.status == "scheduled":
            request.status, request.why, request.due_at = "not_sent", why, None


def note_delivered(session: Session, workspace_id: int, delivery_id: UUID, at: datetime) -> None:
    """The customer's own mail server has taken the mail, as a sending service reports."""
    with joining(session):
        delivery, request = _found(session, workspace_id, delivery_id)
        if delivery.status != "bounced":
            delivery.status = "delivered"
            request.status = "delivered" if request.status == "sent" else request.status


def note_bounced(
    session: Session, workspace_id: int, delivery_id: UUID, *, hard: bool, detail: str, at: datetime
) -> None:
    """The mail came back."""
    with joining(session):
        delivery, request = _found(session, workspace_id, delivery_id)
        delivery.status, delivery.last_error = "bounced", detail[:500]
        if request.status in ("scheduled", "sent", "delivered"):
            request.status, request.why_text, request.due_at = "bounced", detail[:500], None
            request.why = "hard_bounce" if hard else "soft_bounces"


def _found(session: Session, workspace_id: int, delivery_id: UUID) -> tuple[Delivery, Request]:
    delivery = session.get_one(Delivery, (workspace_id, delivery_id))
    return delivery, session.get_one(Request, (workspace_id, delivery.request_id))
