"""Ending an API key."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage import accounts
from widget.storage.engine import writing


def revoke_api_key(session: Session, workspace_id: int, key_id: int, *, at: datetime) -> bool:
    """End a key at once; False when the workspace has no such live key."""
    with writing(session):
        return accounts.revoke_api_key(session, workspace_id, key_id, at)
