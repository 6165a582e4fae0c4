"""The list of campaigns: each with how many were asked and answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from widget.domain.campaign_results import NOT_TAKEN
from widget.domain.roles import Scope
from widget.storage.campaign_results import has_left
from widget.storage.campaigns import StoredCampaign, campaigns_of
from widget.storage.models import Request, Wave
from widget.storage.scopes import within


@dataclass(frozen=True)
class ListedCampaign:
    """A campaign with how many of its requests left, did not, and were answered, within a scope."""

    campaign: StoredCampaign
    sent: int
    not_sent: int
    answered: int


def listed_campaigns(session: Session, workspace_id: int, scope: Scope) -> list[ListedCampaign]:
    """The newest campaigns of a workspace."""
    return with_answers(session, workspace_id, scope, campaigns_of(session, workspace_id))


def with_answers(
    session: Session, workspace_id: int, scope: Scope, found: Sequence[StoredCampaign]
) -> list[ListedCampaign]:
    """Some campaigns of a workspace with how many were asked and answered."""
    ids = [one.id for one in found]
    rows = session.execute(
        select(
            Wave.campaign_id,
            func.count(case((has_left(), 1))),
            func.count(case(((Request.status == "not_sent") | (Request.why == NOT_TAKEN), 1))),
            func.count(case((Request.status == "answered", 1))),
        )
        .join(
            Request,
            (Request.workspace_id == Wave.workspace_id) & (Request.wave_id == Wave.id),
        )
        .where(
            Wave.workspace_id == workspace_id,
            Request.workspace_id == workspace_id,
            Wave.campaign_id.in_(ids),
            within(scope, workspace_id, Request.member_id),
        )
        .group_by(Wave.campaign_id)
    )
    counts = {id: numbers for id, *numbers in rows}
    return [ListedCampaign(one, *counts.get(one.id, (0, 0, 0))) for one in found]
