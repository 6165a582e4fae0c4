"""A mail server for tests: takes everything, or answers as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port
from widget.mail_settings import MailServer


@dataclass
class Taken:
    """One mail as the server got it."""

    sender: str
    recipient: str
    message_id: str
    data: bytes

    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class Sink:
    """What arrived. `answer` may refuse: given an address, it returns a reply, or None for yes."""

    port: int
    mails: list[Taken] = field(default_factory=list)
    answer: Callable[[str], str | None] = lambda _recipient: None
    answer_data: Callable[[str], str | None] = lambda _recipient: None
    answer_sender: Callable[[str], str | None] = lambda _sender: None

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "none")

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        refusal = self.answer_sender(address)
        if refusal:
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        refusal = self.answer(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        data = envelope.content
        assert isinstance(data, bytes)
        refusal = self.answer_data(envelope.rcpt_tos[0])
        if refusal:
            return refusal
        head = data.partition(b"\r\n\r\n")[0].decode()
        name = next(line for line in head.split("\r\n") if line.startswith("Message-ID:"))
        self.mails.append(
            Taken(envelope.mail_from or "", envelope.rcpt_tos[0], name[12:].strip(), data)
        )
        return "250 Taken"


@contextmanager
def listening() -> Iterator[Sink]:
    """A server on a free port, in a thread."""
    sink = Sink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
        assert threading.active_count() < 50
