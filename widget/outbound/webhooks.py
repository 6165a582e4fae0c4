"""What rules tell programs: written when it leaves, signed, and posted to the public internet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.change_webhooks import switch_off
from widget.domain.errors import UnknownWebhook
from widget.domain.exports.objects import response_object
from widget.domain.rules.words import response_address
from widget.domain.webhooks import Notice, matched_body, message_id, signed_headers, trial_body
from widget.outbound.chat import Poster
from widget.outbound.messages import NotSent
from widget.outbound.public_client import NotPosted, Posted
from widget.storage.accounts import workspace_name
from widget.storage.messages import DueMessage
from widget.storage.response_records import record_of
from widget.storage.webhooks import signing_secrets, webhook_of

_GONE = 410


@dataclass(frozen=True)
class _Letter:
    """Where something goes, what is sent, and the secrets that sign it."""

    address: str
    body: bytes
    keys: list[str]


@dataclass(frozen=True)
class SendWebhooks:
    """Sends to programs. `home` is the server's public address.

    What was queued holds no words of a customer's: so what leaves is what is there then, and
    nothing of it is kept.
    """

    client: Poster
    home: str
    engine: Engine

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a message. Raises NotSent; what it says never holds the address."""
        notice = due.content.notice
        if notice is None:
            raise NotSent("What was to be told is erased.", is_final=True)
        with Session(self.engine) as session:
            letter = self._letter(session, due, notice, now)
        headers = signed_headers(letter.keys, message_id(due.id), letter.body, now)
        try:
            answer = self.client.post(letter.address, letter.body, headers)
        except NotPosted as error:
            raise NotSent(str(error), is_final=error.is_final) from None
        self._check(due, notice, answer, now)

    def _letter(self, session: Session, due: DueMessage, notice: Notice, now: datetime) -> _Letter:
        try:
            webhook = webhook_of(session, due.workspace_id, notice.webhook_id)
        except UnknownWebhook:
            raise NotSent("The webhook was removed.", is_final=True) from None
        if webhook.off_why and notice.response_id:
            raise NotSent("The webhook is off.", is_final=True)
        keys = signing_secrets(session, due.workspace_id, webhook.id, now)
        if not notice.response_id:
            name = workspace_name(session, due.workspace_id)
            return _Letter(webhook.address, trial_body(name, due.created_at), keys)
        id = UUID(notice.response_id)
        record = record_of(session, due.workspace_id, id, shows_hidden_comments=False)
        if record is None:
            raise NotSent("The response is hidden or deleted.", is_final=True)
        told, url = response_object(record), response_address(self.home, id)
        body = matched_body(told, notice.rules, url, record["finished_at"])
        return _Letter(webhook.address, body, keys)

    def _check(self, due: DueMessage, notice: Notice, answer: Posted, now: datetime) -> None:
        if 200 <= answer.status < 300:
            return
        if answer.status == _GONE:
            self._switch_off(due.workspace_id, notice.webhook_id, now)
            raise NotSent("The program answered 410: it wants nothing more.", is_final=True)
        if 300 <= answer.status < 400:
            raise NotSent("The address leads on to another, which is not followed.")
        # Not what it says: that may hold what was sent.
        wait: timedelta | None = answer.retry_after
        raise NotSent(f"The program answered {answer.status}.", wait=wait)

    def _switch_off(self, workspace_id: int, webhook_id: int, now: datetime) -> None:
        with Session(self.engine) as session:
            switch_off(
                session, workspace_id, webhook_id, "Its program answered 410.", by=None, at=now
            )
