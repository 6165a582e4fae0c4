"""What a workspace is called, and which days its days are."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage import accounts, themes
from widget.storage.engine import writing
from widget.storage.redating import redate_some
from widget.storage.subscriptions import reschedule

# So many responses are put on their new days at once; the worker moves the others.
AT_ONCE = 2_000


def change_workspace(
    session: Session, workspace_id: int, *, name: str, time_zone: str, at: datetime
) -> bool:
    """Change a workspace. `time_zone` is a name such as `Europe/Lisbon`.

    In another zone responses stand on other days; returns whether all do already, as those of a
    large workspace are moved by the worker. Mails of subscriptions come by the new zone's clocks.
    """
    with writing(session):
        is_another = accounts.change_workspace(
            session, workspace_id, name=name, time_zone=time_zone, at=at
        )
        reschedule(session, workspace_id, time_zone, at)
        if not is_another:
            return True
        session.flush()
        # What was found of some days may be of others now.
        themes.forget_all_of(session, workspace_id)
        return redate_some(session.connection(), workspace_id, AT_ONCE, at).is_done
