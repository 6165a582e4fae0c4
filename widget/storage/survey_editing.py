"""What the console's lists and editor ask about surveys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.scales import Kind
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import Response, Rollup, Survey, SurveyVersion
from widget.storage.surveys import survey_of


@dataclass(frozen=True)
class SurveyRow:
    """A survey as the list shows it. `responses` leaves out test, hidden and recovery ones."""

    public_id: str
    name: str
    kind: Kind
    version: int | None
    is_closed: bool
    has_changes: bool
    responses: int
    last_response_at: datetime | None


@dataclass(frozen=True)
class SurveyInEditor:
    """A survey as its editor shows it; `published` is None while it never was."""

    id: int
    public_id: str
    name: str
    draft: Definition
    published: Definition | None
    version: int | None
    is_closed: bool

    @property
    def has_changes(self) -> bool:
        """Whether publishing would change what customers see."""
        return self.draft != self.published


@dataclass(frozen=True)
class VersionRow:
    number: int
    published_at: datetime
    published_by: int | None
    is_current: bool


def survey_rows(session: Session, workspace_id: int) -> list[SurveyRow]:
    """A workspace's surveys, newest first, each with what the list tells of it."""
    # Each response has one score of its survey's own kind, and rollups are few.
    counted = (
        select(Rollup.survey_id, Rollup.kind, func.sum(Rollup.responses).label("responses"))
        .where(Rollup.workspace_id == workspace_id)
        .group_by(Rollup.survey_id, Rollup.kind)
        .subquery()
    )
    last = (
        select(Response.answered_at)
        .where(
            Response.workspace_id == workspace_id,
            Response.survey_id == Survey.id,
            Response.is_test.is_(False),
            Response.is_recovery.is_(False),
            Response.hidden_at.is_(None),
        )
        # By the index of a survey's responses, from its end.
        .order_by(Response.answered_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Survey, SurveyVersion, counted.c.responses, last)
        .outerjoin(SurveyVersion, SurveyVersion.id == Survey.published_version_id)
        .outerjoin(counted, (counted.c.survey_id == Survey.id) & (counted.c.kind == Survey.kind))
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.id.desc())
    )
    return [
        SurveyRow(
            public_id=survey.public_id,
            name=survey.name,
            kind=cast(Kind, survey.kind),
            version=version.number if version else None,
            is_closed=survey.closed_at is not None,
            has_changes=version is None
            or definition_from_json(version.definition) != definition_from_json(survey.draft),
            responses=responses or 0,
            last_response_at=last,
        )
        for survey, version, responses, last in rows
    ]


def survey_in_editor(session: Session, workspace_id: int, public_id: str) -> SurveyInEditor:
    """A workspace's survey for its editor. Raises UnknownSurvey."""
    survey = survey_of(session, workspace_id, public_id)
    version = (
        session.get(SurveyVersion, survey.published_version_id)
        if survey.published_version_id
        else None
    )
    return SurveyInEditor(
        id=survey.id,
        public_id=survey.public_id,
        name=survey.name,
        draft=definition_from_json(survey.draft),
        published=definition_from_json(version.definition) if version else None,
        version=version.number if version else None,
        is_closed=survey.closed_at is not None,
    )


def version_rows(session: Session, survey_id: int) -> list[VersionRow]:
    """A survey's versions, newest first."""
    current = session.scalar(select(Survey.published_version_id).where(Survey.id == survey_id))
    rows = session.scalars(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
    )
    return [
        VersionRow(row.number, row.published_at, row.published_by, row.id == current)
        for row in rows
    ]


def numbered_definition(session: Session, survey_id: int, number: int) -> Definition | None:
    """The definition of a survey's version by its number; None when there is none."""
    data: dict[str, Any] | None = session.scalar(
        select(SurveyVersion.definition).where(
            SurveyVersion.survey_id == survey_id, SurveyVersion.number == number
        )
    )
    return definition_from_json(data) if data else None


def worded_languages(session: Session, workspace_id: int) -> list[str]:
    """The languages that a workspace's surveys are worded in, those of the oldest first."""
    lists = session.scalars(
        select(Survey.draft["languages"])
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.id)
    )
    return list(dict.fromkeys(tag for languages in lists for tag in languages))


def survey_names(session: Session, workspace_id: int) -> list[tuple[str, str]]:
    """Public id and name of each of a workspace's surveys, by name."""
    rows = session.execute(
        select(Survey.public_id, Survey.name)
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.name, Survey.id)
    )
    return [(public_id, name) for public_id, name in rows]
