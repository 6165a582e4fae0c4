"""What each mail service, and a mail that comes back, does to an address, to the edge.

The shapes are those that the services document, with the fields that they send along.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Workspace, add_request, make_workspace
from widget.domain.bounces import SOFT_LIMIT
from widget.domain.mail_addresses import BounceAddress, DeliveryName, address_digest, message_id
from widget.extensions import db
from widget.operate.returned_mail import take_bounce
from widget.storage.models import Delivery, SuppressedAddress

KIM = "kim@shop.example"
TOKEN = "t" * 32
Sort = Literal["hard", "soft", "complaint", "delivered"]


def ses(sort: Sort, name: DeliveryName) -> dict[str, Any]:
    kind = {"complaint": "Complaint", "delivered": "Delivery"}.get(sort, "Bounce")
    inner: dict[str, dict[str, Any]] = {
        "Bounce": {
            "bounceType": "Permanent" if sort == "hard" else "Transient",
            "bounceSubType": "General" if sort == "hard" else "MailboxFull",
            "bouncedRecipients": [
                {
                    "emailAddress": KIM,
                    "action": "failed",
                    "status": "5.1.1" if sort == "hard" else "4.2.2",
                    "diagnosticCode": "smtp; 550 5.1.1 <kim@shop.example>... User unknown",
                }
            ],
            "timestamp": "2016-01-27T14:59:38.237Z",
            "feedbackId": "00000138111222aa-33322211-cccc",
            "reportingMTA": "dns; email.example.com",
        },
        "Complaint": {
            "complainedRecipients": [{"emailAddress": KIM}],
            "complaintFeedbackType": "abuse",
            "complaintSubType": None,
            "userAgent": "AnyCompany Feedback Loop (V0.01)",
        },
        "Delivery": {
            "recipients": [KIM],
            "processingTimeMillis": 546,
            "smtpResponse": "250 ok: Message 64111812 accepted",
        },
    }
    ours = message_id(name, "sayso.example")
    note = {
        "notificationType": kind,
        kind.lower(): inner[kind],
        "mail": {
            "timestamp": "2016-01-27T14:59:38.237Z",
            "source": "feedback@sayso.example",
            "messageId": "00000138111222aa-33322211-cccc-000000",
            "destination": [KIM],
            "headersTruncated": False,
            "headers": [{"name": "To", "value": KIM}, {"name": "Message-ID", "value": ours}],
            "commonHeaders": {"to": [KIM], "messageId": ours, "subject": "Your feedback"},
        },
    }
    return {
        "Type": "Notification",
        "MessageId": "19ba9823-d7f2-53c1-860e-cb10e0d13dfc",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:bounces",
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(note) + "\n",
        "Timestamp": "2018-03-26T17:58:59.675Z",
        "SignatureVersion": "1",
        "Signature": "none",
    }


def postmark(sort: Sort, name: DeliveryName) -> dict[str, Any]:
    common = {
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Tag": "",
        # What the header X-PM-Metadata-message_id said.
        "Metadata": {"message_id": f"sayso.{name.workspace_id}.{name.delivery_id.hex}"},
    }
    if sort == "delivered":
        return {**common, "RecordType": "Delivery", "Recipient": KIM, "Details": "250 OK"}
    kind, code = {
        "hard": ("HardBounce", 1),
        "soft": ("SoftBounce", 4096),
        "complaint": ("SpamComplaint", 100001),
    }[sort]
    return {
        **common,
        "RecordType": "SpamComplaint" if sort == "complaint" else "Bounce",
        "ID": 42,
        "Type": kind,
        "TypeCode": code,
        "Name": kind,
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 unknown user",
        "Email": KIM,
        "From": "feedback@sayso.example",
        "BouncedAt": "2014-08-01T13:28:10.2735393-04:00",
        "Inactive": sort != "soft",
        "CanActivate": True,
    }


def mailgun(sort: Sort, name: DeliveryName) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1521233195.375624,
        "log-level": "error",
        "event": {"complaint": "complained", "delivered": "delivered"}.get(sort, "failed"),
        "recipient": KIM,
        "recipient-domain": "shop.example",
        "message": {
            "headers": {
                "to": KIM,
                "message-id": message_id(name, "sayso.example").strip("<>"),
                "subject": "Your feedback",
            },
            "size": 111,
        },
        "user-variables": {},
        "tags": [],
    }
    if sort == "hard":
        status = {"code": 550, "message": "5.1.1 The account does not exist", "description": ""}
        event |= {"severity": "permanent", "reason": "bounce", "delivery-status": status}
    elif sort == "soft":
        status = {"code": 452, "message": "4.2.2 Mailbox full", "retry-seconds": 600}
        event |= {"severity": "temporary", "reason": "generic", "delivery-status": status}
    return {"signature": {"timestamp": "1", "token": "x", "signature": "x"}, "event-data": event}


def sendgrid(sort: Sort, name: DeliveryName) -> list[dict[str, Any]]:
    event: dict[str, Any] = {
        "email": KIM,
        "timestamp": 1513299569,
        "sg_event_id": "sg_event_id",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        # What the header X-SMTPAPI said.
        "message_id": f"sayso.{name.workspace_id}.{name.delivery_id.hex}",
    }
    if sort == "complaint":
        return [{**event, "event": "spamreport"}]
    event["smtp-id"] = message_id(name, "sayso.example")
    if sort == "delivered":
        return [{**event, "event": "delivered", "response": "250 OK"}]
    return [
        {
            **event,
            "event": "bounce",
            "type": "bounce" if sort == "hard" else "blocked",
            "status": "5.1.1" if sort == "hard" else "4.7.1",
            "reason": "550 5.1.1 unknown user",
        }
    ]


def returned(sort: Sort, name: DeliveryName, to: str) -> bytes:
    """A delivery status (RFC 3464), or a feedback report (RFC 5965), as a mail server sends it."""
    action, status, said = {
        "hard": ("failed", "5.1.1", "550 5.1.1 no such user"),
        "soft": ("failed", "4.2.2", "452 4.2.2 mailbox full"),
    }.get(sort, ("delivered", "2.0.0", "250 OK"))
    kind, report = (
        ("feedback-report", "Feedback-Type: abuse\nUser-Agent: Example/1.0\nVersion: 1\n")
        if sort == "complaint"
        else (
            "delivery-status",
            "Reporting-MTA: dns; mx.shop.example\n\n"
            f"Final-Recipient: rfc822; {KIM}\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: smtp; {said}\n",
        )
    )
    text = (
        f"From: MAILER-DAEMON@mx.shop.example\nTo: {to}\nSubject: Report\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nA report.\n\n"
        f"--b\nContent-Type: message/{kind}\n\n{report}\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: feedback@sayso.example\n"
        f"Message-ID: {message_id(name, 'sayso.example')}\nSubject: Your feedback\n\nHi\n\n--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


Bodies = Callable[[Sort, DeliveryName], Any]
SERVICES: dict[str, Bodies] = {
    "ses": ses,
    "postmark": postmark,
    "mailgun": mailgun,
    "sendgrid": sendgrid,
}
SOURCES = [*SERVICES, "signed address", "feedback address", "message id alone"]


def tell(acme: Workspace, source: str, sort: Sort, sent: UUID) -> int:
    """Report what became of a mail from a source of the operator's; how many reports were taken."""
    name = DeliveryName(acme.id, sent)
    body_of = SERVICES.get(source)
    if body_of:
        acme.world.app.config["SAYSO_BOUNCE_TOKEN"] = TOKEN
        answer = acme.world.client().post(
            f"/api/v1/bounces/{source}?key={TOKEN}", json=body_of(sort, name)
        )
        assert answer.status_code == 200, answer.text
        return int(answer.get_json()["taken"])
    settings = replace(acme.world.settings, bounce_address="bounce@mail.example")
    signed = BounceAddress(settings.secret_keys, settings.bounce_address).of(name)
    to = signed if source == "signed address" else settings.bounce_address
    message = returned(sort, name, to)
    if source == "feedback address":
        # Where a provider's reports go, which says whom the mail that it returns was from.
        message = message.replace(
            b"\r\nFrom: feedback@", f"\r\nReturn-Path: <{signed}>\r\nFrom: feedback@".encode()
        )
    with acme.world.app.app_context():
        return take_bounce(settings, message)


def suppressed(acme: Workspace) -> list[tuple[int, str]]:
    """Workspace and reason of each row about Kim's address."""
    kim = address_digest(acme.world.settings.address_key, KIM)
    with acme.world.app.app_context():
        rows = db.session.scalars(select(SuppressedAddress)).all()
        assert {row.address_digest for row in rows} <= {kim}
        return [(row.workspace_id, row.why) for row in rows]


def mails_to_kim(acme: Workspace, number: int) -> list[UUID]:
    survey = acme.survey()
    return [
        add_request(
            acme, survey, email=f"{place}@x.example" if place else KIM, recipient=KIM, status="sent"
        )[1]
        for place in range(number)
    ]


@pytest.mark.parametrize("source", SOURCES)
def test_one_hard_bounce_suppresses_at_once(acme: Workspace, source: str) -> None:
    (sent,) = mails_to_kim(acme, 1)
    assert tell(acme, source, "hard", sent) == 1
    assert suppressed(acme) == [(acme.id, "hard_bounce")]
    with acme.world.app.app_context():
        assert db.session.scalars(select(Delivery.status)).all() == ["bounced"]


@pytest.mark.parametrize("source", SOURCES)
def test_the_fifth_soft_bounce_suppresses_and_not_the_fourth(acme: Workspace, source: str) -> None:
    *first, last = mails_to_kim(acme, SOFT_LIMIT)
    assert len(first) == 4
    for sent in first:
        # However often the same mail is put off, it counts once.
        for _ in range(2):
            assert tell(acme, source, "soft", sent) == 1
    assert suppressed(acme) == []
    tell(acme, source, "soft", last)
    assert suppressed(acme) == [(acme.id, "soft_bounces")]


@pytest.mark.parametrize("source", SOURCES)
def test_a_complaint_suppresses_in_every_workspace(acme: Workspace, source: str) -> None:
    (sent,) = mails_to_kim(acme, 1)
    assert tell(acme, source, "complaint", sent) == 1
    # Whoever asked Kim can read the Message-ID and write such a report themselves.
    where = acme.id if source == "message id alone" else 0
    assert suppressed(acme) == [(where, "complaint")]


@pytest.mark.parametrize("source", SOURCES)
def test_a_mail_that_arrives_after_all_did_not_bounce(acme: Workspace, source: str) -> None:
    *late, last = mails_to_kim(acme, SOFT_LIMIT)
    for sent in late:
        tell(acme, source, "soft", sent)
        assert tell(acme, source, "delivered", sent) == 1
    tell(acme, source, "soft", last)
    assert suppressed(acme) == []


def test_soft_bounces_count_together_for_thirty_days(any_acme: Workspace) -> None:
    old, *rest = mails_to_kim(any_acme, SOFT_LIMIT + 1)
    tell(any_acme, "ses", "soft", old)
    any_acme.world.clock.pass_time(days=30)
    for source, sent in zip(["ses", "postmark", "mailgun", "sendgrid"], rest, strict=False):
        tell(any_acme, source, "soft", sent)
    assert suppressed(any_acme) == []
    any_acme.world.clock.pass_time(days=29)
    tell(any_acme, "signed address", "soft", rest[-1])
    assert suppressed(any_acme) == [(any_acme.id, "soft_bounces")]


@pytest.mark.parametrize("kind", ["AutoResponder", "ChallengeVerification", "AddressChange"])
def test_an_answer_of_a_program_is_no_bounce(acme: Workspace, kind: str) -> None:
    acme.world.app.config["SAYSO_BOUNCE_TOKEN"] = TOKEN
    for sent in mails_to_kim(acme, SOFT_LIMIT):
        body = {**postmark("soft", DeliveryName(acme.id, sent)), "Type": kind}
        answer = acme.world.client().post(f"/api/v1/bounces/postmark?key={TOKEN}", json=body)
        assert answer.get_json() == {"taken": 0}
    assert suppressed(acme) == []


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_a_feedback_report_that_complains_of_nothing_suppresses_nobody(
    acme: Workspace, kind: str
) -> None:
    acme.world.app.config["SAYSO_BOUNCE_TOKEN"] = TOKEN
    (sent,) = mails_to_kim(acme, 1)
    name = DeliveryName(acme.id, sent)
    body = ses("complaint", name)
    body["Message"] = body["Message"].replace('"abuse"', f'"{kind}"')
    answer = acme.world.client().post(f"/api/v1/bounces/ses?key={TOKEN}", json=body)
    assert answer.get_json() == {"taken": 0}
    message = returned("complaint", name, "bounce@mail.example")
    message = message.replace(b"Feedback-Type: abuse", f"Feedback-Type: {kind}".encode())
    with acme.world.app.app_context():
        assert take_bounce(acme.world.settings, message) == 0
    assert suppressed(acme) == []


@pytest.mark.parametrize("sort", ["hard", "complaint"])
def test_a_key_reports_by_mail_of_its_own_workspace_alone_and_proves_nothing(
    acme: Workspace, sort: Sort
) -> None:
    other = make_workspace(acme.world, "Other", "otto@other.example")
    [sent] = mails_to_kim(acme, 1)
    settings = acme.world.settings
    name = DeliveryName(acme.id, sent)
    signed = BounceAddress(settings.secret_keys, settings.mail_from).of(name)
    report = returned(sort, name, signed)
    for key, expected in ((other.api_key(), []), (acme.api_key(), [acme.id])):
        path = f"/api/v1/replies/raw?key={key}"
        answer = acme.world.client().post(path, data=report, content_type="message/rfc822")
        assert answer.json == {"became": "report"}
        assert [workspace_id for workspace_id, _why in suppressed(acme)] == expected
