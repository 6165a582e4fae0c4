"""What the images table answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.logos import Logo
from widget.storage.models import Image


@dataclass(frozen=True)
class StoredImage:
    media_type: str
    data: bytes


def find_image(session: Session, image_id: str) -> StoredImage | None:
    """An image by its digest; None when there is none. Logos are public by nature."""
    if not image_id.isalnum():
        return None
    image = session.scalar(select(Image).where(Image.id == image_id).limit(1))
    return StoredImage(image.media_type, image.data) if image else None


def add_logo(session: Session, workspace_id: int, logo: Logo, at: datetime) -> None:
    """Keep a workspace's logo or photo; the same picture twice is one row."""
    if session.get(Image, (logo.id, workspace_id)) is None:
        session.add(
            Image(
                id=logo.id,
                workspace_id=workspace_id,
                media_type=logo.media_type,
                width=logo.width,
                height=logo.height,
                data=logo.data,
                created_at=at,
            )
        )
