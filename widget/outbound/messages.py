"""The job that sends messages to people of the team, by whatever channel."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sqlalchemy import Engine

from widget.domain.messages import Channel, Lane
from widget.domain.retries import retry_delay
from widget.storage.messages import (
    DueMessage,
    claim_messages,
    give_message_up,
    is_any_message_due,
    mark_message_sent,
    put_message_off,
    release_messages,
    retry_message,
)

_log = logging.getLogger(__name__)

# How long a worker may take for a batch. It begins nothing in the second half, which is longer than
# a mail takes whose server answers each step at the last moment (`mail.transport.TIMEOUT_S`).
_LEASE = timedelta(minutes=5)
_BATCH = 5
_NOT_READY = timedelta(seconds=5)
# Whoever asks to be left alone is, for so long at most.
_LONGEST_WAIT = timedelta(hours=24)
# Whatever is not ready by then counts as not sent, and is given up in the end.
_READY_WITHIN = timedelta(hours=1)


class NotSent(Exception):
    """A message could not leave. `is_final`: trying again is of no use. `wait`: not sooner than
    so long from now."""

    def __init__(
        self, error: str, *, is_final: bool = False, wait: timedelta | None = None
    ) -> None:
        super().__init__(error)
        self.is_final, self.wait = is_final, wait


class NotReadyYet(Exception):
    """What a message carries is still being made; it is looked at again in a moment."""


class Sender(Protocol):
    """Something that sends the messages of one channel."""

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a message. Raises NotSent, and NotReadyYet."""


@runtime_checkable
class GivesUp(Protocol):
    """A sender that keeps itself that a message is given up, with what follows from it."""

    def give_up(self, due: DueMessage, error: str, now: datetime) -> None:
        """Keep that a message could not leave and is not tried again."""


@dataclass
class SendMessages:
    """Sends what is due, some messages at each call.

    `by_purpose`: senders of messages that are written when they leave, given the database. `lane`:
    which messages those are, all where it is None.
    """

    senders: Mapping[Channel, Sender]
    clock: Callable[[], datetime]
    by_purpose: Mapping[str, Callable[[Engine], Sender]] = field(default_factory=dict)
    lane: Lane | None = None

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Send a few messages; returns how many were dealt with."""
        if not is_any_message_due(engine, now, self.lane):
            return 0
        left = claim_messages(engine, now, limit=_BATCH, lease=_LEASE, lane=self.lane)
        claimed = len(left)
        try:
            # A slow server may take the lease's time for a few: then another worker would send
            # the rest as well.
            while left and self.clock() <= now + _LEASE / 2:
                # From here on its attempt counts, and it is released no more.
                self._send(engine, left.pop(0))
        finally:
            release_messages(engine, left)
        return claimed - len(left)

    def _send(self, engine: Engine, due: DueMessage) -> None:
        make = self.by_purpose.get(due.purpose)
        sender = make(engine) if make else self.senders.get(due.channel)
        if sender is None:
            give_message_up(engine, due, f"This server cannot send to {due.channel}.")
            return
        try:
            sender.send(due, self.clock())
        except NotReadyYet as error:
            now = self.clock()
            if now - due.created_at < _READY_WITHIN:
                put_message_off(engine, due, now + _NOT_READY, str(error))
            else:
                self._failed(engine, due, sender, str(error), is_final=False)
        except NotSent as error:
            self._failed(engine, due, sender, str(error), is_final=error.is_final, wait=error.wait)
        except Exception as error:  # noqa: BLE001 - logged, and tried again
            # One message that cannot be written must not hold up the others.
            _log.exception("Message %s could not be sent.", due.id)
            self._failed(engine, due, sender, f"{type(error).__name__}: {error}", is_final=False)
        else:
            mark_message_sent(engine, due, self.clock())

    def _failed(
        self,
        engine: Engine,
        due: DueMessage,
        sender: Sender,
        error: str,
        *,
        is_final: bool,
        wait: timedelta | None = None,
    ) -> None:
        delay = None if is_final else retry_delay(due.attempts)
        if delay is None:
            _log.error("Message %s is given up: %s", due.id, error)
            if isinstance(sender, GivesUp):
                sender.give_up(due, error, self.clock())
            else:
                give_message_up(engine, due, error)
        else:
            asked = min(wait or delay, _LONGEST_WAIT)
            retry_message(engine, due, self.clock() + max(delay, asked), error)
