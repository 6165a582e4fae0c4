"""How others read somebody who signs in."""

from sqlalchemy.orm import Session

from widget.storage.engine import writing
from widget.storage.people import set_name


def change_name(session: Session, user_id: int, name: str) -> None:
    """Give a user a name; "" shows their email instead."""
    with writing(session):
        set_name(session, user_id, name)
