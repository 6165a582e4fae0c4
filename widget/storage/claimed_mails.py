"""What the worker that has claimed a mail notes of it, for as long as the mail is still its own.

A lease may end while its worker waits for a slow server. Then the mail is another's, or a report
of its server has settled it, and what the late worker has to say must change neither. So each
statement here asks for the very claim that the mail came with. Each function is one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table, bindparam, literal_column, update

from widget.storage.deliveries import DueMail
from widget.storage.engine import note, write_connection
from widget.storage.models import Delivery, Request
from widget.storage.prepared import PreparedStatement

_deliveries: Table = Delivery.__table__  # type: ignore[assignment]
_requests: Table = Request.__table__  # type: ignore[assignment]

_ACCEPT = PreparedStatement(
    update(Delivery)
    .where(
        Delivery.workspace_id == bindparam("workspace"),
        Delivery.id == bindparam("delivery"),
        Delivery.status == literal_column("'sending'"),
        Delivery.claimed_until == bindparam("claim", type_=_deliveries.c.claimed_until.type),
    )
    .values(status=literal_column("'accepted'"), sent_at=bindparam("at"))
)


def mark_accepted(engine: Engine, due: DueMail, at: datetime) -> None:
    """Remember that a mail server took a mail: the one thing between sending once and twice.

    It is as quick as can be, for whoever is killed before its end sends the mail again. Only a
    loss of power may forget it.
    """
    values = {"workspace": due.workspace_id, "delivery": due.id, "claim": due.claimed_until}
    note(engine, _ACCEPT, {**values, "at": at})


def retry_later(engine: Engine, due: DueMail, *, due_at: datetime, error: str) -> None:
    """Give a mail that could not be handed over back to the queue."""
    with write_connection(engine) as connection:
        connection.execute(
            _still_claimed([due]).values(
                status="due", due_at=due_at, claimed_until=None, last_error=error
            )
        )


def release(engine: Engine, claimed: Sequence[DueMail]) -> None:
    """Give mails of one batch back untried, as if they had never been claimed.

    Only for those of which no word has gone to a mail server.
    """
    if not claimed:
        return
    with write_connection(engine) as connection:
        connection.execute(
            _still_claimed(claimed).values(
                status="due", claimed_until=None, attempts=_deliveries.c.attempts - 1
            )
        )


def put_off(engine: Engine, due: DueMail, *, due_at: datetime, why: str) -> None:
    """Give a mail back untried, not to be looked at before `due_at`."""
    with write_connection(engine) as connection:
        connection.execute(
            _still_claimed([due]).values(
                status="due",
                due_at=due_at,
                claimed_until=None,
                attempts=_deliveries.c.attempts - 1,
                last_error=why,
            )
        )


def make_test(engine: Engine, due: DueMail) -> bool:
    """Make a mail and its request tests, before the mail leaves for the address for tests.

    False, and nothing changes, when the request's customer has been mailed: what they answer, and
    that they unsubscribe, must go on to count. False as well when the claim is lost.
    """
    with write_connection(engine) as connection:
        # The request first, as everywhere.
        is_unsent = connection.execute(
            update(_requests)
            .where(
                _requests.c.workspace_id == due.workspace_id,
                _requests.c.id == due.request_id,
                _requests.c.is_test | _requests.c.sent_at.is_(None),
            )
            .values(is_test=True)
        ).rowcount
        if is_unsent and connection.execute(_still_claimed([due]).values(is_test=True)).rowcount:
            return True
        connection.rollback()
        return False


def mark_not_sent(engine: Engine, due: DueMail, why: str) -> None:
    """Drop a mail that is no longer wanted; its request stays as it is."""
    with write_connection(engine) as connection:
        connection.execute(
            _still_claimed([due]).values(status="not_sent", claimed_until=None, last_error=why)
        )


def _still_claimed(batch: Sequence[DueMail]) -> Any:
    return update(_deliveries).where(
        _deliveries.c.workspace_id == batch[0].workspace_id,
        _deliveries.c.id.in_([due.id for due in batch]),
        _deliveries.c.status == "sending",
        _deliveries.c.claimed_until == batch[0].claimed_until,
    )
