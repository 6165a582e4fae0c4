"""When a workspace's follow-ups are due."""

from sqlalchemy.orm import Session

from widget.domain.due_dates import DueRules, check_due_rules
from widget.storage.due_rules import set_due_rules
from widget.storage.engine import writing


def change_due_rules(session: Session, workspace_id: int, rules: DueRules) -> None:
    """Change the rules; follow-ups that are open keep their dates. Raises DueRulesRefused."""
    check_due_rules(rules)
    with writing(session):
        set_due_rules(session, workspace_id, rules)
