"""Handing mails over: to a server by SMTP, or to a folder where they can be opened."""

import smtplib
import ssl
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from widget.domain.bounces import short
from widget.domain.mail_addresses import read_message_id
from widget.mail_settings import MailServer
from widget.settings import Settings

# Of each step of a conversation. A mail takes at most five of them.
TIMEOUT_S = 20
# Servers close a connection after some mails; we do it first.
_MAILS_A_CONNECTION = 100
_IDLE_S = 5.0
# Whatever they answer: the server closes the connection, or wants a sign-in first.
_NO_SERVICE = (421, 530)


class MailRefused(Exception):
    """A server would not take this mail. `code` is its reply's, such as 550."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(short(f"{code} {text}"))
        self.code, self.text = code, text

    @property
    def is_final(self) -> bool:
        """Whether trying again is of no use."""
        return 500 <= self.code < 600


class SenderRefused(MailRefused):
    """A server takes nothing from this sender: whatever one workspace sends would meet the same."""


class NoMailServer(Exception):
    """The server cannot be reached, or will not talk to us: no fault of the mail at hand."""


class Mailer(Protocol):
    """Something that takes mails."""

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand over a whole message. Raises MailRefused, SenderRefused or NoMailServer."""

    def close(self) -> None:
        """Let go of connections; a later `send` makes new ones."""


@dataclass
class SmtpMailer:
    """A connection to a mail server, kept for the next mail."""

    server: MailServer
    timeout_s: float = TIMEOUT_S
    _connection: smtplib.SMTP | None = None
    _sent: int = 0
    _used_at: float = 0.0

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        try:
            self._connected().sendmail(sender, [recipient], message)
            self._sent += 1
            self._used_at = time.monotonic()
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise self._refused(MailRefused, code, text) from error
        except smtplib.SMTPDataError as error:
            raise self._refused(MailRefused, error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPSenderRefused as error:
            raise self._refused(SenderRefused, error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            # Our greeting or our sign-in: every mail would meet the same.
            self._drop()
            raise NoMailServer(short(f"{error.smtp_code} {_decoded(error.smtp_error)}")) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise NoMailServer(short(f"{type(error).__name__}: {error}")) from error

    def _refused(
        self, sort: type[MailRefused], code: int, text: bytes | str
    ) -> MailRefused | NoMailServer:
        if code not in _NO_SERVICE:
            return sort(code, _decoded(text))
        self._drop()
        return NoMailServer(short(f"{code} {_decoded(text)}"))

    def _connected(self) -> smtplib.SMTP:
        if self._sent >= _MAILS_A_CONNECTION:
            self.close()
        if self._connection is not None:
            try:
                # Servers close what is idle for long; one that was just used is not asked.
                rested = time.monotonic() - self._used_at
                if rested < _IDLE_S or self._connection.noop()[0] == 250:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass  # A new one is made below.
            self._drop()
        self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        # Reading the system's certificates takes longer than many a mail.
        context = ssl.create_default_context() if server.tls != "none" else None
        connection: smtplib.SMTP
        if server.tls == "ssl":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout_s, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self.timeout_s)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        if self._connection is not None:
            # The mails are delivered: whatever becomes of the goodbye, nothing is lost.
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _drop(self) -> None:
        """Let go without a word: the other side does not listen, or is not there."""
        connection, self._connection, self._sent = self._connection, None, 0
        if connection is not None:
            connection.close()


@dataclass
class FileMailer:
    """Writes each mail as `NAME.eml`, and its HTML beside it as a page that a browser opens.

    The name is the Message-ID's, so a mail that is sent twice is one file.
    """

    folder: Path

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        parsed = message_from_bytes(message, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        name = read_message_id(str(parsed["Message-ID"]))
        stem = name.delivery_id.hex if name else "test"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            html = parsed.get_body(("html",))
            if html is not None:
                page = _with_pictures(str(html.get_content()), parsed)
                _write(self.folder / f"{stem}.html", page.encode())
            _write(self.folder / f"{stem}.eml", message)
        except OSError as error:
            raise NoMailServer(f"Cannot write to {self.folder}: {error}") from error

    def close(self) -> None:
        """Nothing is held."""


def _with_pictures(html: str, message: EmailMessage) -> str:
    """The page with the pictures that the mail carries inside it: a browser knows no `cid:`."""
    for part in message.walk():
        cid = str(part["Content-ID"] or "").strip(" <>")
        if cid and part.get_content_maintype() == "image":
            pixels = part.get_payload(decode=True)
            assert isinstance(pixels, bytes)
            data = b64encode(pixels).decode()
            html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
    return html


def _write(file: Path, data: bytes) -> None:
    # Whole or not at all, whenever the process ends.
    draft = file.with_name(f".{file.name}")
    draft.write_bytes(data)
    draft.replace(file)


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def make_mailer(settings: Settings) -> Mailer:
    """What the settings say mails are handed to."""
    if settings.mail_server:
        return SmtpMailer(settings.mail_server)
    return FileMailer(settings.data / "mail")
