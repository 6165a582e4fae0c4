"""The rules on asking: a survey's own, and its workspace's."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.addresses import email_problem, normal_email
from widget.domain.asking import AskingPolicy, AskingRules, policy_problems, rules_problems
from widget.domain.errors import InvalidAsking
from widget.storage.asking import WorkspaceAsking, put_workspace_asking
from widget.storage.engine import writing
from widget.storage.surveys import survey_of


def change_asking_rules(
    session: Session,
    workspace_id: int,
    public_id: str,
    rules: AskingRules,
    *,
    accepts_unsigned: bool,
    at: datetime,
) -> None:
    """Change a survey's rules; requests that wait are asked them again when they are due.

    Raises UnknownSurvey and InvalidAsking.
    """
    if problems := rules_problems(rules):
        raise InvalidAsking(problems)
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        survey.asking = rules.to_json()
        survey.accepts_unsigned = accepts_unsigned
        survey.updated_at = at


def change_asking_policy(
    session: Session, workspace_id: int, policy: AskingPolicy, *, test_mail_to: str
) -> None:
    """Change a workspace's policy. With an address in `test_mail_to` it is in test mode: every
    mail goes there, and requests made from now on are tests. Raises InvalidAsking."""
    test_mail_to = normal_email(test_mail_to)
    problems = policy_problems(policy)
    if test_mail_to and (wrong := email_problem(test_mail_to)):
        problems["test_mail_to"] = wrong
    if problems:
        raise InvalidAsking(problems)
    with writing(session):
        put_workspace_asking(session, workspace_id, WorkspaceAsking(policy, test_mail_to))
