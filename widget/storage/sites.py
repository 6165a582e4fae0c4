"""What the sites table answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.errors import SiteInUse, UnknownSite
from widget.storage.models import Site, Survey
from widget.storage.models.surveys import survey_sites


@dataclass(frozen=True)
class SiteRow:
    """A site with the surveys that stand on it, as (public id, name)."""

    id: int
    name: str
    origins: list[str]
    surveys: list[tuple[str, str]]


def site_rows(session: Session, workspace_id: int) -> list[SiteRow]:
    """A workspace's sites by name."""
    sites = session.scalars(
        select(Site).where(Site.workspace_id == workspace_id).order_by(Site.name, Site.id)
    ).all()
    standing: dict[int, list[tuple[str, str]]] = {site.id: [] for site in sites}
    rows = session.execute(
        select(survey_sites.c.site_id, Survey.public_id, Survey.name)
        .join(Survey, Survey.id == survey_sites.c.survey_id)
        .where(Survey.workspace_id == workspace_id)
        .order_by(Survey.name)
    )
    for site_id, public_id, name in rows:
        standing[site_id].append((public_id, name))
    return [SiteRow(site.id, site.name, site.origins, standing[site.id]) for site in sites]


def site_row(session: Session, workspace_id: int, site_id: int) -> SiteRow:
    """One site. Raises UnknownSite."""
    for row in site_rows(session, workspace_id):
        if row.id == site_id:
            return row
    raise UnknownSite("There is no such site in this workspace.")


def put_site(
    session: Session,
    workspace_id: int,
    site_id: int | None,
    *,
    name: str,
    origins: list[str],
    surveys: Collection[str],
    at: datetime,
) -> int:
    """Make a site, or change the one with this id; `surveys` are public ids. Raises UnknownSite."""
    site = _site(session, workspace_id, site_id) if site_id else None
    if site is None:
        site = Site(workspace_id=workspace_id, created_at=at)
        session.add(site)
    site.name, site.origins = name, origins
    session.flush()
    for survey in session.scalars(select(Survey).where(Survey.workspace_id == workspace_id)):
        if survey.public_id in surveys and site not in survey.sites:
            survey.sites.append(site)
        elif survey.public_id not in surveys and site in survey.sites:
            survey.sites.remove(site)
    return site.id


def put_survey_on(
    session: Session, workspace_id: int, survey: Survey, site_ids: Collection[int]
) -> None:
    """Let a survey stand on these of its workspace's sites and on no others."""
    survey.sites = list(
        session.scalars(
            select(Site).where(Site.workspace_id == workspace_id, Site.id.in_(site_ids))
        )
    )


def remove_site(session: Session, workspace_id: int, site_id: int) -> None:
    """Delete a site. Raises SiteInUse while surveys stand on it, and UnknownSite."""
    if site_row(session, workspace_id, site_id).surveys:
        # Deleting it would free its surveys to stand anywhere, which nobody asked for.
        raise SiteInUse("Take its surveys off this site first.")
    session.delete(_site(session, workspace_id, site_id))


def _site(session: Session, workspace_id: int, site_id: int) -> Site:
    site = session.scalar(select(Site).where(Site.workspace_id == workspace_id, Site.id == site_id))
    if site is None:
        raise UnknownSite("There is no such site in this workspace.")
    return site
