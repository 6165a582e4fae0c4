"""A score as the public reads it."""

from widget.domain.surveys import Definition
from widget.web.face.speech import Speech


def rating_words(definition: Definition, language: str, company: str, score: int) -> str:
    """The words of a choice, such as `5 stars`; a bare number with what it is out of: `9/10`."""
    scale = definition.question.scale
    name = scale.point(score).name
    if name.isdigit():
        return f"{name}/{scale.scores[-1]}"
    return Speech(definition, language, company).point_name(name)
