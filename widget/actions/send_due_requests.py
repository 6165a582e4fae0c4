"""Requests whose moment has come: hand a mail to the mail side, or say why there is none."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.addresses import email_problem
from widget.domain.ask_times import within_hours, zone_named
from widget.domain.asking import MOST_REMINDERS
from widget.domain.campaigns import rules_of
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
from widget.storage.campaigns import campaign_plans
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
        ruled = _rules(session, due)
        facts = _Facts({}, {})
        for workspace_id in sorted({one.request.workspace_id for one in due}):
            mine = [one for one in due if one.request.workspace_id == workspace_id]
            _learn(session, facts, workspace_id, mine, ruled, now)
        for one in due:
            _deal_with(session, one, ruled[one.request.id], facts, now)
        return len(due)


@dataclass(frozen=True)
class _Ruled:
    """A request's survey with the rules that hold for it: its campaign's where it has one."""

    asking: Asking
    quiet_days: int = 0
    is_of_campaign: bool = False
    is_stopped: bool = False

    @property
    def days(self) -> int:
        """How far back mails have a say."""
        rules, policy = self.asking.rules, self.asking.policy
        return max(rules.suppression_days, policy.cap_days, self.quiet_days)


def _rules(session: Session, due: Sequence[DueRequest]) -> dict[UUID, _Ruled]:
    surveys = askings(session, {one.request.survey_id for one in due})
    campaigns = campaign_plans(
        session, {one.request.campaign_id for one in due if one.request.campaign_id is not None}
    )
    ruled = {}
    for one in due:
        asking = surveys[one.request.survey_id]
        found = campaigns.get(one.request.campaign_id) if one.request.campaign_id else None
        if found is None:
            ruled[one.request.id] = _Ruled(asking)
            continue
        rules = rules_of(found.plan, asking.rules)
        ruled[one.request.id] = _Ruled(
            replace(asking, rules=rules), found.plan.quiet_days, True, found.is_stopped
        )
    return ruled


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
    ruled: Mapping[UUID, _Ruled],
    now: datetime,
) -> None:
    days = max(ruled[one.request.id].days for one in due)
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
    session: Session, due: DueRequest, ruled: _Ruled, facts: _Facts, now: datetime
) -> None:
    request, asking = due.request, ruled.asking
    if due.answered_at is not None:
        mark_answered(session.connection(), request.workspace_id, request.id, due.answered_at)
        return
    mails = facts.mails.setdefault((request.workspace_id, request.customer_id, request.is_test), [])
    refusal = facts.refused.get((request.workspace_id, due.email))
    hours_at = within_hours(asking.rules, zone_named(due.time_zone, asking.time_zone), now)
    if request.status == "scheduled":
        _first_mail(session, due, ruled, mails, refusal, hours_at, now)
    else:
        _reminder(session, due, ruled, mails, refusal, hours_at, now)


def _first_mail(
    session: Session,
    due: DueRequest,
    ruled: _Ruled,
    mails: list[MailTo],
    refusal: Why | None,
    hours_at: datetime,
    now: datetime,
) -> None:
    request, asking = due.request, ruled.asking
    if ruled.is_of_campaign:
        # A pause must not cost customers the time they have for answering.
        request.expires_at = hours_at + timedelta(days=asking.rules.expires_days)
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
        quiet_days=ruled.quiet_days,
    )
    decision = decide(asking.rules, asking.policy, situation)
    if ruled.is_stopped:
        decision = Decision("not_sent", "campaign_stopped")
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
    ruled: _Ruled,
    mails: list[MailTo],
    refusal: Why | None,
    hours_at: datetime,
    now: datetime,
) -> None:
    """Remind a customer who was asked, unless something speaks against it.

    In test mode a customer who was asked in earnest gets no reminder, and neither does the tester:
    it would carry the link that the customer has, and nobody could tell their answers apart.
    """
    request, asking = due.request, ruled.asking
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
    if not is_wanted or ruled.is_stopped or refusal or is_stray_test or not asking.is_open:
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
