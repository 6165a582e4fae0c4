"""Requests whose moment has come: hand a mail to the mail side, or say why there is none."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.addresses import email_problem
from widget.domain.ask_times import within_hours, zone_named
from widget.domain.asking import MOST_REMINDERS
from widget.domain.requests import (
    NO_REMINDER_IN_TEST_MODE,
    Decision,
    MailTo,
    Situation,
    Why,
    decide,
    over_cap,
)
from widget.storage.asking import Asking, askings
from widget.storage.customers import lock_customers, mails_to
from widget.storage.due_requests import (
    DueRequest,
    RequestName,
    add_delivery,
    claim_due,
    due_names,
    is_any_due,
    note_unmade_reminder,
    put_off,
)
from widget.storage.engine import writing
from widget.storage.request_rows import append_request_event, mark_answered, put_decision
from widget.storage.suppressed import refusals

_log = logging.getLogger(__name__)

_BATCH = 200
# What settling a provisional answer may take once its quarantine has ended.
_SETTLING = timedelta(minutes=1)


def send_due(engine: Engine | Session, now: datetime, limit: int = 5_000) -> int:
    """Deal with up to `limit` requests for which a mail, a reminder or their end is due.

    The rules are asked once more, for much may have happened since a request was made. Returns
    how many were dealt with. Several workers may do this at once. A request is done with in one
    transaction with others; one that is cut off is dealt with by the next call. One that fails
    does so alone: it is logged and put off, for a minute at first and up to an hour.
    """
    session = Session(engine) if isinstance(engine, Engine) else engine
    try:
        done = 0
        while done < limit and is_any_due(session, now):
            batch = min(_BATCH, limit - done)
            dealt_with = _send_together(session, now, batch)
            done += dealt_with
            if dealt_with < batch:
                break
        return done
    finally:
        if isinstance(engine, Engine):
            session.close()


def _send_together(session: Session, now: datetime, limit: int) -> int:
    try:
        return _send_batch(session, now, limit)
    except Exception:  # noqa: BLE001 - whichever failed is logged when it fails alone
        _log.warning("A batch of due requests failed, and is dealt with one by one.")
    names = due_names(session, now, limit)
    for name in names:
        _send_alone(session, now, name)
    return len(names)


def _send_alone(session: Session, now: datetime, name: RequestName) -> None:
    try:
        _send_batch(session, now, 1, only=name)
    except Exception:  # noqa: BLE001 - logged, and put off
        _log.exception("Request %s of workspace %d cannot be dealt with.", name[1], name[0])
        with writing(session):
            until = put_off(session, name, now)
        _log.error("Request %s is put off until %s.", name[1], until)


def _send_batch(
    session: Session, now: datetime, limit: int, only: RequestName | None = None
) -> int:
    with writing(session):
        due = claim_due(session, now, limit, only)
        if not due:
            return 0
        surveys = askings(session, {one.request.survey_id for one in due})
        facts = _Facts({}, {})
        for workspace_id in sorted({one.request.workspace_id for one in due}):
            mine = [one for one in due if one.request.workspace_id == workspace_id]
            _learn(session, facts, workspace_id, mine, list(surveys.values()), now)
        for one in due:
            _deal_with(session, one, surveys[one.request.survey_id], facts, now)
        return len(due)


@dataclass(frozen=True)
class _Facts:
    """Mails by customer and whether they are tests, and refused addresses; both by workspace."""

    mails: dict[tuple[int, UUID, bool], list[MailTo]]
    refused: dict[tuple[int, str], Why]


def _learn(
    session: Session,
    facts: _Facts,
    workspace_id: int,
    due: Sequence[DueRequest],
    surveys: Sequence[Asking],
    now: datetime,
) -> None:
    mine = [asking for asking in surveys if asking.workspace_id == workspace_id]
    days = max(max(one.rules.suppression_days, one.policy.cap_days) for one in mine)
    ids = {one.request.customer_id for one in due}
    lock_customers(session, workspace_id, ids)
    for is_test in (False, True):
        # Not the planned ones: two of them would keep each other from being sent.
        found = mails_to(
            session,
            workspace_id,
            ids,
            now - timedelta(days=days),
            is_test=is_test,
            planned=False,
        )
        facts.mails.update({(workspace_id, id, is_test): mails for id, mails in found.items()})
    emails = {one.email for one in due if one.email}
    refused = refusals(session, workspace_id, emails)
    facts.refused.update({(workspace_id, email): why for email, why in refused.items()})


def _deal_with(
    session: Session, due: DueRequest, asking: Asking, facts: _Facts, now: datetime
) -> None:
    request = due.request
    if due.answered_at is not None:
        mark_answered(session.connection(), request.workspace_id, request.id, due.answered_at)
        return
    mails = facts.mails.setdefault((request.workspace_id, request.customer_id, request.is_test), [])
    refusal = facts.refused.get((request.workspace_id, due.email))
    hours_at = within_hours(asking.rules, zone_named(due.time_zone, asking.time_zone), now)
    if request.status == "scheduled":
        _first_mail(session, due, asking, mails, refusal, hours_at, now)
    else:
        _reminder(session, due, asking, mails, refusal, hours_at, now)


def _first_mail(
    session: Session,
    due: DueRequest,
    asking: Asking,
    mails: list[MailTo],
    refusal: Why | None,
    hours_at: datetime,
    now: datetime,
) -> None:
    request = due.request
    situation = Situation(
        survey_id=request.survey_id,
        due_at=hours_at,
        expires_at=request.expires_at,
        mails=mails,
        is_open=asking.is_open,
        address_problem=email_problem(due.email),
        refusal=refusal,
        is_recovery=request.recovers_response_id is not None,
        is_stray_test=request.is_test and not asking.test_mail_to,
    )
    decision = decide(asking.rules, asking.policy, situation)
    if decision.status != "scheduled":
        put_decision(request, decision)
        append_request_event(session, "request.not_sent", request, now)
    elif hours_at > now:
        request.due_at = request.asked_at = hours_at
    else:
        request.asked_at = now
        add_delivery(session, due, "request", now)
        mails.append(MailTo(request.id, request.survey_id, now))


def _reminder(
    session: Session,
    due: DueRequest,
    asking: Asking,
    mails: list[MailTo],
    refusal: Why | None,
    hours_at: datetime,
    now: datetime,
) -> None:
    """Remind a customer who was asked, unless something speaks against it.

    In test mode a customer who was asked in earnest gets no reminder, and neither does the tester:
    it would carry the link that the customer has, and nobody could tell their answers apart.
    """
    request = due.request
    if now >= request.expires_at:
        put_decision(request, Decision("expired", "unanswered"))
        return
    if due.settled_at is not None:
        # Perhaps the customer has answered: nobody is reminded before that is known.
        request.due_at = min(max(due.settled_at, now) + _SETTLING, request.expires_at)
        return
    capped = over_cap(asking.policy, now, mails)
    is_wanted = request.reminders_sent < min(asking.rules.reminders, MOST_REMINDERS)
    is_stray_test = request.is_test and not asking.test_mail_to
    if not is_wanted or refusal or is_stray_test or not asking.is_open:
        request.due_at = request.expires_at
    elif asking.test_mail_to and not request.is_test:
        note_unmade_reminder(session, due, NO_REMINDER_IN_TEST_MODE, now)
        request.due_at = request.expires_at
    elif hours_at > now or capped:
        later = max(hours_at, capped.until) if capped and capped.until else hours_at
        request.due_at = min(later, request.expires_at)
    else:
        add_delivery(session, due, "reminder", now)
        mails.append(MailTo(request.id, request.survey_id, now, is_reminder=True))
