"""Mails that come in by mail services and by a mail server's pipe, to the edge.

The shapes are those that the services document.
"""

import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from werkzeug.test import TestResponse

from tests.builders import (
    Workspace,
    answer_survey,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.following import notes
from tests.replying import INBOUND, MailServer, queued, reply, send_replies
from widget.domain.inbound.mime import MESSAGE_LIMIT
from widget.domain.inbound.services import SIGNED_FIELDS
from widget.domain.mail_addresses import DeliveryName, ReplyAddress, ThreadName, message_id
from widget.operate.returned_mail import take_reply
from widget.web import replies
from widget.web.mail_forms import PostedForm, read_form
from widget.web.rate_limits import RateLimits

TOKEN = "t" * 32
KIM = "kim@shop.example"
MIME = Path(__file__).parents[1] / "domain" / "inbound" / "mime"
TEXT = "That helped.\n\nOn 11/23/26 10:12, Alice wrote:\n> Sorry."
SIGNING_KEY = "mailgun-signing-key"


def world_with(folder: Path, **changes: Any) -> Workspace:
    settings = make_settings(folder, inbound_address=INBOUND, bounce_token=TOKEN, **changes)
    return make_workspace(make_world(settings))


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a server to which customers' answers come back."""
    made = world_with(tmp_path)
    yield made
    close_world(made.world)


def thread(acme: Workspace) -> UUID:
    return reply(acme, answer_survey(acme, acme.survey(), 1, customer_email=KIM))


def address(acme: Workspace, follow_up: UUID) -> str:
    keys = acme.world.settings.secret_keys
    return ReplyAddress(keys, INBOUND).of(ThreadName(acme.id, follow_up))


def raw(to: str, name: str = "gmail-web") -> bytes:
    return (MIME / f"{name}.eml").read_bytes().replace(b"replies+TOKEN@sayso.example", to.encode())


def postmark(to: str) -> dict[str, Any]:
    return {
        "FromName": "Kim",
        "MessageStream": "inbound",
        "From": KIM,
        "FromFull": {"Email": KIM, "Name": "Kim", "MailboxHash": ""},
        "To": f'"Alice, Acme" <{to}>',
        "OriginalRecipient": to,
        "Subject": "Re: Your feedback",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "TextBody": TEXT,
        "HtmlBody": "<p>That helped.</p>",
        "StrippedTextReply": "That helped.",
        "Headers": [
            {"Name": "Message-ID", "Value": "<one@shop.example>"},
            {"Name": "X-Spam-Status", "Value": "No"},
        ],
        "Attachments": [
            {
                "Name": "bill.pdf",
                "Content": "JVBERi0xLjc=",
                "ContentType": "application/pdf",
                "ContentLength": 3000,
            }
        ],
    }


def mailgun(to: str) -> dict[str, Any]:
    return {
        "recipient": to,
        "sender": KIM,
        "from": f"Kim <{KIM}>",
        "subject": "Re: Your feedback",
        "body-plain": TEXT,
        "stripped-text": "That helped.",
        "body-html": "<p>That helped.</p>",
        "message-headers": json.dumps([["Message-Id", "<one@shop.example>"], ["To", to]]),
        "attachment-count": "1",
        "attachment-1": (BytesIO(b"x" * 3000), "bill.pdf"),
    }


def sendgrid(to: str) -> dict[str, Any]:
    return {
        "headers": f"Received: by x\n with y\nMessage-ID: <one@shop.example>\nTo: {to}\n",
        "from": f"Kim <{KIM}>",
        "to": to,
        "subject": "Re: Your feedback",
        "text": TEXT,
        "html": "<p>That helped.</p>",
        "envelope": json.dumps({"to": [to], "from": KIM}),
        "charsets": '{"to":"UTF-8"}',
        "attachments": "1",
        "attachment1": (BytesIO(b"x" * 3000), "bill.pdf"),
    }


def send(acme: Workspace, service: str, to: str, key: str = TOKEN) -> TestResponse:
    client, path = acme.world.client(), f"/api/v1/replies/{service}?key={key}"
    if service == "raw":
        return client.post(path, data=raw(to), content_type="message/rfc822")
    if service == "postmark":
        return client.post(path, json=postmark(to))
    form = mailgun(to) if service == "mailgun" else sendgrid(to)
    return client.post(path, data=form, content_type="multipart/form-data")


@pytest.mark.parametrize("service", ["raw", "postmark", "mailgun", "sendgrid"])
def test_each_service_brings_a_mail_into_its_thread_once(acme: Workspace, service: str) -> None:
    to = address(acme, thread(acme))
    answer = send(acme, service, to)
    assert (answer.status_code, answer.json) == (200, {"became": "written"})
    [note] = notes(acme, "customer_mail")
    assert note.data["from"] == KIM
    assert note.data["is_other"] is False
    if service != "raw":
        assert note.text == "That helped."
        assert note.data["key"] == "<one@shop.example>"
        assert note.data["attachments"] == [{"name": "bill.pdf", "size": 3000}]
    assert send(acme, service, to).json == {"became": "known"}
    assert len(notes(acme, "customer_mail")) == 1


@pytest.mark.parametrize(
    ("service", "field"),
    [("postmark", "RawEmail"), ("mailgun", "body-mime"), ("sendgrid", "email")],
)
def test_a_mail_that_a_service_posts_as_it_was_is_read_from_that(
    acme: Workspace, service: str, field: str
) -> None:
    to = address(acme, thread(acme))
    client, path = acme.world.client(), f"/api/v1/replies/{service}?key={TOKEN}"
    fields = {field: raw(to, "outlook-ios").decode()}
    posted = {"json": fields} if service == "postmark" else {"data": fields}
    assert client.post(path, **posted).json == {"became": "written"}
    assert notes(acme, "customer_mail")[0].text == "Yes please."


@pytest.mark.parametrize(
    ("service", "field"),
    [("postmark", "RawEmail"), ("mailgun", "body-mime"), ("sendgrid", "email")],
)
def test_a_blind_copy_comes_to_the_recipient_that_the_service_names(
    acme: Workspace, service: str, field: str
) -> None:
    to = address(acme, thread(acme))
    client, path = acme.world.client(), f"/api/v1/replies/{service}?key={TOKEN}"
    mail = raw("feedback@acme.example").decode()
    for recipient, became in (("", "nobodys"), (to.replace("+", "+a"), "nobodys"), (to, "written")):
        fields = {
            field: mail,
            "OriginalRecipient": recipient,
            "recipient": recipient,
            "envelope": json.dumps({"to": [7, recipient]}),
        }
        posted = {"json": fields} if service == "postmark" else {"data": fields}
        assert client.post(path, **posted).json == {"became": became}


def test_an_address_that_nobody_signed_leads_nowhere(acme: Workspace) -> None:
    follow_up = thread(acme)
    forged = address(acme, follow_up).replace("+", "+a")
    stranger = ReplyAddress(["another key" * 4], INBOUND).of(ThreadName(acme.id, follow_up))
    for wrong in (forged, stranger, INBOUND, "replies+@sayso.example"):
        answer = send(acme, "raw", wrong)
        assert (answer.status_code, answer.json) == (200, {"became": "nobodys"})
    assert notes(acme, "customer_mail") == []


def test_a_key_brings_mails_of_its_own_workspace_alone(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "otto@other.example")
    to = address(acme, thread(acme))
    assert send(acme, "postmark", to, other.api_key()).json == {"became": "nobodys"}
    assert send(acme, "postmark", to, acme.api_key()).json == {"became": "written"}


def test_nobody_brings_mails_without_a_key_that_may_write(acme: Workspace) -> None:
    to = address(acme, thread(acme))
    for key, status in (("", 401), ("wrong", 401), (acme.api_key("read"), 403)):
        assert send(acme, "postmark", to, key).status_code == status
    assert acme.world.client().post(f"/api/v1/replies/x?key={TOKEN}").status_code == 404
    assert acme.world.client().get(f"/api/v1/replies/raw?key={TOKEN}").status_code == 405
    assert notes(acme, "customer_mail") == []


def test_mailgun_is_believed_when_it_signed(tmp_path: Path) -> None:
    acme = world_with(tmp_path, mailgun_signing_key=SIGNING_KEY)
    form = mailgun(address(acme, thread(acme)))
    del form["attachment-1"]
    stamp = str(int(acme.world.clock().timestamp()))
    good = hmac.new(SIGNING_KEY.encode(), f"{stamp}abc".encode(), sha256).hexdigest()
    signed = {**form, "timestamp": stamp, "token": "abc", "signature": good}
    client, path = acme.world.client(), "/api/v1/replies/mailgun"
    assert client.post(path, data={**signed, "signature": "0" * 64}).status_code == 401
    unsigned = client.post(f"{path}?key={TOKEN}", data=form)
    assert unsigned.status_code == 403
    assert client.post(path, data=signed).json == {"became": "written"}
    close_world(acme.world)


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_of_what_mailgun_did_not_sign_nothing_but_a_signature_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    acme = world_with(tmp_path, mailgun_signing_key=SIGNING_KEY)
    asked: list[object] = []

    def noted(*args: Any, **limits: Any) -> PostedForm:
        asked.append((limits["wanted"], limits["limit"] <= 1_000))
        return read_form(*args, **limits)

    monkeypatch.setattr(replies, "read_form", noted)
    form = {"body-plain": "x" * 300_000, "token": "abc", "timestamp": "1", "signature": "0"}
    client, path = acme.world.client(), "/api/v1/replies/mailgun"
    for query, status in (("", 401), ("?key=wrong", 401), (f"?key={TOKEN}", 403)):
        assert client.post(path + query, data=form, content_type=kind).status_code == status
    assert asked == [(SIGNED_FIELDS, True)] * 3
    close_world(acme.world)


@pytest.mark.parametrize(
    ("charsets", "posted"),
    [
        ('{"text":"windows-1252","subject":"shift_jis"}', "Café".encode("cp1252")),
        ('{"text":"x-nobody-knows"}', "Café".encode()),
        ('{"text":"punycode"}', "Café".encode()),
        ('{"text":7}', "Café".encode()),
        ("[]", "Café".encode()),
        ("{", "Café".encode("cp1252")),
        ("\xff", "Café".encode()),
    ],
)
def test_sendgrids_fields_are_in_the_charsets_that_it_names(
    acme: Workspace, charsets: str, posted: bytes
) -> None:
    fields: dict[str, Any] = sendgrid(address(acme, thread(acme)))
    fields = {name: fields[name] for name in ("headers", "from", "to", "envelope")}
    raw_fields = {
        **{name: value.encode() for name, value in fields.items()},
        "charsets": charsets.encode("latin-1"),
        "subject": "ありがとう".encode("shift_jis"),
        "text": posted,
    }
    body = b"".join(
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
        for name, value in raw_fields.items()
    )
    answer = acme.world.client().post(
        f"/api/v1/replies/sendgrid?key={TOKEN}",
        data=body + b"--xyz--\r\n",
        content_type="multipart/form-data; boundary=xyz",
    )
    assert answer.json == {"became": "written"}
    [note] = notes(acme, "customer_mail")
    assert note.text == "Café"
    if "shift_jis" in charsets:
        assert note.data["subject"] == "ありがとう"


GIVEN_UP = [("raw", 422), ("postmark", 403), ("mailgun", 406), ("sendgrid", 422)]


@pytest.mark.parametrize(("service", "status"), GIVEN_UP)
def test_what_is_no_mail_is_refused_so_that_the_service_gives_it_up(
    acme: Workspace, caplog: pytest.LogCaptureFixture, service: str, status: int
) -> None:
    client, path = acme.world.client(), f"/api/v1/replies/{service}?key={TOKEN}"
    before = counted("unreadable")
    assert client.post(path, data=b"", content_type="text/plain").status_code == status
    assert counted("unreadable") == before + 1
    assert caplog.messages == [f"A mail that {service} posted is left out: The post holds no mail."]
    if service == "postmark":
        for body in (b"[" * 100_000, b"[]", b'"x"', b'{"Headers": 7, "To": [], "FromFull": 1}'):
            answer = client.post(path, data=body, content_type="application/json")
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("service", "status"), [("raw", 413), ("postmark", 403), ("mailgun", 406), ("sendgrid", 413)]
)
def test_a_post_that_is_too_large_is_given_up_and_a_large_one_taken(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch, service: str, status: int
) -> None:
    to = address(acme, thread(acme))
    client, path = acme.world.client(), f"/api/v1/replies/raw?key={TOKEN}"
    large = raw(to) + b"\r\n" + b"x" * (3 * 1024 * 1024)
    assert client.post(path, data=large).json == {"became": "written"}
    monkeypatch.setattr(replies, "BODY_LIMIT", 1024)
    before = counted("too_large")
    path = f"/api/v1/replies/{service}?key={TOKEN}"
    refused = client.post(path, data=large, content_type="multipart/form-data; boundary=xyz")
    assert refused.status_code == status
    assert counted("too_large") == before + 1


@pytest.mark.parametrize(
    ("service", "status"), [("raw", 429), ("postmark", 429), ("mailgun", 429), ("sendgrid", 503)]
)
def test_what_comes_too_often_is_to_be_posted_again(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch, service: str, status: int
) -> None:
    to = address(acme, thread(acme))
    monkeypatch.setattr(RateLimits, "allow_inbound_mail", lambda _limits: False)
    refused = send(acme, service, to)
    assert (refused.status_code, refused.headers["Retry-After"]) == (status, "60")
    monkeypatch.undo()
    assert send(acme, service, to).json == {"became": "written"}


def counted(became: str) -> float:
    return REGISTRY.get_sample_value("sayso_inbound_mails_total", {"became": became}) or 0


def test_a_report_that_came_to_the_address_for_answers_is_taken_as_one(acme: Workspace) -> None:
    server = MailServer()
    follow_up = thread(acme)
    send_replies(acme, server)
    [sent] = queued(acme)
    name = message_id(DeliveryName(acme.id, sent.id), "sayso.example")
    report = raw(address(acme, follow_up), "bounce-postfix").replace(b"<SENT>", name.encode())
    answer = acme.world.client().post(f"/api/v1/replies/raw?key={TOKEN}", data=report)
    assert answer.json == {"became": "report"}
    [message] = queued(acme)
    assert (message.status, "User unknown" in message.last_error) == ("bounced", True)
    assert notes(acme, "customer_mail") + notes(acme, "auto_reply") == []


def test_the_pipe_says_what_became_of_a_mail(acme: Workspace) -> None:
    to, settings = address(acme, thread(acme)), acme.world.settings
    with acme.world.app.app_context():
        assert "is in its thread" in take_reply(settings, raw(to))
        assert "already" in take_reply(settings, raw(to))
        assert "nobody is told" in take_reply(settings, raw(to, "auto-gmail-vacation"))
        assert "no thread" in take_reply(settings, raw("replies+x@sayso.example", "thunderbird"))
        bomb = b"Content-Type: message/rfc822\r\n\r\n" * 3_000
        assert "cannot be read" in take_reply(settings, bomb)
        assert "is in its thread" in take_reply(
            settings, raw(to, "outlook-web") + b"x" * MESSAGE_LIMIT
        )


def test_a_mail_that_cannot_be_kept_now_is_to_be_tried_again(tmp_path: Path) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")},
        "SAYSO_DATA": str(tmp_path),
        "SAYSO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "SAYSO_INBOUND_ADDRESS": INBOUND,
        "SAYSO_SECRET_KEYS": "k" * 40,
    }
    to = ReplyAddress(["k" * 40], INBOUND).of(ThreadName(1, UUID(int=1)))
    done = subprocess.run(
        [sys.executable, "-m", "widget", "reply"],
        input=raw(to),
        env=environ,
        capture_output=True,
        check=False,
    )
    assert done.returncode == os.EX_TEMPFAIL
    assert KIM.encode() not in done.stderr
