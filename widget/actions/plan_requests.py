"""What asks would become if they were made now: the rules, fed with what is stored.

A preview and the real thing both ask here, so that the one keeps what the other promised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.ask_times import expiry, first_due, zone_named
from widget.domain.asks import Ask, address_problem, field_problems, tidy, without
from widget.domain.requests import Decision, MailTo, Situation, Why, decide
from widget.storage.asking import Asking
from widget.storage.customers import KnownCustomer, mails_to, members_named
from widget.storage.ids import new_id
from widget.storage.suppressed import refusals


@dataclass(frozen=True)
class Recovered:
    """A response whose customer is asked again, and the member whom that credits."""

    response_id: UUID
    member_id: int | None


@dataclass(frozen=True)
class GivenAsk:
    """An ask as it arrived. `problems` are what could not even be read of it, by field.

    With `recovered` the member is that of the first response, whoever is known by which name now.
    """

    ask: Ask
    problems: Mapping[str, str]
    recovered: Recovered | None = None


@dataclass(frozen=True)
class Planned:
    """A request to be. `due_at` is None when nothing will be sent."""

    id: UUID
    ask: Ask
    decision: Decision
    member_id: int | None
    interaction_at: datetime
    due_at: datetime | None
    expires_at: datetime


def tidied(given: GivenAsk, now: datetime) -> GivenAsk:
    """The ask as it is kept, and everything that is wrong with what was given."""
    problems = {**field_problems(given.ask, now), **given.problems}
    return replace(given, ask=tidy(without(given.ask, problems)), problems=problems)


def plan(
    session: Session,
    asking: Asking,
    given: Sequence[GivenAsk],
    known: Mapping[str, KnownCustomer],
    *,
    now: datetime,
    is_test: bool,
) -> list[Planned]:
    """Decide on asks in their order; those before count for those after.

    `known` are their customers as far as they are stored, by `Ask.customer_key`.
    """
    kept = [tidied(one, now) for one in given]
    facts = _facts(session, asking, [one.ask for one in kept], known, now, is_test)
    return [
        _plan_one(asking, facts, one, original, now)
        for one, original in zip(kept, given, strict=True)
    ]


@dataclass(frozen=True)
class _Facts:
    """What is stored about a batch, read at once. `mails` grows with what is planned."""

    members: Mapping[str, int]
    refused: Mapping[str, Why]
    known: Mapping[str, KnownCustomer]
    mails: dict[str, list[MailTo]]
    is_test: bool


def _facts(
    session: Session,
    asking: Asking,
    asks: Sequence[Ask],
    known: Mapping[str, KnownCustomer],
    now: datetime,
    is_test: bool,
) -> _Facts:
    names = {name for ask in asks for name in (ask.member_email, ask.member_id) if name}
    stored = mails_to(
        session,
        asking.workspace_id,
        {customer.id for customer in known.values()},
        now - timedelta(days=max(asking.rules.suppression_days, asking.policy.cap_days)),
        is_test=is_test,
        planned=True,
    )
    # Two keys may name one customer, one of them that of an entry that was merged.
    mails = {customer.id: list(stored.get(customer.id, ())) for customer in known.values()}
    return _Facts(
        members=members_named(session, asking.workspace_id, names),
        refused=refusals(session, asking.workspace_id, {ask.email for ask in asks if ask.email}),
        known=known,
        mails={key: mails[customer.id] for key, customer in known.items()},
        is_test=is_test,
    )


def _plan_one(
    asking: Asking, facts: _Facts, one: GivenAsk, original: GivenAsk, now: datetime
) -> Planned:
    ask, key = one.ask, one.ask.customer_key
    customer = facts.known.get(key)
    zone = zone_named(ask.time_zone, customer.time_zone if customer else "", asking.time_zone)
    times = {"interaction_at": ask.interaction_at or now}
    due_at = first_due(asking.rules, zone, now=now, delay_s=ask.delay_s, **times)
    expires_at = expiry(asking.rules, delay_s=ask.delay_s, **times)
    named = facts.members.get(ask.member_email) or facts.members.get(ask.member_id)
    again = one.recovered
    member_id = again.member_id if again else named
    situation = Situation(
        survey_id=asking.survey_id,
        due_at=due_at,
        expires_at=expires_at,
        mails=facts.mails.get(key, ()),
        do_not_send=ask.do_not_send,
        is_open=asking.is_open,
        is_member_unknown=bool(ask.member_given) and member_id is None and not again,
        address_problem=address_problem(original.ask),
        bad_field=_in_words(one.problems),
        refusal=facts.refused.get(ask.email),
        is_recovery=again is not None,
        is_stray_test=facts.is_test and not asking.test_mail_to,
    )
    decision = decide(asking.rules, asking.policy, situation)
    is_sent = decision.status == "scheduled"
    request = Planned(
        id=new_id(),
        ask=ask,
        decision=decision,
        member_id=member_id,
        due_at=due_at if is_sent else None,
        expires_at=expires_at,
        **times,
    )
    if is_sent:
        mail = MailTo(request.id, asking.survey_id, due_at)
        facts.mails.setdefault(key, []).append(mail)
    return request


def _in_words(problems: Mapping[str, str]) -> str | None:
    return " ".join(f"{name}: {text}" for name, text in problems.items()) or None
