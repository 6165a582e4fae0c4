"""A team's logo for its surveys."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.logos import read_logo
from widget.storage import images
from widget.storage.engine import writing


def add_logo(session: Session, workspace_id: int, upload: bytes, *, at: datetime) -> str:
    """Keep an uploaded logo; returns its id. Raises LogoRefused."""
    logo = read_logo(upload)
    with writing(session):
        images.add_logo(session, workspace_id, logo, at)
    return logo.id
