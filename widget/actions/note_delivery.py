"""What became of a mail: the delivery and its request say the same, and the next step is planned.

Each function is a transaction of its own, or part of the one that the session is in. Telling the
same twice changes nothing the second time. All raise UnknownRequest for an unknown delivery.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.ask_times import next_reminder, zone_named
from widget.domain.asking import AskingRules
from widget.domain.campaigns import rules_of
from widget.domain.requests import Decision, Why, is_after_sending
from widget.storage.asking import Asking, askings
from widget.storage.campaigns import campaign_plans
from widget.storage.engine import joining
from widget.storage.models import Delivery, Request
from widget.storage.request_rows import (
    append_request_event,
    customer_time_zones,
    locked_deliveries,
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
    note_all_sent(session, workspace_id, {delivery_id: at})


def note_all_sent(session: Session, workspace_id: int, sent: Mapping[UUID, datetime]) -> None:
    """The same of many mails, by their ids, in about as many statements as one of them takes."""
    with joining(session):
        pairs = locked_deliveries(session, workspace_id, sent)
        news = [(mail, request) for mail, request in pairs if mail.status not in _SETTLED]
        for delivery, request in news:
            _mark_sent(delivery, request, sent[delivery.id])
        due = _next_due(
            session,
            workspace_id,
            {
                request: sent[delivery.id]
                for delivery, request in news
                if is_after_sending(request.status)
            },
        )
        for request, due_at in due.items():
            request.due_at = due_at


def _mark_sent(delivery: Delivery, request: Request, at: datetime) -> None:
    delivery.status, delivery.sent_at, delivery.claimed_until = "sent", at, None
    delivery.last_error = ""
    if delivery.purpose == "reminder":
        request.reminders_sent += 1
        return
    request.sent_at = request.asked_at = at
    if request.status in ("scheduled", "not_sent"):
        # However it came to be called off, the mail has left.
        put_decision(request, Decision("sent"))


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
    was_taken: bool = True,
) -> None:
    """The mail came back. A soft bounce is remembered; a hard one ends the request. `was_taken`:
    False where a server refused it at once, so that it was not sent."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status == "bounced":
            return
        if was_taken and delivery.status not in _SETTLED:
            # A server that sends a mail back has had it: the note that it was sent was lost.
            note_sent(session, workspace_id, delivery_id, at)
        delivery.last_error = detail[:_DETAIL]
        if not hard:
            return
        delivery.status, delivery.claimed_until = "bounced", None
        is_refused = not was_taken and request.status == "scheduled"
        if is_refused:
            request.asked_at = None
        if is_refused or is_after_sending(request.status):
            why: Why = "address_refused" if is_refused else "hard_bounce"
            put_decision(request, Decision("bounced", why, detail=detail))
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


def _next_due(
    session: Session, workspace_id: int, mailed: Mapping[Request, datetime]
) -> dict[Request, datetime]:
    """When the next reminder of each request is due, or else its end, by when it was mailed."""
    surveys = askings(session, {request.survey_id for request in mailed}) if mailed else {}
    rules = _rules(session, mailed, surveys)
    reminded = {request.customer_id for request in mailed if rules[request].reminders}
    zones = customer_time_zones(session, workspace_id, reminded) if reminded else {}
    due = {}
    for request, at in mailed.items():
        asking, reminder = surveys[request.survey_id], None
        if rules[request].reminders:
            reminder = next_reminder(
                rules[request],
                zone_named(zones.get(request.customer_id, ""), asking.time_zone),
                last_mail_at=at,
                reminders_sent=request.reminders_sent,
                expires_at=request.expires_at,
            )
        due[request] = reminder or request.expires_at
    return due


def _rules(
    session: Session, requests: Collection[Request], surveys: Mapping[int, Asking]
) -> dict[Request, AskingRules]:
    """The rules of each request's survey, or of its campaign where it has one."""
    of_campaigns = {one.campaign_id for one in requests if one.campaign_id is not None}
    plans = campaign_plans(session, of_campaigns)
    return {
        one: rules_of(plans[one.campaign_id].plan, surveys[one.survey_id].rules)
        if one.campaign_id in plans
        else surveys[one.survey_id].rules
        for one in requests
    }
