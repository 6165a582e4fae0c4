"""What tests of saved filters and subscriptions make them with."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

from sqlalchemy import select

from tests.builders import Workspace
from tests.following import user_id
from widget.actions import subscribe as acts
from widget.actions.keep_filter import keep_filter
from widget.actions.send_due_subscriptions import send_due_subscriptions
from widget.domain.saved_filters import Page
from widget.domain.schedules import Schedule
from widget.domain.subscriptions import PURPOSE
from widget.extensions import db
from widget.outbound.mail.numbers import SendNumbers
from widget.outbound.messages import SendMessages
from widget.storage.models import Message, Subscription, SubscriptionMail

WEEKLY = Schedule("week", 0, 8, "UTC")
MONTHLY = Schedule("month", 1, 8, "UTC")


class Mails:
    """A mail server that keeps what it is given; `failure` is what it does instead."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.failure: Exception | None = None

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        if self.failure is not None:
            raise self.failure
        parsed = message_from_bytes(message, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append((recipient, parsed))

    def close(self) -> None:
        """Nothing is held."""


def keep(
    acme: Workspace,
    query: str = "span=last_30",
    *,
    name: str = "Ours",
    by: str | None = None,
    page: Page = "dashboard",
    is_shared: bool = False,
) -> int:
    """A saved filter's id."""
    user = user_id(acme, by or acme.owner)
    with acme.world.app.app_context():
        return keep_filter(
            db.session(),
            acme.id,
            user,
            page,
            name,
            query,
            is_shared=is_shared,
            at=acme.world.clock(),
        )


def subscribe(
    acme: Workspace, filter_id: int, schedule: Schedule = WEEKLY, *, by: str | None = None
) -> int:
    """A subscription's id."""
    user = user_id(acme, by or acme.owner)
    with acme.world.app.app_context():
        return acts.subscribe(
            db.session(), acme.id, user, filter_id, schedule, at=acme.world.clock()
        )


def look(acme: Workspace) -> int:
    """Let a worker look once for subscriptions that are due."""
    with acme.world.app.app_context():
        return send_due_subscriptions(db.engine, acme.world.clock())


def deliver(acme: Workspace, mails: Mails) -> int:
    """Let a worker send what is queued."""
    settings = replace(acme.world.settings, public_url="https://sayso.example")
    send = SendMessages(
        {}, acme.world.clock, by_purpose={PURPOSE: partial(SendNumbers, mails, settings)}
    )
    with acme.world.app.app_context():
        return send(db.engine, acme.world.clock())


def run(acme: Workspace, mails: Mails) -> None:
    """Look, and send what that led to."""
    while look(acme):
        pass
    while deliver(acme, mails):
        pass


def stored(acme: Workspace) -> list[Subscription]:
    """Every subscription, in order of their ids."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(Subscription).order_by(Subscription.id)))
        db.session.expunge_all()
        return rows


def mails_made(acme: Workspace) -> list[tuple[str, str]]:
    """The occasion and the message's status of every mail."""
    with acme.world.app.app_context():
        db.session.rollback()
        rows = db.session.execute(
            select(SubscriptionMail.occasion, Message.status)
            .join(Message, Message.id == SubscriptionMail.id)
            .order_by(SubscriptionMail.created_at, SubscriptionMail.id)
        )
        return [(occasion, status) for occasion, status in rows]


def text_of(message: EmailMessage) -> str:
    """The mail as plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def set_clock(acme: Workspace, *moment: int) -> None:
    acme.world.clock.moment = datetime(*moment, tzinfo=acme.world.clock.moment.tzinfo)
