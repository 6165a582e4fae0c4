"""How good the answer of a stored response is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.response_filters import Mood, mood_of
from widget.storage.surveys import version_definition


def mood_of_response(session: Session, response: Mapping[str, Any]) -> Mood:
    """How good a stored response's main answer is, by what its customer's version calls
    positive."""
    definition = version_definition(session, response["survey_id"], response["version_id"])
    assert definition is not None, "a response has the version that it answered"
    return mood_of(definition.question.kind, response["score"], definition.positive_from)
