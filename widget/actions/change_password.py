"""A new password, which ends every session that the old one began."""

from sqlalchemy.orm import Session

from widget.storage.accounts import set_password
from widget.storage.engine import writing


def change_password(session: Session, email: str, password_hash: str) -> bool:
    """Store a password's hash; False when nobody signs in with this email."""
    with writing(session):
        return set_password(session, email, password_hash)
