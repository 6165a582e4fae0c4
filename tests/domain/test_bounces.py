"""What mail servers and services send back, in their own shapes."""

import hmac
import json
from hashlib import sha256
from time import process_time
from typing import Any
from uuid import UUID

import pytest

from tests.builders import MONDAY
from widget.domain.bounce_webhooks import Provider, mailgun_signature_is_good, read_webhook
from widget.domain.bounces import BounceReport, read_dsn, sort_of
from widget.domain.mail_addresses import BounceAddress, DeliveryName, message_id

NAME = DeliveryName(3, UUID("01938c5e-0000-7000-8000-0000000000ff"))
BOUNCES = BounceAddress(["k" * 40], "bounce@mail.example")
MESSAGE_ID = message_id(NAME, "mail.example")

DSN = """\
From: MAILER-DAEMON@relay.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; kim@shop.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: {returned}

From: feedback@acme.example
Message-ID: {message_id}
Subject: Your feedback

--b--
"""


def dsn(**changes: str) -> bytes:
    values = {
        "to": BOUNCES.of(NAME),
        "action": "failed",
        "status": "5.1.1",
        "said": "550 5.1.1 No such user",
        "returned": "text/rfc822-headers",
        "message_id": "<other@x.example>",
    }
    return DSN.format(**{**values, **changes}).replace("\n", "\r\n").encode()


def test_a_returned_mail_is_known_by_the_address_it_came_to() -> None:
    (report,) = read_dsn(dsn(), BOUNCES.read)
    assert report.sort == "hard"
    assert report.address == "kim@shop.example"
    assert report.delivery == NAME
    assert "No such user" in report.detail


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_or_by_the_message_that_it_returns(returned: str) -> None:
    message = dsn(to="bounce@mail.example", message_id=MESSAGE_ID, returned=returned)
    (report,) = read_dsn(message, BOUNCES.read)
    assert report.delivery == NAME


def test_a_report_of_no_mail_of_ours_suppresses_nobody() -> None:
    assert read_dsn(dsn(to="bounce+forged@mail.example"), BOUNCES.read) == []
    assert read_dsn(b"Subject: hello\r\n\r\nhello", BOUNCES.read) == []
    assert read_dsn(b"\xff\x00 no mail at all", BOUNCES.read) == []


@pytest.mark.parametrize(
    "line",
    [
        "To: " + "a" * 100_000,
        "To: " + "a," * 50_000,
        "To: " + "(" * 50_000,
        "To: " + "a@b," * 25_000,
    ],
)
def test_a_report_that_is_hard_to_read_is_read_at_once(line: str) -> None:
    before = process_time()
    (report,) = read_dsn(line.encode() + b"\r\n" + dsn(), BOUNCES.read)
    assert (report.delivery, process_time() - before < 2) == (NAME, True)


def test_parts_within_parts_without_end_are_no_report() -> None:
    parts = [
        f'Content-Type: multipart/mixed; boundary="{number}"\r\n\r\n--{number}\r\n'
        for number in range(2_000)
    ]
    assert read_dsn("".join(parts).encode(), BOUNCES.read) == []


@pytest.mark.parametrize(
    ("action", "status", "sort"),
    [
        ("failed", "5.1.1", "hard"),
        ("failed", "5.2.1", "hard"),
        ("failed", "5.2.2", "soft"),
        ("failed", "5.7.1", "soft"),
        ("failed", "4.4.1", "soft"),
        ("delivered", "2.0.0", "delivered"),
    ],
)
def test_the_status_says_how_bad_it_is(action: str, status: str, sort: str) -> None:
    (report,) = read_dsn(dsn(action=action, status=status, said="as it is"), BOUNCES.read)
    assert report.sort == sort


def test_a_server_that_still_tries_has_said_nothing_yet() -> None:
    assert read_dsn(dsn(action="delayed", status="4.4.1"), BOUNCES.read) == []


@pytest.mark.parametrize("kind", [b"feedback-report", b'"Feedback-Report"', b"FEEDBACK-REPORT"])
def test_a_feedback_report_is_a_complaint(kind: bytes) -> None:
    message = dsn().replace(b"report-type=delivery-status", b"report-type=" + kind)
    assert [report.sort for report in read_dsn(message, BOUNCES.read)] == ["complaint"]


@pytest.mark.parametrize(
    ("code", "text", "sort"),
    [
        ("550", "5.1.1 The email account does not exist", "hard"),
        ("550", "User unknown", "hard"),
        ("550", "mailbox unavailable", "hard"),
        ("550", "5.7.1 blocked, user unknown to us as a sender", "soft"),
        ("552", "Mailbox full", "soft"),
        ("421", "user unknown", "soft"),
    ],
)
def test_replies_without_a_report_are_judged_the_same(code: str, text: str, sort: str) -> None:
    assert sort_of(code, text) == sort


def ses(kind: str, **inner: Any) -> dict[str, Any]:
    note = {
        "notificationType": kind,
        "mail": {"headers": [{"name": "Message-ID", "value": MESSAGE_ID}]},
        kind.lower(): inner,
    }
    return {"Type": "Notification", "MessageId": "1", "Message": json.dumps(note)}


SENT: list[tuple[Provider, Any, str]] = [
    (
        "ses",
        ses(
            "Bounce",
            bounceType="Permanent",
            bouncedRecipients=[{"emailAddress": "kim@shop.example", "diagnosticCode": "smtp; 550"}],
        ),
        "hard",
    ),
    (
        "ses",
        ses(
            "Bounce",
            bounceType="Transient",
            bouncedRecipients=[{"emailAddress": "kim@shop.example"}],
        ),
        "soft",
    ),
    (
        "ses",
        ses("Complaint", complainedRecipients=[{"emailAddress": "kim@shop.example"}]),
        "complaint",
    ),
    ("ses", ses("Delivery", recipients=["kim@shop.example"]), "delivered"),
    (
        "postmark",
        {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "Email": "kim@shop.example",
            "Description": "The server was unable to deliver your message",
        },
        "hard",
    ),
    (
        "postmark",
        {"RecordType": "Bounce", "Type": "SoftBounce", "Email": "kim@shop.example"},
        "soft",
    ),
    ("postmark", {"RecordType": "SpamComplaint", "Email": "kim@shop.example"}, "complaint"),
    ("postmark", {"RecordType": "Delivery", "Recipient": "kim@shop.example"}, "delivered"),
    (
        "mailgun",
        {
            "event-data": {
                "event": "failed",
                "severity": "permanent",
                "reason": "bounce",
                "recipient": "kim@shop.example",
                "message": {"headers": {"message-id": MESSAGE_ID.strip("<>")}},
                "delivery-status": {"message": "550 5.1.1 no such user", "code": 550},
            }
        },
        "hard",
    ),
    (
        "mailgun",
        {
            "event-data": {
                "event": "failed",
                "severity": "temporary",
                "recipient": "kim@shop.example",
            }
        },
        "soft",
    ),
    (
        "mailgun",
        {
            "event-data": {
                "event": "failed",
                "severity": "permanent",
                "reason": "generic",
                "recipient": "kim@shop.example",
                "delivery-status": {"message": "5.7.1 rejected by policy"},
            }
        },
        "soft",
    ),
    (
        "mailgun",
        {"event-data": {"event": "complained", "recipient": "kim@shop.example"}},
        "complaint",
    ),
    ("sendgrid", [{"event": "bounce", "email": "kim@shop.example", "type": "bounce"}], "hard"),
    ("sendgrid", [{"event": "bounce", "email": "kim@shop.example", "type": "blocked"}], "soft"),
    (
        "sendgrid",
        [{"event": "dropped", "email": "kim@shop.example", "reason": "Bounced Address"}],
        "hard",
    ),
    ("sendgrid", [{"event": "spamreport", "email": "kim@shop.example"}], "complaint"),
    (
        "sendgrid",
        [{"event": "delivered", "email": "kim@shop.example", "smtp-id": MESSAGE_ID}],
        "delivered",
    ),
]


@pytest.mark.parametrize(("provider", "body", "sort"), SENT)
def test_each_services_events_are_understood(provider: Provider, body: Any, sort: str) -> None:
    (report,) = read_webhook(provider, body).reports
    assert (report.sort, report.address) == (sort, "kim@shop.example")
    assert report.delivery in (None, NAME)


def test_the_delivery_is_taken_from_the_message_id_where_there_is_one() -> None:
    assert [
        read_webhook(provider, body).reports[0].delivery
        for provider, body, _ in SENT
        if MESSAGE_ID.strip("<>") in json.dumps(body)
    ] == [NAME] * 6


def test_services_that_hide_the_message_id_repeat_what_our_headers_said() -> None:
    name = MESSAGE_ID.strip("<>").partition("@")[0]
    postmark = {"RecordType": "SpamComplaint", "Email": "k@x.example", "Metadata": {}}
    assert read_webhook("postmark", postmark).reports[0].delivery is None
    postmark["Metadata"] = {"message_id": name}
    assert read_webhook("postmark", postmark).reports[0].delivery == NAME
    # Its `smtp-id` may be one of its own making.
    sendgrid = {
        "event": "spamreport",
        "email": "k@x.example",
        "smtp-id": "<14c5d75ce93@ismtpd-555>",
    }
    assert read_webhook("sendgrid", [sendgrid]).reports[0].delivery is None
    sendgrid["message_id"] = name
    assert read_webhook("sendgrid", [sendgrid]).reports[0].delivery == NAME


def test_one_strange_event_loses_no_other() -> None:
    good: dict[str, Any] = {"event": "bounce", "email": "kim@shop.example"}
    body = [{"event": "new-thing"}, 7, {"event": "bounce", "email": 5}, good]
    assert read_webhook("sendgrid", body).reports == (BounceReport("hard", "kim@shop.example"),)


NOT_JSON = {"Type": "Notification", "Message": "{"}
TOO_DEEP = {"Type": "Notification", "Message": "[" * 100_000}


@pytest.mark.parametrize("provider", ["ses", "postmark", "mailgun", "sendgrid"])
@pytest.mark.parametrize("body", [None, [], {}, "x", 5, NOT_JSON, TOO_DEEP])
def test_nonsense_is_no_report(provider: Provider, body: Any) -> None:
    assert read_webhook(provider, body).reports == ()


CONFIRM = (
    "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription"
    "&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37fb687f5d51e6e241d09c"
)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        (CONFIRM, True),
        (CONFIRM.replace("amazonaws.com", "amazonaws.com.cn"), True),
        (CONFIRM.replace("https", "http"), False),
        (CONFIRM.replace("sns.us-west-2", "bucket.s3"), False),
        (CONFIRM.replace("sns.us-west-2", "sns.evil.us-west-2"), False),
        (CONFIRM.replace("amazonaws.com", "xamazonaws.com"), False),
        (CONFIRM.replace("amazonaws.com", "amazonaws.com.evil.example"), False),
        (CONFIRM.replace("https://", "https://evil.example@"), False),
        (CONFIRM.replace("https://", "https://evil.example/#"), False),
        (CONFIRM.replace("amazonaws.com/", "amazonaws.com:8443/"), False),
        (CONFIRM.replace("amazonaws.com/?", "amazonaws.com/path?"), False),
        (CONFIRM.replace("ConfirmSubscription", "Publish"), False),
        (CONFIRM.replace("ConfirmSubscription&", "ConfirmSubscriptionX&"), False),
        (CONFIRM + "\nhttps://evil.example/", False),
        (CONFIRM + "\n", False),
        (CONFIRM + "<b>", False),
        (CONFIRM + "a" * 2000, False),
    ],
)
def test_a_subscription_is_for_a_person_to_confirm_and_only_at_sns(
    url: str, is_taken: bool
) -> None:
    body = {"Type": "SubscriptionConfirmation", "SubscribeURL": url}
    assert read_webhook("ses", body).confirm_url == (url if is_taken else "")


def signed(secret: str, timestamp: str) -> dict[str, Any]:
    digest = hmac.new(secret.encode(), timestamp.encode() + b"tok", sha256).hexdigest()
    return {"signature": {"timestamp": timestamp, "token": "tok", "signature": digest}}


def test_mailguns_signature_is_checked() -> None:
    now = str(int(MONDAY.timestamp()))
    assert mailgun_signature_is_good("right", signed("right", now), MONDAY)
    assert not mailgun_signature_is_good("right", signed("wrong", now), MONDAY)
    assert not mailgun_signature_is_good("right", {}, MONDAY)


@pytest.mark.parametrize(
    ("age", "is_good"),
    [("86400", True), ("86401", False), ("-86400", True), ("-86401", False), ("999999999", False)],
)
def test_and_is_good_for_a_day(age: str, is_good: bool) -> None:
    posted = signed("right", str(int(MONDAY.timestamp()) - int(age)))
    assert mailgun_signature_is_good("right", posted, MONDAY) == is_good


@pytest.mark.parametrize("timestamp", ["", "x", "1" * 5_000, "-1", "١", "1e9"])
def test_a_signature_without_a_moment_is_none(timestamp: str) -> None:
    assert not mailgun_signature_is_good("right", signed("right", timestamp), MONDAY)
