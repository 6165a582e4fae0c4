"""Requests whose moment has come: hand a mail to the mail side, or say why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.addresses import email_problem
from widget.domain.ask_times import within_hours, zone_named
from widget.domain.asking import MOST_REMINDERS
from widget.domain.requests import Decision, MailTo, Situation, Why, decide, over_cap
from widget.storage.asking import Asking, askings
from widget.storage.customers import lock_customers, mails_to
from widget.storage.engine import writing
from widget.storage.request_rows import (
    DueRequest,
    add_delivery,
    append_request_event,
    claim_due,
    is_any_due,
    mark_answered,
    put_decision,
)
from widget.storage.suppressed import refusals

_BATCH = 200


def send_due(engine: Engine | Session, now: datetime, limit: int = 5_000) -> int:
    """Deal with up to `limit` requests for which a mail, a reminder or their end is due.

    The rules are asked once more, for much may have happened since a request was made. Returns
    how many were dealt with. Several workers may do this at once. A request is done with in one
    transaction with others; one that is cut off is dealt with by the next call.
    """
    session = Session(engine) if isinstance(engine, Engine) else engine
    try:
        done = 0
        while done < limit and is_any_due(session, now):
            batch = min(_BATCH, limit - done)
            dealt_with = _send_batch(session, now, batch)
            done += dealt_with
            if dealt_with < batch:
                break
        return done
    finally:
        if isinstance(engine, Engine):
            session.close()


def _send_batch(session: Session, now: datetime, limit: int) -> int:
    with writing(session):
        due = claim_due(session, now, limit)
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
    if due.is_answered:
        mark_answered(session.connection(), request.workspace_id, request.id, now)
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
    request = due.request
    if now >= request.expires_at:
        put_decision(request, Decision("expired", "unanswered"))
        return
    capped = over_cap(asking.policy, now, mails)
    is_wanted = request.reminders_sent < min(asking.rules.reminders, MOST_REMINDERS)
    is_stray_test = request.is_test and not asking.test_mail_to
    if not is_wanted or refusal or is_stray_test or not asking.is_open:
        request.due_at = request.expires_at
    elif hours_at > now or capped:
        later = max(hours_at, capped.until) if capped and capped.until else hours_at
        request.due_at = min(later, request.expires_at)
    else:
        add_delivery(session, due, "reminder", now)
        mails.append(MailTo(request.id, request.survey_id, now, is_reminder=True))
