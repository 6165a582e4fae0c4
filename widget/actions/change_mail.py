"""Changing what a survey's mails say."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import WordingRefused
from widget.domain.mail_wording import MailWording, SurveyMail, with_wording, wording_problems
from widget.storage.engine import writing
from widget.storage.surveys import survey_of


def word_mail(
    session: Session,
    workspace_id: int,
    public_id: str,
    language: str,
    words: MailWording,
    *,
    amp: bool,
    at: datetime,
) -> None:
    """Word a survey's mails in one language; they are sent so from now on.

    Raises UnknownSurvey, and WordingRefused with a sentence for each field that cannot be used.
    """
    problems = wording_problems(words)
    if problems:
        raise WordingRefused(problems)
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        mail = with_wording(SurveyMail.from_json(survey.mail), language, words)
        survey.mail = replace(mail, amp=amp).to_json()
        survey.updated_at = at
