"""Whether a customer may be asked, at the edges of each rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.builders import MONDAY
from widget.domain.asking import AskingPolicy, AskingRules, policy_problems, rules_problems
from widget.domain.requests import (
    STATUS_SENTENCES,
    STATUS_WORDS,
    STATUSES,
    WHY_SENTENCES,
    WHYS,
    Decision,
    MailTo,
    Situation,
    decide,
    why_in_words,
)

RULES, POLICY = AskingRules(), AskingPolicy()
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def fine(**changes: object) -> Situation:
    situation = Situation(survey_id=1, due_at=MONDAY, expires_at=MONDAY + 30 * DAY)
    return replace(situation, **changes)  # type: ignore[arg-type]


def test_nothing_against_it_means_scheduled() -> None:
    assert decide(RULES, POLICY, fine()) == Decision("scheduled")


@pytest.mark.parametrize(
    ("found", "status", "why"),
    [
        (fine(do_not_send=True), "link_only", "do_not_send"),
        (fine(is_open=False), "not_sent", "survey_closed"),
        (fine(address_problem="No."), "not_sent", "bad_address"),
        (fine(bad_field="tags: no."), "not_sent", "bad_field"),
        (fine(is_member_unknown=True), "not_sent", "member_unknown"),
        (fine(refusal="unsubscribed"), "not_sent", "unsubscribed"),
        (fine(refusal="complaint"), "not_sent", "complaint"),
        (fine(refusal="hard_bounce"), "not_sent", "hard_bounce"),
        (fine(is_stray_test=True), "not_sent", "no_test_address"),
        (fine(expires_at=MONDAY), "not_sent", "expired"),
    ],
)
def test_each_reason_has_its_own_name(found: Situation, status: str, why: str) -> None:
    decision = decide(RULES, POLICY, found)
    assert (decision.status, decision.why) == (status, why)


@pytest.mark.parametrize(
    ("asked", "is_reminder", "why"),
    [
        (MONDAY - 10 * DAY + SECOND, False, "asked_recently"),
        (MONDAY - 10 * DAY, False, None),
        (MONDAY - DAY, True, None),
    ],
)
def test_a_campaign_asks_nobody_who_was_asked_for_anything_lately(
    asked: datetime, is_reminder: bool, why: str | None
) -> None:
    mails = [MailTo(ONE, 7, asked, is_reminder)]
    decision = decide(RULES, POLICY, fine(mails=mails, quiet_days=10))
    assert decision.why == why
    if why:
        assert (decision.by, decision.until) == (ONE, asked + 10 * DAY)


def test_without_quiet_days_other_surveys_do_not_matter() -> None:
    assert decide(RULES, POLICY, fine(mails=[MailTo(ONE, 7, MONDAY)])).status == "scheduled"


def test_a_link_alone_is_made_whatever_the_address() -> None:
    found = fine(do_not_send=True, address_problem="No.", refusal="complaint", is_open=False)
    assert decide(RULES, POLICY, found).status == "link_only"


def test_a_request_may_be_sent_until_the_moment_it_expires() -> None:
    assert decide(RULES, POLICY, fine(expires_at=MONDAY + SECOND)).status == "scheduled"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (MONDAY - 30 * DAY, "scheduled"),
        (MONDAY - 30 * DAY + SECOND, "not_sent"),
        (MONDAY, "not_sent"),
        # Planned for later than this one: of two, one is sent.
        (MONDAY + 5 * DAY, "not_sent"),
        (MONDAY + 30 * DAY - SECOND, "not_sent"),
        # A whole window later, both can be sent.
        (MONDAY + 30 * DAY, "scheduled"),
        (MONDAY + 90 * DAY, "scheduled"),
    ],
)
def test_the_suppression_window_ends_to_the_second(asked: datetime, status: str) -> None:
    assert decide(RULES, POLICY, fine(mails=[MailTo(ONE, 1, asked)])).status == status


def test_a_suppression_says_until_when_and_by_which_request() -> None:
    mails = [MailTo(ONE, 1, MONDAY - 20 * DAY), MailTo(TWO, 1, MONDAY - 3 * DAY)]
    decision = decide(RULES, POLICY, fine(mails=mails))
    assert decision == Decision("not_sent", "suppressed", until=MONDAY + 27 * DAY, by=TWO)


def test_another_survey_and_reminders_suppress_nothing() -> None:
    mails = [MailTo(ONE, 2, MONDAY), MailTo(TWO, 1, MONDAY, is_reminder=True)]
    assert decide(RULES, POLICY, fine(mails=mails)).status == "scheduled"


@pytest.mark.parametrize(
    ("answered", "why"),
    [(MONDAY, "suppressed"), (MONDAY - 30 * DAY + SECOND, "suppressed"), (MONDAY - 30 * DAY, None)],
)
def test_an_answer_before_its_mail_left_suppresses_and_is_no_mail_for_the_cap(
    answered: datetime, why: str | None
) -> None:
    policy, mail = AskingPolicy(cap=1, cap_days=60), MailTo(ONE, 1, answered, is_unsent=True)
    assert decide(RULES, policy, fine(mails=[mail])).why == why
    assert decide(RULES, policy, fine(survey_id=2, mails=[mail])).why is None
    # One that left counts for both.
    mail = replace(mail, is_unsent=False)
    assert decide(RULES, policy, fine(survey_id=2, mails=[mail])).why == "cap_reached"


def test_zero_days_switch_suppression_off() -> None:
    rules = AskingRules(suppression_days=0)
    assert decide(rules, POLICY, fine(mails=[MailTo(ONE, 1, MONDAY)])).status == "scheduled"


def test_the_cap_counts_every_survey_and_every_reminder() -> None:
    policy = AskingPolicy(cap=2, cap_days=7)
    mails = [MailTo(ONE, 2, MONDAY - DAY), MailTo(ONE, 2, MONDAY, is_reminder=True)]
    assert decide(RULES, policy, fine(mails=mails[:1])).status == "scheduled"
    decision = decide(RULES, policy, fine(mails=mails))
    assert decision == Decision("not_sent", "cap_reached", until=MONDAY + 6 * DAY)


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (7 * DAY, "scheduled"),
        (7 * DAY - SECOND, "not_sent"),
        # Planned for later.
        (-7 * DAY + SECOND, "not_sent"),
        (-7 * DAY, "scheduled"),
    ],
)
def test_the_caps_period_ends_to_the_second(ago: timedelta, status: str) -> None:
    policy = AskingPolicy(cap=1, cap_days=7)
    assert decide(RULES, policy, fine(mails=[MailTo(ONE, 2, MONDAY - ago)])).status == status


def test_over_the_cap_it_takes_until_few_enough_are_left() -> None:
    policy = AskingPolicy(cap=2, cap_days=7)
    ids = zip((ONE, TWO, THREE), (1, 2, 3), strict=True)
    mails = [MailTo(id, 2, MONDAY - days * DAY) for id, days in ids]
    # With mails 1, 2 and 3 days ago, the one of 2 days ago must leave the period as well.
    assert decide(RULES, policy, fine(mails=mails)).until == MONDAY + 5 * DAY


def test_every_status_and_reason_has_words() -> None:
    assert set(STATUSES) == set(STATUS_WORDS) == set(STATUS_SENTENCES)
    assert set(WHYS) == set(WHY_SENTENCES)


def test_a_reason_in_words_says_all_there_is() -> None:
    text = why_in_words("suppressed", until=MONDAY, by="request 7", detail="So be it.")
    assert text == (
        "This customer was asked for this survey a short time ago. "
        "Not again before 23 Nov 2026, 09:00 (UTC). Asked by request 7. So be it."
    )
    assert why_in_words("") == ""


def test_a_reason_is_told_in_the_readers_words_but_for_what_others_said() -> None:
    text = why_in_words(
        "mail_failed",
        until=MONDAY,
        by="row 3",
        detail="421 try later",
        translate=lambda message, **values: f"<{message % values if values else message}>",
        write=lambda at: f"{at:%Y}",
    )
    assert text == (
        "<The mail could not be handed to a mail server.> <Not again before 2026.> "
        "<Asked by row 3.> 421 try later"
    )


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (AskingRules(suppression_days=-1), "suppression_days"),
        (AskingRules(delay_minutes=90 * 24 * 60 + 1), "delay_minutes"),
        (AskingRules(hours_from=24, hours_until=6), "hours_from"),
        (AskingRules(hours_until=25), "hours_until"),
        (AskingRules(hours_from=9, hours_until=9), "hours_until"),
        (AskingRules(expires_days=0), "expires_days"),
        (AskingRules(reminders=6), "reminders"),
        (AskingRules(reminder_days=0), "reminder_days"),
        (AskingRules(edit_days=-1), "edit_days"),
    ],
)
def test_rules_that_cannot_be_are_named(rules: AskingRules, field: str) -> None:
    assert list(rules_problems(rules)) == [field]


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (AskingPolicy(cap=-1), "cap"),
        (AskingPolicy(cap_days=0), "cap_days"),
        (AskingPolicy(mails_per_minute=-1), "mails_per_minute"),
        (AskingPolicy(sender="not an address"), "sender"),
        (AskingPolicy(sender="grüße@acme.example"), "sender"),
        (AskingPolicy(sender="a@b.example\r\nBcc: c@d.example"), "sender"),
        (AskingPolicy(postal_address="x" * 501), "postal_address"),
    ],
)
def test_a_policy_that_cannot_be_is_named(policy: AskingPolicy, field: str) -> None:
    assert list(policy_problems(policy)) == [field]


def test_the_defaults_are_fine() -> None:
    assert rules_problems(RULES) == policy_problems(POLICY) == {}
