"""A mail server or service says what became of a mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.note_delivery import note_bounced, note_delivered
from widget.actions.note_unsent_reply import reply_came_back
from widget.domain.bounces import SOFT_LIMIT, SOFT_WINDOW, BounceReport, unaddressed
from widget.domain.mail_addresses import address_digest
from widget.storage import suppressions
from widget.storage.engine import writing
from widget.storage.replies import mail_of_reply
from widget.storage.suppressions import EVERYWHERE, SentMail


def receive_bounce(
    session: Session,
    report: BounceReport,
    *,
    workspace_id: int | None,
    key: str,
    reported_by: str,
    at: datetime,
) -> bool:
    """Keep a report and do what it asks for; False when it is of no mail that left here.

    A hard bounce suppresses the address in its workspace, so does the fifth soft one in 30 days.
    `workspace_id` is that of the API key that reports: it speaks of the workspace's own mails, and
    its complaint suppresses the address there only, for a key proves nothing to others. None stands
    for what the operator controls: a signed address, a Message-ID, a service that knows a secret.
    It may speak of every mail, and its complaint suppresses the address in every workspace.

    `key` is the settings' address key. What is said of a test mail says nothing about its customer.
    The same report twice counts once, and a soft bounce not at all once the same mail arrives:
    some services report each time that a server puts a mail off.
    """
    with writing(session):
        mail = _mail(session, report, workspace_id)
        if mail is None or mail.delivery_id is None:
            return False
        owner, delivery_id = mail.workspace_id, mail.delivery_id
        if report.sort == "delivered":
            if mail.follow_up_id is None:
                note_delivered(session, owner, delivery_id, at)
            digest = address_digest(key, mail.address)
            suppressions.withdraw_soft_bounces(session, owner, digest, delivery_id)
            return True
        if report.sort != "complaint":
            hard = report.sort == "hard"
            if mail.follow_up_id is None:
                note_bounced(
                    *(session, owner, delivery_id),
                    hard=hard,
                    was_taken=not report.is_refusal,
                    detail=report.detail,
                    at=at,
                )
            elif hard:
                reply_came_back(
                    *(session, owner, mail.follow_up_id, delivery_id, report.detail), at=at
                )
        if not mail.is_test:
            is_proven = workspace_id is None
            _keep(session, report, mail, key, reported_by, at, is_proven=is_proven)
        return True


def _mail(session: Session, report: BounceReport, workspace_id: int | None) -> SentMail | None:
    """Which mail a report is of; None when it is none that this reporter may speak of."""
    if report.delivery:
        found = (report.delivery.workspace_id, report.delivery.delivery_id)
    else:
        newest = suppressions.newest_mail_to(session, workspace_id, report.address)
        if newest is None:
            return None
        found = newest
    if workspace_id not in (None, found[0]):
        return None
    return suppressions.mail_of_delivery(session, *found) or mail_of_reply(session, *found)


def _keep(
    session: Session,
    report: BounceReport,
    mail: SentMail,
    key: str,
    reported_by: str,
    at: datetime,
    *,
    is_proven: bool,
) -> None:
    digest, workspace_id = address_digest(key, mail.address), mail.workspace_id
    is_new = suppressions.add_bounce(
        session,
        workspace_id,
        digest,
        delivery_id=mail.delivery_id,
        sort=report.sort,
        # It stays when the customer is erased.
        detail=unaddressed(report.detail),
        reported_by=reported_by,
        at=at,
    )
    if report.sort == "complaint" and mail.address_now not in ("", mail.address):
        # It is what this workspace knows of them: others go by the address that had the mail.
        now = address_digest(key, mail.address_now)
        suppressions.suppress(session, workspace_id, now, "complaint", at)
    if report.sort == "complaint" and is_proven:
        # Though it be known: an API key may have said the same before, and proved nothing.
        suppressions.suppress(session, EVERYWHERE, digest, "complaint", at)
    elif not is_new:
        return
    elif report.sort == "complaint":
        suppressions.suppress(session, workspace_id, digest, "complaint", at)
    elif report.sort == "hard":
        suppressions.suppress(session, workspace_id, digest, "hard_bounce", at)
    elif (
        suppressions.soft_bounces(session, workspace_id, digest, now=at, window=SOFT_WINDOW)
        >= SOFT_LIMIT
    ):
        suppressions.suppress(session, workspace_id, digest, "soft_bounces", at)
