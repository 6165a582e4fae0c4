"""A customer answers inside the mail itself, where its program shows the AMP part.

Nobody but a person in a mail program presses that button: scanners see the other parts, and the
program that posts says from which sender's mail it does.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from widget.actions.give_answer import give_answer_within
from widget.domain.errors import RequestOver
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.storage.asked import Asked
from widget.storage.engine import write_connection
from widget.storage.request_rows import mark_answered


def answer_in_mail(engine: Engine, asked: Asked, score: int, at: datetime) -> None:
    """Store the score as the request's response, or change it to that.

    Raises ScoreOutOfRange, and RequestOver when the request expired, its survey was closed, or its
    answer can no longer be changed.
    """
    question = asked.definition.question
    question.scale.point(score)
    if asked.is_closed or asked.expires_at <= at:
        raise RequestOver("This request can no longer be answered.")
    if asked.answered_at and asked.answered_at + timedelta(days=asked.rules.edit_days) <= at:
        raise RequestOver("This answer can no longer be changed.")
    head = ResponseHead(
        workspace_id=asked.workspace_id,
        id=asked.id,
        survey_id=asked.survey_id,
        version_id=asked.version_id,
        kind=question.kind,
        language=asked.language,
        source="email",
        is_test=asked.is_test,
        context=asked.context,
        member_id=asked.member_id,
        answered_at=at,
    )
    answer = Answer(scores={question.kind: score})
    with write_connection(engine) as connection:
        # Requests are locked before responses, here as everywhere.
        mark_answered(connection, asked.workspace_id, asked.id, at)
        give_answer_within(connection, head, answer, time_zone=asked.time_zone)
