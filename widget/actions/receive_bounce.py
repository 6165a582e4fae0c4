"""A mail server or service says what became of a mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.note_delivery import note_bounced, note_delivered
from widget.domain.bounces import SOFT_LIMIT, SOFT_WINDOW, BounceReport
from widget.domain.mail_addresses import address_digest
from widget.storage import suppressions
from widget.storage.engine import writing
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
    """Keep a report and do what it asks for; False when it is of no mail of ours.

    A hard bounce suppresses the address in its workspace, so does the fifth soft one in 30 days;
    a complaint suppresses it in every workspace. `workspace_id` is that of whoever reports: a
    report of another's delivery is left out. None stands for a report that a signed address or a
    Message-ID vouches for. `key` is the settings' address key. What is said of a test mail says
    nothing about its customer. The same report twice counts once.
    """
    with writing(session):
        named = report.delivery
        owner = named.workspace_id if named else workspace_id
        if owner is None or workspace_id not in (None, owner):
            return False
        delivery_id = (
            named.delivery_id
            if named
            else suppressions.newest_delivery_to(session, owner, report.address)
        )
        if delivery_id is None:
            return False
        mail = suppressions.mail_of_delivery(session, owner, delivery_id)
        if mail is None:
            return False
        if report.sort == "delivered":
            note_delivered(session, owner, delivery_id, at)
            return True
        if report.sort != "complaint":
            hard = report.sort == "hard"
            note_bounced(session, owner, delivery_id, hard=hard, detail=report.detail, at=at)
        if not mail.is_test:
            _keep(session, report, mail, key, reported_by, at)
        return True


def _keep(
    session: Session,
    report: BounceReport,
    mail: SentMail,
    key: str,
    reported_by: str,
    at: datetime,
) -> None:
    digest, workspace_id = address_digest(key, mail.address), mail.workspace_id
    is_new = suppressions.add_bounce(
        session,
        workspace_id,
        digest,
        delivery_id=mail.delivery_id,
        sort=report.sort,
        detail=report.detail,
        reported_by=reported_by,
        at=at,
    )
    if not is_new:
        return
    if report.sort == "complaint":
        suppressions.suppress(session, EVERYWHERE, digest, "complaint", at)
    elif report.sort == "hard":
        suppressions.suppress(session, workspace_id, digest, "hard_bounce", at)
    elif (
        suppressions.soft_bounces(session, workspace_id, digest, now=at, window=SOFT_WINDOW)
        >= SOFT_LIMIT
    ):
        suppressions.suppress(session, workspace_id, digest, "soft_bounces", at)
