"""What tests about replies to customers do and look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from tests.builders import Workspace
from tests.following import user_id
from widget.actions.reply_to_customer import Writing, reply_in_follow_up, reply_to_response
from widget.domain.mail_addresses import address_digest
from widget.domain.replies import PURPOSE
from widget.extensions import db
from widget.outbound.mail.letters import Post
from widget.outbound.mail.replies import SendReplies
from widget.outbound.mail.transport import Mailer, MailRefused
from widget.outbound.messages import SendMessages
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import Message
from widget.storage.suppressions import Why, suppress

HOME = "https://sayso.example"
INBOUND = "replies@sayso.example"


@dataclass
class MailServer:
    """Keeps what it is given, unless it is told to refuse."""

    taken: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    refusal: MailRefused | None = None

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        if self.refusal is not None:
            raise self.refusal
        parsed = message_from_bytes(message, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append((sender, recipient, parsed))

    def close(self) -> None:
        """Nothing is held."""

    @property
    def mails(self) -> Sequence[EmailMessage]:
        return [message for _sender, _recipient, message in self.taken]


def written(acme: Workspace, text: str, once: UUID | None = None) -> Writing:
    """A reply of the workspace's owner."""
    owner = user_id(acme, acme.owner)
    return Writing(text, once or new_id(), owner, HOME, acme.world.settings.mail_from)


def reply(acme: Workspace, response: str | UUID, text: str = "We are sorry.") -> UUID:
    """Reply to a response's customer; the follow-up's id."""
    with acme.world.app.app_context():
        return reply_to_response(
            db.session(), acme.id, UUID(str(response)), written(acme, text), at=acme.world.clock()
        )


def reply_again(acme: Workspace, follow_up: UUID, text: str = "Once more.") -> None:
    with acme.world.app.app_context():
        reply_in_follow_up(
            db.session(), acme.id, follow_up, written(acme, text), at=acme.world.clock()
        )


def send_replies(acme: Workspace, server: Mailer, *, inbound: str = INBOUND) -> None:
    """What the worker does with replies that wait."""
    settings = replace(acme.world.settings, inbound_address=inbound)
    with acme.world.app.app_context():
        db.session.remove()
        make = {PURPOSE: lambda engine: SendReplies(server, Post(settings), engine)}
        job = SendMessages({}, clock=acme.world.clock, by_purpose=make)
        while job(db.engine, acme.world.clock()):
            pass


def queued(acme: Workspace) -> list[Message]:
    """The messages of replies, oldest first."""
    with acme.world.app.app_context():
        rows = db.session.query(Message).filter_by(purpose=PURPOSE).order_by(Message.created_at)
        found = list(rows)
        db.session.expunge_all()
        return found


def suppressed(acme: Workspace, why: Why, address: str) -> None:
    """Let there be a reason against writing to an address."""
    with acme.world.app.app_context(), writing(db.session) as session:
        digest = address_digest(acme.world.settings.address_key, address)
        suppress(session, acme.id, digest, why, acme.world.clock())
