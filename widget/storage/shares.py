"""What the pages ask that customers share, and what the console asks about sharing."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from widget.domain.scales import Kind
from widget.domain.sharing import Said, SharingRules, first_name
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.ids import new_id, new_public_id
from widget.storage.models import Member, Response, Share, Survey, SurveyVersion, Workspace


@dataclass(frozen=True)
class MadeShare:
    """A page that a customer has made. `is_new`: by this very request."""

    id: UUID
    public_id: str
    is_new: bool = False


@dataclass(frozen=True)
class SharedPage:
    """A shared page as its response and its workspace make it now.

    `member` is a first name; "" for none. `member_id` is whose rating it is; None for nobody's.
    Nothing here says who the customer is.
    """

    id: UUID
    workspace_id: int
    survey_id: int
    survey: str
    public_id: str
    company: str
    rules: SharingRules
    member: str
    member_id: int | None
    kind: Kind
    score: int
    stars: int | None
    said: Said
    language: str
    definition: Definition
    is_test: bool
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the page may be seen: neither withdrawn, nor is what it shows gone."""
        return self.withdrawn_at is None and self.said.may_be_shown

    @property
    def address(self) -> str:
        """What stands in the page's address: whose survey it is, and which page."""
        return f"{self.survey}{self.public_id}"


def open_share(connection: Connection, workspace_id: int, response_id: UUID) -> MadeShare | None:
    """The page of a response that is not withdrawn; None when there is none."""
    row = connection.execute(
        select(Share.id, Share.public_id).where(
            Share.workspace_id == workspace_id,
            Share.response_id == response_id,
            Share.withdrawn_at.is_(None),
        )
    ).first()
    return MadeShare(row.id, row.public_id) if row else None


def add_share(
    session: Session, workspace_id: int, response_id: UUID, survey_id: int, at: datetime
) -> MadeShare:
    """Make a response's page."""
    share = Share(
        workspace_id=workspace_id,
        id=new_id(),
        public_id=new_public_id(),
        response_id=response_id,
        survey_id=survey_id,
        created_at=at,
    )
    session.add(share)
    return MadeShare(share.id, share.public_id, is_new=True)


def close_share(session: Session, workspace_id: int, share_id: UUID, at: datetime) -> bool:
    """Withdraw a page; False when there is none, or it was withdrawn before."""
    done = session.connection().execute(
        update(Share)
        .where(
            Share.workspace_id == workspace_id, Share.id == share_id, Share.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=at)
    )
    return bool(done.rowcount)


def response_said(session: Session, workspace_id: int, response_id: UUID) -> Said | None:
    """What a response says now, for deciding whether it can be shared; None for no response."""
    row = session.execute(
        select(Response, SurveyVersion.definition)
        .join(SurveyVersion, SurveyVersion.id == Response.version_id)
        .where(Response.workspace_id == workspace_id, Response.id == response_id)
    ).one_or_none()
    return _said(row[0], definition_from_json(row[1])) if row else None


def shared_page(
    session: Session,
    workspace_id: int,
    *,
    public_id: str | None = None,
    share_id: UUID | None = None,
) -> SharedPage | None:
    """A page by what its address says, or by its own id; None when there is none."""
    which = Share.id == share_id if public_id is None else Share.public_id == public_id
    row = session.execute(
        select(Share, Response, SurveyVersion.definition, Survey.public_id, Workspace, Member.name)
        .join(
            Response,
            (Response.workspace_id == Share.workspace_id) & (Response.id == Share.response_id),
        )
        .join(SurveyVersion, SurveyVersion.id == Response.version_id)
        .join(Survey, Survey.id == Share.survey_id)
        .join(Workspace, Workspace.id == Share.workspace_id)
        .outerjoin(
            Member,
            (Member.workspace_id == Response.workspace_id) & (Member.id == Response.member_id),
        )
        .where(Share.workspace_id == workspace_id, which)
    ).one_or_none()
    if row is None:
        return None
    share, response, definition_json, survey, workspace, member = row
    definition = definition_from_json(definition_json)
    return SharedPage(
        id=share.id,
        workspace_id=workspace_id,
        survey_id=share.survey_id,
        survey=survey,
        public_id=share.public_id,
        company=workspace.name,
        rules=SharingRules.from_json(workspace.sharing),
        member=first_name(member or ""),
        member_id=response.member_id,
        kind=cast(Kind, response.kind),
        score=response.score,
        stars=response.stars,
        said=_said(response, definition),
        language=response.language,
        definition=definition,
        is_test=response.is_test,
        withdrawn_at=share.withdrawn_at,
    )


def _said(response: Response, definition: Definition) -> Said:
    return Said(
        score=response.score,
        positive_from=definition.positive_from,
        comment=(response.comment or "") if response.comment_hidden_at is None else "",
        may_publish=bool(response.may_publish),
        is_hidden=response.hidden_at is not None,
    )


def sharing_rules(session: Session, workspace_id: int) -> SharingRules:
    """What a workspace has decided about sharing."""
    return SharingRules.from_json(
        session.scalar(select(Workspace.sharing).where(Workspace.id == workspace_id))
    )


def put_sharing_rules(session: Session, workspace_id: int, rules: SharingRules) -> None:
    session.get_one(Workspace, workspace_id).sharing = rules.to_json()
