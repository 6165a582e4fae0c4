"""What the rules on asking need to know of surveys and workspaces."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from widget.domain.asking import AskingPolicy, AskingRules
from widget.domain.errors import UnknownSurvey
from widget.storage.models import Survey, Workspace


@dataclass(frozen=True)
class Asking:
    """A survey with its rules and those of its workspace."""

    workspace_id: int
    time_zone: str
    policy: AskingPolicy
    test_mail_to: str
    survey_id: int
    survey_public_id: str
    survey_name: str
    rules: AskingRules
    accepts_unsigned: bool
    is_published: bool
    is_closed: bool

    @property
    def is_open(self) -> bool:
        return self.is_published and not self.is_closed


@dataclass(frozen=True)
class WorkspaceAsking:
    """A workspace's policy; `test_mail_to` is "" outside of test mode."""

    policy: AskingPolicy
    test_mail_to: str


def _all() -> Select[Survey, Workspace]:
    return select(Survey, Workspace).join(Workspace, Workspace.id == Survey.workspace_id)


def asking_of(session: Session, workspace_id: int, public_id: str) -> Asking:
    """A workspace's survey by its public id. Raises UnknownSurvey."""
    row = session.execute(
        _all().where(Survey.workspace_id == workspace_id, Survey.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise UnknownSurvey("There is no such survey in this workspace.")
    return _asking(*row)


def askings(session: Session, survey_ids: Collection[int]) -> dict[int, Asking]:
    """Surveys by id, of whatever workspace."""
    rows = session.execute(_all().where(Survey.id.in_(survey_ids)))
    return {survey.id: _asking(survey, workspace) for survey, workspace in rows}


def open_surveys(session: Session, workspace_id: int) -> list[tuple[str, str]]:
    """Public id and name of each survey that can be asked for, by name."""
    rows = session.execute(
        select(Survey.public_id, Survey.name)
        .where(
            Survey.workspace_id == workspace_id,
            Survey.published_version_id.is_not(None),
            Survey.closed_at.is_(None),
        )
        .order_by(Survey.name, Survey.id)
    )
    return [(public_id, name) for public_id, name in rows]


def workspace_asking(session: Session, workspace_id: int) -> WorkspaceAsking:
    """A workspace's policy and test mode."""
    workspace = session.get_one(Workspace, workspace_id)
    return WorkspaceAsking(AskingPolicy.from_json(workspace.asking), workspace.test_mail_to)


def put_workspace_asking(session: Session, workspace_id: int, asking: WorkspaceAsking) -> None:
    """Change a workspace's policy and test mode."""
    workspace = session.get_one(Workspace, workspace_id)
    workspace.asking = asking.policy.to_json()
    workspace.test_mail_to = asking.test_mail_to


def _asking(survey: Survey, workspace: Workspace) -> Asking:
    return Asking(
        workspace_id=workspace.id,
        time_zone=workspace.time_zone,
        policy=AskingPolicy.from_json(workspace.asking),
        test_mail_to=workspace.test_mail_to,
        survey_id=survey.id,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        rules=AskingRules.from_json(survey.asking),
        accepts_unsigned=survey.accepts_unsigned,
        is_published=survey.published_version_id is not None,
        is_closed=survey.closed_at is not None,
    )
