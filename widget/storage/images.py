"""What the images table answers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.storage.models import Image


@dataclass(frozen=True)
class StoredImage:
    media_type: str
    data: bytes


def find_image(session: Session, image_id: str) -> StoredImage | None:
    """An image by its digest; None when there is none. Logos are public by nature."""
    image = session.scalar(select(Image).where(Image.id == image_id).limit(1))
    return StoredImage(image.media_type, image.data) if image else None
