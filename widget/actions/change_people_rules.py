"""What a workspace decides about its members."""

from sqlalchemy.orm import Session

from widget.domain.people_rules import PeopleRules, tidy_rules
from widget.storage import profiles
from widget.storage.engine import writing


def change_people_rules(session: Session, workspace_id: int, rules: PeopleRules) -> None:
    """Change a workspace's rules. Raises PeopleRulesRefused."""
    rules = tidy_rules(rules)
    with writing(session):
        profiles.set_people_rules(session, workspace_id, rules)
