"""When a workspace's follow-ups are due."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.due_dates import DueRules
from widget.storage.models import Workspace


def due_rules(session: Session, workspace_id: int) -> tuple[DueRules, str]:
    """A workspace's rules, and the time zone that its working days are of."""
    row = session.execute(
        select(Workspace.due_rules, Workspace.time_zone).where(Workspace.id == workspace_id)
    ).one()
    return DueRules.from_json(row.due_rules), row.time_zone


def set_due_rules(session: Session, workspace_id: int, rules: DueRules) -> None:
    """Keep a workspace's rules; called inside an action's transaction."""
    session.get_one(Workspace, workspace_id).due_rules = rules.to_json()
