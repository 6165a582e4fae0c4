"""Writing again to an address that was not to be written to."""

from sqlalchemy.orm import Session

from widget.domain.mail_addresses import address_digest
from widget.storage import suppressions
from widget.storage.engine import writing


def lift_suppression(session: Session, workspace_id: int, address: str, *, key: str) -> bool:
    """Let a workspace write to an address again; False when nothing of its own stood against it.

    Takes back every reason of the workspace's own. A proven complaint stands for every workspace,
    and no workspace can take it back. `key` is the
    settings' address key.
    """
    with writing(session):
        return suppressions.lift(session, workspace_id, address_digest(key, address))
