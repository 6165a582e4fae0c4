"""A customer answers inside the mail itself, where its program shows the AMP part.

Such an answer is judged like one by a link, by what can be seen of it: the program's server sends
it, so its address and name say nothing about the person. A mail is open as long as one likes, so
it counts as opened when the answer comes.
"""

from datetime import datetime

from sqlalchemy import Engine

from widget.actions.receive_answer import Received, receive_answer
from widget.domain.errors import RequestOver
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.responses import ResponseHead
from widget.domain.suspicion import Client
from widget.storage.asked import Asked


def answer_in_mail(
    engine: Engine, asked: Asked, score: int, client: Client, at: datetime
) -> Received:
    """Store the score as the request's response, or change it to that, or set it aside.

    `client` is the mail program's server, or whoever says to be one.

    Raises ScoreOutOfRange, and RequestOver when the request expired, its survey was closed, or its
    answer can no longer be changed.
    """
    question = asked.definition.question
    question.scale.point(score)
    if asked.is_closed or asked.expires_at <= at:
        raise RequestOver("This request can no longer be answered.")
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
    kept = receive_answer(engine, Held(head, answer, opened_at=at), client, act="amp")
    if kept.outcome == "too_late":
        raise RequestOver("This answer can no longer be changed.")
    return kept
