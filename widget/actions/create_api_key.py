"""A key for a program."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.roles import KEY_ABILITIES, KeyAbility
from widget.storage.accounts import add_api_key
from widget.storage.engine import writing


def create_api_key(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    user_id: int | None,
    at: datetime,
    is_test: bool = False,
    abilities: frozenset[KeyAbility] = frozenset(KEY_ABILITIES),
) -> str:
    """Make a key and return it; it is not stored and cannot be shown again.

    What is made with a test key is a test: its mails go to the workspace's test address only.
    """
    with writing(session):
        return add_api_key(
            session,
            workspace_id,
            name=name,
            user_id=user_id,
            at=at,
            is_test=is_test,
            abilities=abilities,
        )
