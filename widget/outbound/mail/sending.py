"""The job that sends mails which are due.

At least once, whatever happens: a mail is claimed, handed over, marked, and its request told. Who
dies between handing over and marking leaves a lease that ends, and the mail goes out once more
under the same Message-ID. That gap is kept to one quick statement. Who cannot mark it lives on and
remembers it: a mail that a server may have is never given back to the queue untried. Each attempt
is counted when it begins, so that their number is bounded, whoever dies.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.note_delivery import note_failed, note_refused, note_withheld
from widget.actions.receive_bounce import receive_bounce
from widget.domain.asking import AskingPolicy
from widget.domain.bounces import BounceReport, sort_of, unaddressed
from widget.domain.mail_addresses import DeliveryName, address_digest, wire_address
from widget.domain.requests import NO_REMINDER_IN_TEST_MODE, WAITS_IN_TEST_MODE
from widget.domain.requests import Why as RequestWhy
from widget.domain.retries import MOST_ATTEMPTS, Backoff, retry_delay
from widget.outbound.mail.campaign_mails import is_put_back
from widget.outbound.mail.compose import compose
from widget.outbound.mail.handed_over import HandedOver
from widget.outbound.mail.letters import Post
from widget.outbound.mail.transport import Mailer, MailRefused, NoMailServer, SenderRefused
from widget.storage import claimed_mails, deliveries
from widget.storage.deliveries import DueMail
from widget.storage.suppressions import Why, suppressed_among

_log = logging.getLogger(__name__)

# How long a worker may take for a batch. It stops in time when a server is slow.
LEASE = timedelta(minutes=5)
# Small: all of them wait for the lease's end when their worker dies.
BATCH = 10
# After a server could not be reached, so that a queue does not hammer at it.
PAUSE = timedelta(seconds=15)
# Between two looks at whether test mode has ended.
TEST_MODE_WAIT = timedelta(hours=1)
# For one workspace whose sender is refused, or whose queue cannot be worked on; doubled each time.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)


@dataclass
class SendMail:
    """Sends what is due, one batch of each workspace in turn. One object for one thread.

    Trouble with the server makes all wait, and the next turn is that of the workspace after the
    one that met it: so nobody's mails, however often they meet trouble, keep the others' back.
    Trouble with one workspace, such as a sender that the server refuses, makes it alone wait.
    """

    post: Post
    mailer: Mailer
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    should_stop: Callable[[], bool] = lambda: False
    _paused_until: datetime | None = field(default=None, init=False)
    _handed_over: HandedOver = field(default_factory=HandedOver, init=False)
    _workspaces: Backoff[int] = field(
        default_factory=lambda: Backoff(FIRST_WAIT, LONGEST_WAIT), init=False
    )
    # Whose turn was the last.
    _last: int = field(default=0, init=False)

    def __call__(self, engine: Engine, now: datetime) -> int:
        """One batch for each workspace; returns how many mails were dealt with."""
        if self._paused_until and now < self._paused_until:
            return 0
        self._handed_over.tell(engine, now)
        done = 0
        for workspace_id in self._in_turn(deliveries.due_workspaces(engine, now)):
            if self.should_stop() or self._is_paused():
                break
            self._last = workspace_id
            done += self._serve(engine, workspace_id)
        if not done:
            # Nothing to do: the server need not keep a connection for us.
            self.mailer.close()
        return done

    def _in_turn(self, workspaces: list[int]) -> list[int]:
        """Those that need not wait, beginning after the one that had the last turn."""
        waiting = self._workspaces.waiting(self.clock())
        return sorted(
            (id for id in workspaces if id not in waiting), key=lambda id: (id <= self._last, id)
        )

    def _serve(self, engine: Engine, workspace_id: int) -> int:
        try:
            return self._note_orphans(engine, workspace_id) + self._send_batch(engine, workspace_id)
        except Exception:  # noqa: BLE001 - logged, and tried again
            # Something in this workspace's rows, perhaps: the others have their turns.
            until = self._workspaces.failed(workspace_id, self.clock())
            _log.exception("Workspace %d sends no mail until %s.", workspace_id, until)
            return 0

    def _is_paused(self) -> bool:
        return self._paused_until is not None and self.clock() < self._paused_until

    def _note_orphans(self, engine: Engine, workspace_id: int) -> int:
        ids = deliveries.claim_accepted(
            engine, workspace_id, self.clock(), limit=100, lease=self.lease
        )
        for id in ids:
            self._handed_over.add(workspace_id, id, self.clock())
        self._handed_over.tell(engine, self.clock())
        return len(ids)

    def _send_batch(self, engine: Engine, workspace_id: int) -> int:
        now = self.clock()
        batch = deliveries.claim(engine, workspace_id, now, limit=BATCH, lease=self.lease)
        done = self._send_claimed(engine, workspace_id, batch, now)
        now = self.clock()
        is_waiting = workspace_id in self._workspaces.waiting(now)
        if is_waiting or self.should_stop() or self._is_paused():
            return done
        alone = deliveries.claim_suspect(engine, workspace_id, now, lease=self.lease)
        return done + self._send_claimed(engine, workspace_id, alone, now)

    def _send_claimed(
        self, engine: Engine, workspace_id: int, left: list[DueMail], claimed_at: datetime
    ) -> int:
        claimed = len(left)
        try:
            refused = self._suppressed(engine, workspace_id, left)
            while left and not self._must_end(claimed_at):
                # From here on its attempt counts, and it is released no more.
                due = left.pop(0)
                if self._is_known(due) or not self._send(engine, due, refused.get(due.id)):
                    continue
                self._workspaces.succeeded(workspace_id)
                self._handed_over.add(workspace_id, due.id, self.clock())
                if not self._mark_accepted(engine, due):
                    break
        except NoMailServer as error:
            self._server_is_away(engine, due, error)
        except SenderRefused as error:
            self._sender_is_refused(engine, due, error)
        finally:
            self._handed_over.tell(engine, self.clock())
            claimed_mails.release(engine, left)
        return claimed - len(left)

    def _must_end(self, claimed_at: datetime) -> bool:
        return self.should_stop() or self.clock() > claimed_at + self.lease / 2

    def _is_known(self, due: DueMail) -> bool:
        """Whether a mail was handed over already, which the database could not be told in time."""
        return self._handed_over.has(due.workspace_id, due.id)

    def _mark_accepted(self, engine: Engine, due: DueMail) -> bool:
        """Note that a mail was taken. False when the database would not: then send no more now."""
        try:
            claimed_mails.mark_accepted(engine, due, self.clock())
        except Exception:  # noqa: BLE001 - logged, and the mail is remembered
            _log.exception("Mail %s was sent, but this could not be marked.", due.id)
            return False
        return True

    def _send(self, engine: Engine, due: DueMail, refusal: Why | None) -> bool:
        """Whether the mail was handed over. Raises NoMailServer or SenderRefused."""
        if due.attempts > MOST_ATTEMPTS:
            # Each of them ended with its worker, or with a database that took no note.
            self._give_up(engine, due, f"Given up: {MOST_ATTEMPTS} attempts ended unknown.")
            return False
        if is_put_back(engine, due, self.clock()):
            return False
        if not self._is_wanted(engine, due, refusal):
            return False
        assert due.version_id is not None
        if due.test_mail_to and not self._is_fit_for_tests(engine, due):
            return False
        envelope = self.post.envelope(due, self.clock())
        recipient = wire_address(envelope.recipient)
        if recipient is None:
            self._give_up(engine, due, "No mail server of ours takes such an address.")
            return False
        try:
            definition = self.post.definition(engine, due.survey_id, due.version_id)
            message = compose(envelope, self.post.letter(due, definition)).as_bytes()
            self.mailer.send(envelope.bounce_to, recipient, message)
        except (NoMailServer, SenderRefused):
            raise
        except MailRefused as refused:
            self._was_refused(engine, due, refused)
            return False
        except Exception as error:  # noqa: BLE001 - logged, and tried again
            # One mail that cannot be written or read must not hold up the others.
            _log.exception("Mail %s could not be sent.", due.id)
            self._retry(engine, due, f"{type(error).__name__}: {error}")
            return False
        return True

    def _is_fit_for_tests(self, engine: Engine, due: DueMail) -> bool:
        """Whether a mail may go to the address for tests; else it waits, or is dropped.

        A test mail carries the link of its request, so its request has to be a test as well, and
        the answer is the tester's. A request whose customer has been mailed, or may have been by
        an attempt before test mode, is never made one: the link is in that customer's hands, and
        a tester who had it too would answer for them.
        """
        may_have_left = due.attempts > 1 and not due.request_is_test
        if not may_have_left and claimed_mails.make_test(engine, due):
            return True
        if due.purpose == "reminder":
            with Session(engine) as session:
                note_withheld(
                    *(session, due.workspace_id, due.id, NO_REMINDER_IN_TEST_MODE, self.clock()),
                    claim=due.claimed_until,
                )
        else:
            due_at = self.clock() + TEST_MODE_WAIT
            claimed_mails.put_off(engine, due, due_at=due_at, why=WAITS_IN_TEST_MODE)
        return False

    def _is_wanted(self, engine: Engine, due: DueMail, refusal: Why | None) -> bool:
        """Whether nothing has happened since that speaks against the mail; notes what has."""
        why: RequestWhy | None = None
        if due.request_status == "answered":
            claimed_mails.mark_not_sent(engine, due, "Answered already.")
            return False
        if due.expires_at <= self.clock():
            why = "expired"
        elif due.survey_is_closed or due.version_id is None:
            why = "survey_closed"
        elif refusal:
            why = refusal
        elif due.request_is_test and not due.test_mail_to:
            why = "no_test_address"
        if why:
            with Session(engine) as session:
                note_refused(
                    session,
                    due.workspace_id,
                    due.id,
                    why,
                    self.clock(),
                    claim=due.claimed_until,
                )
        return why is None

    def _suppressed(
        self, engine: Engine, workspace_id: int, batch: list[DueMail]
    ) -> dict[UUID, Why]:
        """Why some of a batch must not be sent: their customers may have said so since."""
        if not batch:
            return {}
        key = self.post.settings.address_key
        digests = {due.id: address_digest(key, due.recipient) for due in batch}
        with Session(engine) as session:
            found = suppressed_among(session, workspace_id, list(digests.values()))
        return {id: found[digest] for id, digest in digests.items() if digest in found}

    def _was_refused(self, engine: Engine, due: DueMail, refused: MailRefused) -> None:
        if not refused.is_final:
            self._retry(engine, due, str(refused))
            return
        _log.error("Mail %s was refused: %s", due.id, unaddressed(str(refused)))
        is_gone = sort_of(str(refused.code), refused.text) == "hard"
        if not is_gone or due.test_mail_to:
            self._give_up(engine, due, str(refused))
            return
        named = DeliveryName(due.workspace_id, due.id)
        with Session(engine) as session:
            receive_bounce(
                session,
                BounceReport("hard", due.recipient, str(refused), named, is_refusal=True),
                workspace_id=due.workspace_id,
                key=self.post.settings.address_key,
                reported_by="smtp",
                at=self.clock(),
            )

    def _server_is_away(self, engine: Engine, due: DueMail, error: NoMailServer) -> None:
        _log.error("The mail server does not take mail: %s", error)
        self._paused_until = self.clock() + PAUSE
        self._retry(engine, due, str(error))

    def _sender_is_refused(self, engine: Engine, due: DueMail, error: SenderRefused) -> None:
        sender = self.post.sender(AskingPolicy.from_json(due.asking))
        until = self._workspaces.failed(due.workspace_id, self.clock())
        _log.error(
            "The mail server refuses %s, the sender of workspace %d, which waits until %s: %s",
            *(sender, due.workspace_id, until, error),
        )
        self._retry(engine, due, f"The mail server refuses the sender {sender}: {error}")

    def _retry(self, engine: Engine, due: DueMail, error: str) -> None:
        delay = retry_delay(due.attempts)
        if delay is not None:
            due_at = self.clock() + delay
            claimed_mails.retry_later(engine, due, due_at=due_at, error=error[:500])
            return
        said = f"Given up after {due.attempts} attempts: {error}"
        _log.error("Mail %s: %s", due.id, unaddressed(said))
        self._give_up(engine, due, said)

    def _give_up(self, engine: Engine, due: DueMail, error: str) -> None:
        with Session(engine) as session:
            note_failed(
                session,
                due.workspace_id,
                due.id,
                error[:500],
                self.clock(),
                claim=due.claimed_until,
            )
