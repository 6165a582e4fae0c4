"""What a workspace decides about its members."""

from dataclasses import replace

from sqlalchemy.orm import Session

from widget.domain.people_rules import PeopleRules, tidy_questions
from widget.storage import profiles
from widget.storage.engine import writing


def change_people_rules(session: Session, workspace_id: int, rules: PeopleRules) -> None:
    """Change a workspace's rules. Raises QuestionsRefused."""
    questions = tidy_questions(rules.profile_questions)
    with writing(session):
        profiles.set_people_rules(
            session, workspace_id, replace(rules, profile_questions=questions)
        )
