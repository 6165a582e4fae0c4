"""Campaigns and their waves, as they are kept and listed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from widget.domain.campaigns import CampaignPlan
from widget.domain.errors import UnknownCampaign
from widget.domain.scales import Kind
from widget.storage.audiences import Frame, audience_of
from widget.storage.held_campaigns import is_held_by_nobody
from widget.storage.models import Audience, Campaign, Delivery, Survey

LISTED = 100


@dataclass(frozen=True)
class StoredCampaign:
    """A campaign with the names of what it asks. An audience's name is "" where there is none."""

    id: int
    workspace_id: int
    name: str
    survey_id: int
    survey_public_id: str
    survey_name: str
    kind: Kind
    audience_id: int | None
    audience_name: str
    excluded_id: int | None
    excluded_name: str
    plan: CampaignPlan
    seed: str
    status: str
    is_baseline: bool
    created_at: datetime
    first_wave_at: datetime | None
    next_wave_at: datetime | None
    finished_at: datetime | None


_Excluded = aliased(Audience)


def _all() -> Select[Campaign, Survey, str | None, str | None]:
    return (
        select(Campaign, Survey, Audience.name, _Excluded.name)
        .join(Survey, Survey.id == Campaign.survey_id)
        .outerjoin(Audience, Audience.id == Campaign.audience_id)
        .outerjoin(_Excluded, _Excluded.id == Campaign.excluded_id)
    )


def campaigns_of(session: Session, workspace_id: int) -> list[StoredCampaign]:
    """A workspace's newest campaigns, up to LISTED."""
    rows = session.execute(
        _all()
        .where(Campaign.workspace_id == workspace_id)
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
        .limit(LISTED)
    )
    return [_stored(*row) for row in rows]


@dataclass(frozen=True)
class CampaignFilter:
    """Which campaigns to list. None means any. `survey` is a public id."""

    status: str | None = None
    survey: str | None = None


def campaigns_page(
    session: Session, workspace_id: int, wanted: CampaignFilter, *, limit: int, below: int | None
) -> list[StoredCampaign]:
    """Up to `limit` campaigns, the newest first, with ids below one where that is given."""
    query = _all().where(Campaign.workspace_id == workspace_id)
    if wanted.status is not None:
        query = query.where(Campaign.status == wanted.status)
    if wanted.survey is not None:
        query = query.where(Survey.public_id == wanted.survey)
    if below is not None:
        query = query.where(Campaign.id < below)
    rows = session.execute(query.order_by(Campaign.id.desc()).limit(limit))
    return [_stored(*row) for row in rows]


def campaign_of(session: Session, workspace_id: int, id: int) -> StoredCampaign:
    """One campaign. Raises UnknownCampaign."""
    row = session.execute(
        _all().where(Campaign.workspace_id == workspace_id, Campaign.id == id)
    ).one_or_none()
    if row is None:
        raise UnknownCampaign("There is no such campaign in this workspace.")
    return _stored(*row)


def campaign_names(session: Session, workspace_id: int, ids: Collection[int]) -> dict[int, str]:
    """The names of a workspace's campaigns by id, of those that there are."""
    rows = session.execute(
        select(Campaign.id, Campaign.name).where(
            Campaign.workspace_id == workspace_id, Campaign.id.in_(ids)
        )
    )
    return dict(rows.all())


def campaign_by_form(session: Session, workspace_id: int, form_key: str) -> int | None:
    """The id of the campaign that a form has made already."""
    return session.scalar(
        select(Campaign.id).where(
            Campaign.workspace_id == workspace_id, Campaign.form_key == form_key
        )
    )


def campaigns_to_run(session: Session, now: datetime) -> list[StoredCampaign]:
    """Campaigns that are under way, or whose first wave is due, of all workspaces."""
    is_due = (Campaign.status == "scheduled") & (Campaign.next_wave_at <= now)
    rows = session.execute(_all().where((Campaign.status == "running") | is_due))
    return [_stored(*row) for row in rows]


def campaigns_to_call_off(session: Session, now: datetime) -> list[StoredCampaign]:
    """Campaigns that were stopped and may still have requests that wait, or mails that a worker
    had in hand then and has given back, of all workspaces."""
    with_mails = select(Delivery.campaign_id).where(
        is_held_by_nobody(now), Delivery.campaign_id.is_not(None)
    )
    rows = session.execute(
        _all().where(
            Campaign.status == "stopped",
            or_(Campaign.finished_at.is_(None), Campaign.id.in_(with_mails.distinct())),
        )
    )
    return [_stored(*row) for row in rows]


def frame_of(session: Session, campaign: StoredCampaign, at: datetime) -> Frame:
    """Whom a campaign may ask, of those who were there at a moment."""
    audience, excluded = (
        None if id is None else audience_of(session, campaign.workspace_id, id)
        for id in (campaign.audience_id, campaign.excluded_id)
    )
    return Frame(campaign.workspace_id, audience, excluded, at)


def baseline_of(session: Session, workspace_id: int, kind: Kind) -> StoredCampaign | None:
    """The campaign that others of its kind are compared with; None without one."""
    rows = session.execute(
        _all().where(Campaign.workspace_id == workspace_id, Campaign.is_baseline)
    )
    return next((found for row in rows if (found := _stored(*row)).kind == kind), None)


@dataclass(frozen=True)
class RunningPlan:
    """What the rules on mails need to know of a campaign."""

    plan: CampaignPlan
    is_stopped: bool


def campaign_plans(session: Session, ids: Collection[int]) -> dict[int, RunningPlan]:
    """The plans of campaigns by id, of whatever workspace."""
    if not ids:
        return {}
    rows = session.execute(
        select(Campaign.id, Campaign.plan, Campaign.status).where(Campaign.id.in_(ids))
    )
    return {
        id: RunningPlan(CampaignPlan.from_json(plan), status == "stopped")
        for id, plan, status in rows
    }


def locked_campaign(session: Session, workspace_id: int, id: int) -> Campaign:
    """A campaign, to be changed. Raises UnknownCampaign."""
    row = session.scalar(
        select(Campaign)
        .where(Campaign.workspace_id == workspace_id, Campaign.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownCampaign("There is no such campaign in this workspace.")
    return row


def clear_baseline(session: Session, workspace_id: int, id: int) -> None:
    """A campaign is no baseline any more."""
    locked_campaign(session, workspace_id, id).is_baseline = False


def _stored(
    row: Campaign, survey: Survey, audience: str | None, excluded: str | None
) -> StoredCampaign:
    return StoredCampaign(
        id=row.id,
        workspace_id=row.workspace_id,
        name=row.name,
        survey_id=survey.id,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        kind=cast(Kind, survey.kind),
        audience_id=row.audience_id,
        audience_name=audience or "",
        excluded_id=row.excluded_id,
        excluded_name=excluded or "",
        plan=CampaignPlan.from_json(row.plan),
        seed=row.seed,
        status=row.status,
        is_baseline=row.is_baseline,
        created_at=row.created_at,
        first_wave_at=row.first_wave_at,
        next_wave_at=row.next_wave_at,
        finished_at=row.finished_at,
    )
