"""What became of a mail: the delivery and its request say the same, and the next step is planned.

Each function is a transaction of its own, or part of the one that the session is in. Telling the
same twice changes nothing the second time. All raise UnknownRequest for an unknown delivery.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.ask_times import next_reminder, zone_named
from widget.domain.requests import Decision, Why, is_after_sending
from widget.storage.asking import askings
from widget.storage.engine import joining
from widget.storage.models import Delivery, Request
from widget.storage.request_rows import (
    append_request_event,
    customer_time_zone,
    locked_delivery,
    put_decision,
)

_DETAIL = 500
# A delivery in one of these is done with, as far as sending goes.
_SETTLED = ("sent", "delivered", "bounced")
# A mail server has had it: nothing can be called off any more.
_TAKEN = ("accepted", *_SETTLED)


def note_sent(session: Session, workspace_id: int, delivery_id: UUID, at: datetime) -> None:
    """A mail server has taken the mail. Plans the next reminder, or the end of the wait."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status in _SETTLED:
            return
        delivery.status, delivery.sent_at, delivery.claimed_until = "sent", at, None
        delivery.last_error = ""
        if delivery.purpose == "reminder":
            request.reminders_sent += 1
        else:
            request.sent_at = request.asked_at = at
            if request.status in ("scheduled", "not_sent"):
                # However it came to be called off, the mail has left.
                put_decision(request, Decision("sent"))
        if is_after_sending(request.status):
            request.due_at = _next_due(session, request, at)


def note_delivered(session: Session, workspace_id: int, delivery_id: UUID, at: datetime) -> None:
    """The customer's own mail server has taken the mail, as a sending service reports."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status == "bounced":
            return
        if delivery.status != "delivered":
            note_sent(session, workspace_id, delivery_id, at)
        delivery.status = "delivered"
        if request.status == "sent":
            request.status = "delivered"


def note_failed(
    session: Session,
    workspace_id: int,
    delivery_id: UUID,
    error: str,
    at: datetime,
    *,
    claim: datetime | None = None,
) -> None:
    """No mail server would take the mail, and it is given up.

    `claim` is the `claimed_until` of the worker that says so: nothing changes once the mail is no
    longer in its hands.
    """
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status in (*_TAKEN, "failed") or _is_lost(delivery, claim):
            return
        delivery.status, delivery.claimed_until = "failed", None
        delivery.last_error = error[:_DETAIL]
        _call_off(session, delivery, request, Decision("not_sent", "mail_failed", detail=error), at)


def note_refused(
    session: Session,
    workspace_id: int,
    delivery_id: UUID,
    why: Why,
    at: datetime,
    *,
    claim: datetime | None = None,
) -> None:
    """The address must not be written to any more, which turned out just before sending.

    `claim` as for `note_failed`.
    """
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status in (*_TAKEN, "not_sent") or _is_lost(delivery, claim):
            return
        delivery.status, delivery.claimed_until = "not_sent", None
        _call_off(session, delivery, request, Decision("not_sent", why), at)


def note_withheld(
    session: Session,
    workspace_id: int,
    delivery_id: UUID,
    why: str,
    at: datetime,
    *,
    claim: datetime,
) -> None:
    """A reminder is not sent, for a reason that its request goes on with: it only waits for an
    answer now. `claim` as for `note_failed`."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if _is_lost(delivery, claim):
            return
        delivery.status, delivery.claimed_until = "not_sent", None
        delivery.last_error = why
        _call_off(session, delivery, request, Decision("not_sent"), at)


def note_bounced(
    session: Session,
    workspace_id: int,
    delivery_id: UUID,
    *,
    hard: bool,
    detail: str,
    at: datetime,
) -> None:
    """The mail came back. A soft bounce is remembered; a hard one ends the request."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status == "bounced":
            return
        if delivery.status not in _SETTLED:
            # A server that sends a mail back has had it: the note that it was sent was lost.
            note_sent(session, workspace_id, delivery_id, at)
        delivery.last_error = detail[:_DETAIL]
        if not hard:
            return
        delivery.status = "bounced"
        if is_after_sending(request.status):
            put_decision(request, Decision("bounced", "hard_bounce", detail=detail))
            append_request_event(session, "request.bounced", request, at)


def _is_lost(delivery: Delivery, claim: datetime | None) -> bool:
    """Whether somebody who claimed a mail has lost it since, to another or to a report."""
    is_held = delivery.status == "sending" and delivery.claimed_until == claim
    return claim is not None and not is_held


def _call_off(
    session: Session, delivery: Delivery, request: Request, decision: Decision, at: datetime
) -> None:
    """A mail will not leave: that ends a request whose first it was, and reminders otherwise."""
    if delivery.purpose == "request" and request.status == "scheduled":
        put_decision(request, decision)
        append_request_event(session, "request.not_sent", request, at)
    elif is_after_sending(request.status):
        request.due_at = request.expires_at


def _next_due(session: Session, request: Request, at: datetime) -> datetime:
    asking = askings(session, [request.survey_id])[request.survey_id]
    if not asking.rules.reminders:
        return request.expires_at
    customer_zone = customer_time_zone(session, request.workspace_id, request.customer_id)
    reminder = next_reminder(
        asking.rules,
        zone_named(customer_zone, asking.time_zone),
        last_mail_at=at,
        reminders_sent=request.reminders_sent,
        expires_at=request.expires_at,
    )
    return reminder or request.expires_at
