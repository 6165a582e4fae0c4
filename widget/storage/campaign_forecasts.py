"""Whom the contact rules would pass over if a campaign asked now."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, text
from sqlalchemy.orm import Session

from widget.domain.mail_addresses import address_digest
from widget.storage.audiences import Frame, in_frame
from widget.storage.models import Customer, Request, SuppressedAddress
from widget.storage.suppressions import EVERYWHERE

_ROWS = 5_000


@dataclass(frozen=True)
class Refusals:
    """How many customers of a frame the rules refuse: `asked` were asked for anything a short time
    ago, and of all others mails to `suppressed` are not wanted or do not arrive."""

    asked: int
    suppressed: int

    @property
    def all(self) -> int:
        return self.asked + self.suppressed


def refusals_now(session: Session, frame: Frame, quiet_days: int, address_key: str) -> Refusals:
    """The same rules as decide when a mail is about to leave, but for the workspace's cap: no mail
    to whoever was asked within so many days (0: whenever), or will be for something planned
    already; nor to suppressed addresses, which are known by digests with `address_key`."""
    recently = _asked_since(frame, quiet_days)
    whom = in_frame(session, frame)
    asked = 0
    if quiet_days:
        counted = select(func.count()).select_from(Customer).where(whom, recently)
        asked = session.scalar(counted) or 0
    suppressed = set(
        session.scalars(
            select(SuppressedAddress.address_digest).where(
                SuppressedAddress.workspace_id.in_((frame.workspace_id, EVERYWHERE))
            )
        )
    )
    if not suppressed:
        return Refusals(asked, 0)
    emails = select(Customer.email).where(whom, ~recently).execution_options(yield_per=_ROWS)
    refused = sum(
        address_digest(address_key, email) in suppressed
        for email in session.scalars(emails)
        if email
    )
    return Refusals(asked, refused)


def _asked_since(frame: Frame, quiet_days: int) -> ColumnElement[bool]:
    """The condition that a customer was sent something within so many days, or waits for it."""
    if not quiet_days:
        return false()
    # Out of the index of what customers were sent, and of the few that wait by their status: a mail
    # that is planned for later counts as well.
    sent = select(Request.id).where(
        Request.workspace_id == frame.workspace_id,
        Request.customer_id == Customer.id,
        # In the words of the index, which SQLite would not know again otherwise.
        text("NOT requests.is_test"),
        Request.sent_at.is_not(None),
        Request.sent_at > frame.at - timedelta(days=quiet_days),
    )
    waiting = select(Request.customer_id).where(
        Request.workspace_id + 0 == frame.workspace_id,
        Request.status == "scheduled",
        Request.is_test.is_(False),
        Request.asked_at.is_not(None),
    )
    return or_(sent.correlate(Customer).exists(), Customer.id.in_(waiting))
