"""Mails of campaigns that were made but must not leave now go back to their requests: those are
decided on anew when their moment has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.storage.engine import joining
from widget.storage.request_rows import locked_delivery
from widget.storage.wave_mails import take_back_untried, take_back_waiting


def take_back_mail(
    session: Session, workspace_id: int, delivery_id: UUID, *, until: datetime, claim: datetime
) -> None:
    """Remove a mail whose worker has claimed it and not tried it; its request is due again at
    `until`. Nothing happens when the claim is lost."""
    with joining(session):
        delivery, request = locked_delivery(session, workspace_id, delivery_id)
        if delivery.status == "sending" and delivery.claimed_until == claim:
            take_back_untried(session, delivery, request, until)


def take_back_mails(session: Session, workspace_id: int, campaign_id: int, at: datetime) -> int:
    """The same of all mails of a campaign that wait untried; returns how many."""
    with joining(session):
        return take_back_waiting(session, workspace_id, campaign_id, at)
