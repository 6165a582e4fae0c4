"""What the surveys tables answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from widget.domain.asking import AskingRules
from widget.domain.errors import UnknownSurvey
from widget.domain.rewards import NO_OFFER, Offer
from widget.domain.sharing import NO_RULES, SharingRules
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.ids import new_public_id
from widget.storage.models import Survey, SurveyVersion, Workspace
from widget.storage.rewards import workspace_offer


@dataclass(frozen=True)
class PublishedSurvey:
    """What serving a survey takes: whose it is, which version is current, where it may stand.

    `accepts_unsigned` and `edit_days` are rules for answers by links from mails. `rewards` are all
    that the workspace has on offer, `sharing` is what it has decided about that.
    """

    id: int
    public_id: str
    name: str
    workspace_id: int
    workspace_name: str
    time_zone: str
    version_id: int | None
    origins: tuple[str, ...]
    is_closed: bool
    accepts_unsigned: bool = True
    edit_days: int = 30
    rewards: Offer = NO_OFFER
    sharing: SharingRules = NO_RULES


def published_survey(session: Session, public_id: str) -> PublishedSurvey | None:
    """The survey with this public id, published or not; None when there is none."""
    row = session.execute(
        select(Survey, Workspace)
        .join(Workspace, Workspace.id == Survey.workspace_id)
        .where(Survey.public_id == public_id)
        .options(selectinload(Survey.sites))
    ).one_or_none()
    if row is None:
        return None
    survey, workspace = row
    origins = [origin for site in survey.sites for origin in site.origins]
    return PublishedSurvey(
        id=survey.id,
        public_id=survey.public_id,
        name=survey.name,
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        time_zone=workspace.time_zone,
        version_id=survey.published_version_id,
        origins=tuple(dict.fromkeys(origins)),
        is_closed=survey.closed_at is not None,
        accepts_unsigned=survey.accepts_unsigned,
        edit_days=AskingRules.from_json(survey.asking).edit_days,
        rewards=workspace_offer(session, workspace.id),
        sharing=SharingRules.from_json(workspace.sharing),
    )


def version_definition(session: Session, survey_id: int, version_id: int) -> Definition | None:
    """The definition of one version of a survey; None when the survey has no such version."""
    data: dict[str, Any] | None = session.scalar(
        select(SurveyVersion.definition).where(
            SurveyVersion.id == version_id, SurveyVersion.survey_id == survey_id
        )
    )
    return definition_from_json(data) if data else None


def definitions_of(session: Session, version_ids: Collection[int]) -> dict[int, Definition]:
    """The definitions of some versions, by the versions' ids."""
    rows = session.execute(
        select(SurveyVersion.id, SurveyVersion.definition).where(SurveyVersion.id.in_(version_ids))
    )
    return {id: definition_from_json(data) for id, data in rows}


def published_definitions(
    session: Session, workspace_id: int, public_ids: Collection[str]
) -> list[Definition]:
    """The definitions of a workspace's surveys as they are published; of some by their public ids,
    of all where there are none."""
    query = (
        select(SurveyVersion.definition)
        .join(Survey, Survey.published_version_id == SurveyVersion.id)
        .where(Survey.workspace_id == workspace_id)
        .order_by(SurveyVersion.id)
    )
    if public_ids:
        query = query.where(Survey.public_id.in_(public_ids))
    return [definition_from_json(data) for data in session.scalars(query)]


def survey_of(session: Session, workspace_id: int, public_id: str) -> Survey:
    """A workspace's survey, to be changed by an action. Raises UnknownSurvey."""
    survey = session.scalar(
        select(Survey).where(Survey.workspace_id == workspace_id, Survey.public_id == public_id)
    )
    if survey is None:
        raise UnknownSurvey("There is no such survey in this workspace.")
    return survey


def survey_name(session: Session, survey_id: int) -> str:
    """What a team calls a survey."""
    return session.get_one(Survey, survey_id).name


def add_survey(
    session: Session, workspace_id: int, *, name: str, definition: Definition, at: datetime
) -> Survey:
    survey = Survey(
        workspace_id=workspace_id,
        public_id=new_public_id(),
        name=name,
        kind=definition.question.kind,
        draft=definition.to_json(),
        created_at=at,
        updated_at=at,
    )
    session.add(survey)
    session.flush()
    return survey


def add_version(session: Session, survey: Survey, *, user_id: int | None, at: datetime) -> int:
    """Make the draft the survey's published version; returns its number.

    An unchanged draft adds nothing: the number of the version it equals is returned.
    """
    latest = session.scalar(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey.id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    if latest is not None and definition_from_json(latest.definition) == definition_from_json(
        survey.draft
    ):
        survey.published_version_id = latest.id
        return latest.number
    version = SurveyVersion(
        survey_id=survey.id,
        number=latest.number + 1 if latest else 1,
        definition=survey.draft,
        published_by=user_id,
        published_at=at,
    )
    session.add(version)
    session.flush()
    survey.published_version_id = version.id
    return version.number


@dataclass(frozen=True)
class DemoSurvey:
    public_id: str
    name: str
    kind: str


def demo_surveys(session: Session) -> list[DemoSurvey]:
    """The demo workspace's published surveys, in the order they were made; empty without one."""
    rows = session.scalars(
        select(Survey)
        .join(Workspace, Workspace.id == Survey.workspace_id)
        .where(Workspace.is_demo, Survey.published_version_id.is_not(None))
        .order_by(Survey.id)
    )
    return [DemoSurvey(row.public_id, row.name, row.kind) for row in rows]
