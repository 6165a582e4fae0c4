"""PDFs of reports: wanted by somebody, made by the worker, kept for a short time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from widget.storage.models import ReportPdf

# A PDF has words of customers in it: it is a copy for whoever downloads it, and no archive.
KEPT_FOR = timedelta(hours=24)
MOST_ATTEMPTS = 3
# Whoever has claimed one and does not come back has died; making one takes seconds.
_CLAIMED_FOR = timedelta(minutes=3)

PdfStatus = Literal["none", "waiting", "made", "failed"]


@dataclass(frozen=True)
class Pdf:
    """How far somebody's PDF of a report is. `digest` is of the page it was made from, `size` in
    bytes; `problem` says why there is none."""

    status: PdfStatus = "none"
    digest: str = ""
    size: int = 0
    problem: str = ""

    def is_of(self, digest: str) -> bool:
        """Whether it is made, and from that page."""
        return self.status == "made" and self.digest == digest


@dataclass(frozen=True)
class WantedPdf:
    """A PDF that this worker makes. Only it knows `claimed_until`, the end of its lease."""

    workspace_id: int
    report_id: UUID
    user_id: int
    attempts: int
    claimed_until: datetime


def want_pdf(
    session: Session,
    workspace_id: int,
    report_id: UUID,
    user_id: int,
    at: datetime,
    *,
    anew: bool = True,
) -> None:
    """Have a PDF made for somebody, inside a transaction; one that is being made stays at that, and
    so does one that is made unless it is wanted `anew`."""
    key = (workspace_id, report_id, user_id)
    row = session.get(ReportPdf, key, with_for_update=True)
    if row is None:
        row = ReportPdf(workspace_id=workspace_id, report_id=report_id, user_id=user_id)
        session.add(row)
    elif row.made_at is None or not anew:
        return
    row.wanted_at, row.made_at, row.claimed_until = at, None, None
    row.attempts, row.problem, row.digest, row.content = 0, "", "", None


def pdf_of(session: Session, workspace_id: int, report_id: UUID, user_id: int) -> Pdf:
    """How far a PDF is, without its bytes."""
    row = session.execute(
        select(
            ReportPdf.made_at,
            ReportPdf.digest,
            func.length(ReportPdf.content),
            ReportPdf.problem,
        ).where(*_key(workspace_id, report_id, user_id))
    ).one_or_none()
    if row is None:
        return Pdf()
    made_at, digest, size, problem = row
    if made_at is None:
        return Pdf("waiting")
    return Pdf("made", digest, size) if size else Pdf("failed", problem=problem)


def pdf_content(
    session: Session, workspace_id: int, report_id: UUID, user_id: int, digest: str
) -> bytes | None:
    """The bytes of a PDF that was made from a page with this digest; None where there is none."""
    return session.scalar(
        select(ReportPdf.content).where(
            *_key(workspace_id, report_id, user_id),
            ReportPdf.digest == digest,
            ReportPdf.made_at.is_not(None),
        )
    )


def is_any_pdf_wanted(session: Session, now: datetime) -> bool:
    """Whether there is one to make: asked often, and without holding up who writes."""
    return session.scalar(select(ReportPdf.report_id).where(*_is_due(now)).limit(1)) is not None


def claim_pdf(session: Session, now: datetime) -> WantedPdf | None:
    """Take the PDF that was wanted first, inside a transaction; counts an attempt.

    One that nobody came back from as often as it is tried is given up instead.
    """
    while True:
        row = session.scalar(
            select(ReportPdf)
            .where(*_is_due(now))
            .order_by(ReportPdf.wanted_at, ReportPdf.report_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        if row.attempts < MOST_ATTEMPTS:
            break
        row.problem = row.problem or "Making it took too long, or too much memory."
        row.made_at, row.claimed_until = now, None
        session.flush()
    row.attempts += 1
    row.claimed_until = now + _CLAIMED_FOR
    return WantedPdf(row.workspace_id, row.report_id, row.user_id, row.attempts, row.claimed_until)


def pdf_is_made(
    session: Session, wanted: WantedPdf, content: bytes, digest: str, at: datetime
) -> None:
    """Keep a PDF, unless somebody else has it by now, inside a transaction."""
    row = _claimed(session, wanted)
    if row is not None:
        row.content, row.digest, row.made_at, row.claimed_until = content, digest, at, None


def pdf_failed(session: Session, wanted: WantedPdf, problem: str, at: datetime) -> None:
    """Note why one could not be made; the third time it is given up."""
    row = _claimed(session, wanted)
    if row is None:
        return
    row.problem, row.claimed_until = problem[:300], at + timedelta(seconds=10 * wanted.attempts)
    if wanted.attempts >= MOST_ATTEMPTS:
        row.made_at, row.claimed_until = at, None


def forget_pdf(session: Session, wanted: WantedPdf) -> None:
    """Nobody may have it any more."""
    row = _claimed(session, wanted)
    if row is not None:
        session.delete(row)


def forget_pdfs(session: Session, workspace_id: int) -> None:
    """Forget every PDF of a workspace, as when words in them are erased; they are made anew."""
    session.execute(delete(ReportPdf).where(ReportPdf.workspace_id == workspace_id))


def forget_old_pdfs(session: Session, now: datetime) -> int:
    """Forget those that have been kept long enough; returns how many."""
    found = session.execute(
        select(ReportPdf.workspace_id, ReportPdf.report_id, ReportPdf.user_id).where(
            ReportPdf.made_at <= now - KEPT_FOR
        )
    ).all()
    for key in found:
        session.execute(delete(ReportPdf).where(*_key(*key)))
    return len(found)


def _claimed(session: Session, wanted: WantedPdf) -> ReportPdf | None:
    return session.scalar(
        select(ReportPdf)
        .where(
            *_key(wanted.workspace_id, wanted.report_id, wanted.user_id),
            ReportPdf.claimed_until == wanted.claimed_until,
        )
        .with_for_update()
    )


def _key(workspace_id: int, report_id: UUID, user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ReportPdf.workspace_id == workspace_id,
        ReportPdf.report_id == report_id,
        ReportPdf.user_id == user_id,
    )


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ReportPdf.made_at.is_(None),
        or_(ReportPdf.claimed_until.is_(None), ReportPdf.claimed_until <= now),
    )
