"""A snippet turned out to be broken: keep that for the site owner."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage.embed_problems import remember_problem
from widget.storage.engine import writing


def report_embed_problem(
    session: Session,
    survey_id: int,
    *,
    kind: str,
    subject: str,
    example: str,
    page: str,
    at: datetime,
) -> None:
    """Count a problem of a survey's snippet; the latest example of each is kept."""
    with writing(session):
        remember_problem(
            session, survey_id, kind=kind, subject=subject, example=example, page=page, at=at
        )
