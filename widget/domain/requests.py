"""What becomes of a request, and why: the rules on whether a customer may be asked.

A rule that says no leaves a reason. Nothing is dropped silently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from widget.domain.asking import AskingPolicy, AskingRules

Status = Literal[
    "scheduled", "sent", "delivered", "bounced", "answered", "not_sent", "expired", "link_only"
]
STATUSES: tuple[Status, ...] = get_args(Status)

STATUS_WORDS: dict[Status, str] = {
    "scheduled": "Scheduled",
    "sent": "Sent",
    "delivered": "Delivered",
    "bounced": "Bounced",
    "answered": "Answered",
    "not_sent": "Not sent",
    "expired": "Expired",
    "link_only": "Link only",
}
STATUS_SENTENCES: dict[Status, str] = {
    "scheduled": "Waits for the moment it is due.",
    "sent": "A mail server has taken the mail.",
    "delivered": "The customer’s mail server has taken the mail.",
    "bounced": "The mail came back.",
    "answered": "The customer answered.",
    "not_sent": "No mail was sent; the reason stands beside it.",
    "expired": "The customer was asked and did not answer in time.",
    "link_only": "No mail is sent; whoever has the link may answer.",
}

Why = Literal[
    "do_not_send",
    "suppressed",
    "asked_recently",
    "cap_reached",
    "unsubscribed",
    "complaint",
    "hard_bounce",
    "address_refused",
    "soft_bounces",
    "bad_address",
    "bad_field",
    "member_unknown",
    "survey_closed",
    "no_test_address",
    "expired",
    "unanswered",
    "mail_failed",
    "cancelled",
    "reminders_cancelled",
    "campaign_stopped",
    "erased",
]
WHYS: tuple[Why, ...] = get_args(Why)

WHY_SENTENCES: dict[Why, str] = {
    "do_not_send": "No mail was wanted; the link may be given by hand.",
    "suppressed": "This customer was asked for this survey a short time ago.",
    "asked_recently": "This customer was asked for something a short time ago.",
    "cap_reached": "This customer has had as many mails as the workspace allows in its period.",
    "unsubscribed": "The customer has unsubscribed.",
    "complaint": "The customer reported an earlier mail as spam.",
    "hard_bounce": "The customer’s address does not exist or refuses mail.",
    "address_refused": "The mail server would not take a mail to the customer’s address.",
    "soft_bounces": "Mail to the customer’s address came back too often.",
    "bad_address": "Mail needs an email address that works.",
    "bad_field": "Something that was said about the request cannot be used.",
    "member_unknown": "No member has the email or employee id that was given.",
    "survey_closed": "The survey is closed.",
    "no_test_address": "This is a test, and the workspace has no address for tests.",
    "expired": "The time for asking about this interaction had run out.",
    "unanswered": "No answer came before the request expired.",
    "mail_failed": "The mail could not be handed to a mail server.",
    "cancelled": "Somebody cancelled it before it was sent.",
    "reminders_cancelled": "Somebody cancelled its reminders; the link can still be answered.",
    "campaign_stopped": "Its campaign was stopped before it was sent.",
    "erased": "The customer was erased.",
}

# Said of a single mail of a request that itself goes on.
NO_REMINDER_IN_TEST_MODE = (
    "Not sent: the workspace is in test mode, and whoever opened this customer’s reminder there "
    "would answer for them."
)
WAITS_IN_TEST_MODE = (
    "Waits for the end of test mode: it was tried before that began, and may have reached its "
    "customer."
)
WAITS_FOR_HOURS = "Waits for the hours in which its campaign sends."

# Reasons for which an address as such is not written to, as the mail side keeps them.
REFUSALS: tuple[Why, ...] = ("unsubscribed", "complaint", "hard_bounce", "soft_bounces")


@dataclass(frozen=True)
class Decision:
    """What becomes of a request. `until` and `by` belong to the reason: the end of a suppression,
    and the request that caused it."""

    status: Status
    why: Why | None = None
    until: datetime | None = None
    by: UUID | None = None
    detail: str = ""


@dataclass(frozen=True)
class MailTo:
    """A mail to a customer, sent or planned, as the rules count it.

    `is_unsent`: its request was answered by its link before the mail left. No mail was had, so the
    cap does not count it; whoever has just answered a survey is not asked for it again, so the
    suppression window does, from the answer on.
    """

    request_id: UUID
    survey_id: int
    at: datetime
    is_reminder: bool = False
    is_unsent: bool = False


@dataclass(frozen=True)
class Situation:
    """What is known of an ask when it is decided on. `mails` are those of the same customer.

    `is_member_unknown`: a member was named whom nobody knows; naming none at all is fine.
    `refusal`: why the address as such is not to be written to. `problem` is what is wrong with
    the address, and `bad_field` with anything else. `is_recovery`: the customer is asked again
    after a follow-up, whatever the window says. `is_stray_test`: a test in a workspace that
    has no address for tests; its mail must not reach the customer. `quiet_days`: a campaign asks
    nobody who was asked for anything within so many days; 0 is off.
    """

    survey_id: int
    due_at: datetime
    expires_at: datetime
    mails: Sequence[MailTo] = ()
    do_not_send: bool = False
    is_open: bool = True
    is_member_unknown: bool = False
    address_problem: str | None = None
    bad_field: str | None = None
    refusal: Why | None = None
    is_recovery: bool = False
    is_stray_test: bool = False
    quiet_days: int = 0


def decide(rules: AskingRules, policy: AskingPolicy, found: Situation) -> Decision:
    """Whether a customer may be asked at `found.due_at`, and if not, why."""
    no = _refused_for_itself(found)
    if no is not None:
        return no
    window = rules if not found.is_recovery else replace(rules, suppression_days=0)
    return (
        suppression(window, found.survey_id, found.due_at, found.mails)
        or asked_recently(found.quiet_days, found.due_at, found.mails)
        or over_cap(policy, found.due_at, found.mails)
        or Decision("scheduled")
    )


def _refused_for_itself(found: Situation) -> Decision | None:
    """A reason that has nothing to do with other requests."""
    if found.do_not_send:
        return Decision("link_only", "do_not_send")
    if not found.is_open:
        return Decision("not_sent", "survey_closed")
    if found.address_problem:
        return Decision("not_sent", "bad_address", detail=found.address_problem)
    if found.bad_field:
        return Decision("not_sent", "bad_field", detail=found.bad_field)
    if found.is_member_unknown:
        return Decision("not_sent", "member_unknown")
    if found.refusal:
        return Decision("not_sent", found.refusal)
    if found.is_stray_test:
        return Decision("not_sent", "no_test_address")
    if found.due_at >= found.expires_at:
        return Decision("not_sent", "expired")
    return None


def suppression(
    rules: AskingRules, survey_id: int, at: datetime, mails: Sequence[MailTo]
) -> Decision | None:
    """The window in which a customer is not asked for one survey again; None outside of it.

    A request that is planned for later suppresses as well, when it is less than a window away: of
    two, one is sent.
    """
    if rules.suppression_days <= 0:
        return None
    window = timedelta(days=rules.suppression_days)
    asked = [
        mail
        for mail in mails
        if mail.survey_id == survey_id and not mail.is_reminder and abs(mail.at - at) < window
    ]
    latest = max(asked, key=lambda mail: mail.at, default=None)
    if latest is None:
        return None
    return Decision("not_sent", "suppressed", until=latest.at + window, by=latest.request_id)


def asked_recently(days: int, at: datetime, mails: Sequence[MailTo]) -> Decision | None:
    """Within how many days of having been asked for anything a campaign does not ask; None outside
    of them. Reminders do not count."""
    window = timedelta(days=days)
    asked = [mail for mail in mails if not mail.is_reminder and abs(mail.at - at) < window]
    latest = max(asked, key=lambda mail: mail.at, default=None)
    if latest is None:
        return None
    return Decision("not_sent", "asked_recently", until=latest.at + window, by=latest.request_id)


def over_cap(policy: AskingPolicy, at: datetime, mails: Sequence[MailTo]) -> Decision | None:
    """The most mails that one customer gets in a period, whatever the survey; None below it.

    Mails that are planned for less than a period later count as well.
    """
    if policy.cap <= 0:
        return None
    period = timedelta(days=policy.cap_days)
    counted = sorted(
        (mail for mail in mails if abs(mail.at - at) < period and not mail.is_unsent),
        key=lambda mail: mail.at,
    )
    if len(counted) < policy.cap:
        return None
    # One mail fits in again when so many have left the period that fewer than the cap remain.
    last_to_leave = counted[-policy.cap]
    return Decision("not_sent", "cap_reached", until=last_to_leave.at + period)


def is_after_sending(status: str) -> bool:
    """Whether a customer has been mailed and may still answer."""
    return status in ("sent", "delivered")


def may_be_cancelled(status: str) -> bool:
    """Whether a mail or a reminder can still be kept from leaving."""
    return status in ("scheduled", "sent", "delivered")


def in_english(message: str, **values: object) -> str:
    """A message as it is written here, with its values."""
    return message % values if values else message


def moment_in_english(at: datetime) -> str:
    """A moment with its zone, as `23 Nov 2026, 09:00 (UTC)`."""
    return f"{at.day} {at:%b %Y, %H:%M} ({at.tzname()})"


def why_in_words(
    why: str,
    *,
    until: datetime | None = None,
    by: object = None,
    detail: str = "",
    translate: Callable[..., str] = in_english,
    write: Callable[[datetime], str] = moment_in_english,
) -> str:
    """A reason as a sentence or two, with the end of a suppression, what caused it (a request's
    id, or a row of a file), and what a mail server or a check said. "" without a reason.

    `translate` takes a message and its values, `write` a moment; both give what a reader reads.
    """
    sentence = next((WHY_SENTENCES[known] for known in WHYS if known == why), "")
    if not sentence:
        return ""
    parts = [translate(sentence)]
    if until is not None:
        parts.append(translate("Not again before %(time)s.", time=write(until)))
    if by is not None:
        parts.append(translate("Asked by %(asker)s.", asker=by))
    if detail:
        parts.append(detail)
    return " ".join(parts)
