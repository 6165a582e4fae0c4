"""A customer wants no more mails of a workspace, or wants them again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.links import RequestLink
from widget.domain.mail_addresses import address_digest
from widget.storage import suppressions
from widget.storage.engine import writing
from widget.storage.request_rows import note_unsubscribed


@dataclass(frozen=True)
class Subscriber:
    """Whom an unsubscribe link belongs to. `address` is "" where it was erased since."""

    address: str
    company: str
    language: str
    is_unsubscribed: bool


def subscriber_of(session: Session, link: RequestLink, key: str) -> Subscriber | None:
    """Who would be unsubscribed by a link; None when its request is gone. `key` is the settings'
    address key."""
    mail = suppressions.mail_of_request(session, link.workspace_id, link.request_id)
    if mail is None:
        return None
    digest = address_digest(key, mail.address)
    is_unsubscribed = suppressions.is_unsubscribed(session, link.workspace_id, digest)
    return Subscriber(mail.address, mail.workspace_name, mail.language, is_unsubscribed)


def set_unsubscribed(
    session: Session, link: RequestLink, *, unsubscribed: bool, key: str, at: datetime
) -> None:
    """Suppress the address of a link's request in its workspace, or undo that.

    Undoing takes back what the customer said, not what their mail server did. The link of a test
    changes nothing: its mail did not go to its customer.
    """
    with writing(session):
        mail = suppressions.mail_of_request(session, link.workspace_id, link.request_id)
        if mail is None or not mail.address or mail.is_test:
            return
        digest = address_digest(key, mail.address)
        if unsubscribed:
            suppressions.suppress(session, link.workspace_id, digest, "unsubscribed", at)
        else:
            suppressions.lift(session, link.workspace_id, digest, only="unsubscribed")
        note_unsubscribed(session, link.workspace_id, link.request_id, at if unsubscribed else None)
