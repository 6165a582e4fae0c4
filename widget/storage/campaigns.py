"""Campaigns and their waves, as they are kept and listed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from widget.domain.campaigns import CampaignPlan
from widget.domain.errors import UnknownCampaign
from widget.domain.sampling import Stratum
from widget.domain.scales import Kind
from widget.storage.audiences import Frame, audience_of
from widget.storage.models import Audience, Campaign, Survey, Wave

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


@dataclass(frozen=True)
class StratumRow:
    """A stratum of a wave: its values, how many customers it had, and how many were to be asked.

    `bar` is the greatest number that was drawn; None while nobody is, or where nobody is wanted.
    """

    values: Stratum
    population: int
    asked: int
    bar: bytes | None = None


@dataclass(frozen=True)
class StoredWave:
    """One time that a campaign asks. `size` is how many it wants, `made` how many requests it has
    made, up to the customer `reached`."""

    id: int
    workspace_id: int
    campaign_id: int
    number: int
    status: str
    seed: str
    population: int
    size: int
    strata: tuple[StratumRow, ...]
    reached: UUID | None
    made: int
    began_at: datetime
    made_at: datetime | None


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


def campaign_of(session: Session, workspace_id: int, id: int) -> StoredCampaign:
    """One campaign. Raises UnknownCampaign."""
    row = session.execute(
        _all().where(Campaign.workspace_id == workspace_id, Campaign.id == id)
    ).one_or_none()
    if row is None:
        raise UnknownCampaign("There is no such campaign in this workspace.")
    return _stored(*row)


def campaigns_to_run(session: Session, now: datetime) -> list[StoredCampaign]:
    """Campaigns that are under way, or whose first wave is due, of all workspaces."""
    is_due = (Campaign.status == "scheduled") & (Campaign.next_wave_at <= now)
    rows = session.execute(_all().where((Campaign.status == "running") | is_due))
    return [_stored(*row) for row in rows]


def campaigns_to_call_off(session: Session) -> list[StoredCampaign]:
    """Campaigns that were stopped and may still have requests that wait, of all workspaces."""
    rows = session.execute(
        _all().where(Campaign.status == "stopped", Campaign.finished_at.is_(None))
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


def waves_of(session: Session, workspace_id: int, campaign_id: int) -> list[StoredWave]:
    """A campaign's waves, the last one first."""
    rows = session.scalars(
        select(Wave)
        .where(Wave.workspace_id == workspace_id, Wave.campaign_id == campaign_id)
        .order_by(Wave.number.desc())
    )
    return [stored_wave(row) for row in rows]


def add_wave(session: Session, campaign: Campaign, number: int, *, at: datetime) -> None:
    """Begin a wave: whom it asks is found out next."""
    session.add(
        Wave(
            workspace_id=campaign.workspace_id,
            campaign_id=campaign.id,
            number=number,
            status="draw",
            # Another sample each time, which the campaign's seed still gives.
            seed=f"{campaign.seed}:{number}",
            population=0,
            size=0,
            strata=[],
            made=0,
            began_at=at,
        )
    )


def last_wave_number(session: Session, campaign_id: int) -> int:
    """The number of a campaign's last wave; 0 without one."""
    query = select(Wave.number).where(Wave.campaign_id == campaign_id)
    return session.scalar(query.order_by(Wave.number.desc()).limit(1)) or 0


def has_waves(session: Session, campaign_id: int) -> bool:
    """Whether a campaign has asked, or begun to."""
    return bool(session.scalar(select(exists().where(Wave.campaign_id == campaign_id))))


def unmade_waves(session: Session) -> list[StoredWave]:
    """Waves of running campaigns whose requests are not all made, of all workspaces."""
    rows = session.scalars(
        select(Wave)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(Wave.status.in_(("draw", "making")), Campaign.status == "running")
        .order_by(Wave.began_at, Wave.id)
    )
    return [stored_wave(row) for row in rows]


def locked_wave(session: Session, id: int) -> Wave:
    """A wave, to be changed."""
    return session.scalars(
        select(Wave)
        .where(Wave.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def strata_to_json(strata: Collection[StratumRow]) -> list[dict[str, object]]:
    """Strata as a wave keeps them."""
    return [
        {
            "values": list(one.values),
            "population": one.population,
            "asked": one.asked,
            "bar": None if one.bar is None else one.bar.hex(),
        }
        for one in strata
    ]


def stored_wave(row: Wave) -> StoredWave:
    strata = tuple(
        StratumRow(
            tuple(one["values"]),
            one["population"],
            one["asked"],
            None if one["bar"] is None else bytes.fromhex(one["bar"]),
        )
        for one in row.strata
    )
    return StoredWave(
        row.id,
        row.workspace_id,
        row.campaign_id,
        row.number,
        row.status,
        row.seed,
        row.population,
        row.size,
        strata,
        row.reached,
        row.made,
        row.began_at,
        row.made_at,
    )


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
