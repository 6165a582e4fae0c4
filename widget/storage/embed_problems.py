"""What is wrong with a survey's snippets, as far as it was seen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.storage.models import EmbedProblem, Survey

# Subjects come from outside: whoever invents more of them pushes out the oldest of their kind.
PROBLEMS_OF_A_KIND = 25


@dataclass(frozen=True)
class SeenProblem:
    """`kind` is `unexpanded` or `origin`; `times` counts reports, not visitors."""

    kind: str
    subject: str
    example: str
    page: str
    times: int
    last_at: datetime


def remember_problem(
    session: Session,
    survey_id: int,
    *,
    kind: str,
    subject: str,
    example: str,
    page: str,
    at: datetime,
) -> None:
    """Count a problem, or add it; of each kind a survey keeps the 25 seen last."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    latest = {"example": example[:300], "page": page[:500], "last_at": at}
    session.execute(
        insert(EmbedProblem)
        .values(survey_id=survey_id, kind=kind, subject=subject, times=1, **latest)
        .on_conflict_do_update(
            index_elements=["survey_id", "kind", "subject"],
            set_={"times": EmbedProblem.times + 1, **latest},
        )
    )
    kept = (
        select(EmbedProblem.id)
        .where(EmbedProblem.survey_id == survey_id, EmbedProblem.kind == kind)
        .order_by(EmbedProblem.last_at.desc(), EmbedProblem.id.desc())
        .limit(PROBLEMS_OF_A_KIND)
    )
    session.execute(
        delete(EmbedProblem).where(
            EmbedProblem.survey_id == survey_id,
            EmbedProblem.kind == kind,
            EmbedProblem.id.not_in(kept.scalar_subquery()),
        )
    )


def problems_of(session: Session, survey_id: int) -> list[SeenProblem]:
    """A survey's problems, latest first."""
    rows = session.scalars(
        select(EmbedProblem)
        .where(EmbedProblem.survey_id == survey_id)
        .order_by(EmbedProblem.last_at.desc())
    )
    return [
        SeenProblem(row.kind, row.subject, row.example, row.page, row.times, row.last_at)
        for row in rows
    ]


def forget_problems(session: Session, survey_id: int) -> None:
    """Remove a survey's problems, once their owner has mended the snippet."""
    session.execute(delete(EmbedProblem).where(EmbedProblem.survey_id == survey_id))


def surveys_with_problems(session: Session, workspace_id: int, public_id: str | None) -> list[str]:
    """Public ids of a workspace's surveys, or of the one named, whose snippets have problems."""
    query = (
        select(Survey.public_id)
        .join(EmbedProblem, EmbedProblem.survey_id == Survey.id)
        .where(Survey.workspace_id == workspace_id)
        .distinct()
    )
    if public_id is not None:
        query = query.where(Survey.public_id == public_id)
    return list(session.scalars(query))
