"""What is wrong with a survey's snippets, as far as it was seen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.storage.models import EmbedProblem, Survey

# Subjects come from outside: nobody can fill the table by inventing more of them.
PROBLEMS_PER_SURVEY = 50


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
    """Count a problem, or add it while the survey has fewer than 50."""
    problem = session.scalar(
        select(EmbedProblem).where(
            EmbedProblem.survey_id == survey_id,
            EmbedProblem.kind == kind,
            EmbedProblem.subject == subject,
        )
    )
    if problem is None:
        known = session.scalar(
            select(func.count())
            .where(EmbedProblem.survey_id == survey_id)
            .select_from(EmbedProblem)
        )
        if (known or 0) >= PROBLEMS_PER_SURVEY:
            return
        problem = EmbedProblem(survey_id=survey_id, kind=kind, subject=subject, times=0)
        session.add(problem)
    problem.times += 1
    problem.example, problem.page, problem.last_at = example[:300], page[:500], at


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


def surveys_with_problems(
    session: Session, workspace_id: int, public_id: str | None
) -> list[tuple[str, str]]:
    """Public id and name of a workspace's surveys, or of the one named, with broken snippets."""
    query = (
        select(Survey.public_id, Survey.name)
        .join(EmbedProblem, EmbedProblem.survey_id == Survey.id)
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.name, Survey.public_id)
        .distinct()
    )
    if public_id is not None:
        query = query.where(Survey.public_id == public_id)
    return [(found, name) for found, name in session.execute(query)]
