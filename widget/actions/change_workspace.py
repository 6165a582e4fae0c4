"""What a workspace is called, and which days its days are."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage import accounts
from widget.storage.engine import writing
from widget.storage.subscriptions import reschedule


def change_workspace(
    session: Session, workspace_id: int, *, name: str, time_zone: str, at: datetime
) -> None:
    """Change a workspace. `time_zone` is a name such as `Europe/Lisbon`.

    Responses already counted stay on the day they were counted on. Mails of subscriptions come by
    the new zone's clocks.
    """
    with writing(session):
        accounts.change_workspace(session, workspace_id, name=name, time_zone=time_zone)
        reschedule(session, workspace_id, time_zone, at)
