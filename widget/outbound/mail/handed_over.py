"""What a worker knows of mails that a server has taken, until the database knows it too."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.note_delivery import note_all_sent
from widget.domain.errors import UnknownRequest
from widget.domain.retries import Backoff
from widget.storage.engine import writing

_log = logging.getLogger(__name__)

# A database that is busy or full is asked again soon, then less often.
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=1)


class HandedOver:
    """Mails that a server has taken and whose requests have yet to be told. For one thread.

    A mail in here must never be given back to the queue, whatever the database says: the customer
    has it. Should this process end first, the mail's lease does too, and it is sent once more.
    """

    def __init__(self) -> None:
        self._mails: dict[tuple[int, UUID], datetime] = {}
        self._backoff: Backoff[tuple[int, UUID]] = Backoff(_FIRST_WAIT, _LONGEST_WAIT)

    def add(self, workspace_id: int, delivery_id: UUID, at: datetime) -> None:
        """Remember that a mail was taken."""
        self._mails[workspace_id, delivery_id] = at

    def has(self, workspace_id: int, delivery_id: UUID) -> bool:
        """Whether a mail was taken and is not noted."""
        return (workspace_id, delivery_id) in self._mails

    def tell(self, engine: Engine, now: datetime) -> None:
        """Note what can be noted: together, or each by itself when one of them cannot.

        Raises nothing: what cannot be noted is logged, and tried again later.
        """
        waiting = self._backoff.waiting(now)
        mails = [key for key in self._mails if key not in waiting]
        if not mails:
            return
        try:
            self._note(engine, mails)
        except Exception:  # noqa: BLE001 - each is tried by itself, and logged
            for key in mails:
                self._note_alone(engine, key, now)

    def _note_alone(self, engine: Engine, key: tuple[int, UUID], now: datetime) -> None:
        try:
            self._note(engine, [key])
        except UnknownRequest:
            # Erased since: there is nobody left to tell.
            del self._mails[key]
        except Exception:  # noqa: BLE001 - logged, and tried again
            until = self._backoff.failed(key, now)
            _log.exception("Mail %s was sent; noting so failed, the next try is at %s.", key, until)

    def _note(self, engine: Engine, mails: list[tuple[int, UUID]]) -> None:
        with Session(engine) as session, writing(session):
            for workspace_id in sorted({workspace_id for workspace_id, _ in mails}):
                sent = {key[1]: self._mails[key] for key in mails if key[0] == workspace_id}
                note_all_sent(session, workspace_id, sent)
        for key in mails:
            del self._mails[key]
            self._backoff.succeeded(key)
