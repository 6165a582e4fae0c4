"""The waves of campaigns: each time that one asks, and how far that has come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from widget.domain.sampling import Stratum
from widget.storage.models import Campaign, Wave


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
