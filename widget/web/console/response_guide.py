"""What to do next about one response: its group's guidance, and what can be done right there."""

from dataclasses import dataclass

from widget.domain.guidance import Guidance
from widget.domain.response_filters import Mood, mood_of
from widget.extensions import db
from widget.storage.guidance import guidance_of
from widget.storage.responses import ListedResponse
from widget.web.console.access import seat
from widget.web.console.group_words import guidance_words, one_of_group


@dataclass(frozen=True)
class Guide:
    """`group` is what one of its group is called. `is_testimonial`: the customer has agreed that
    their comment is shown, and somebody decides about it."""

    mood: Mood
    group: str
    text: str
    is_testimonial: bool


def group_of(found: ListedResponse) -> Mood:
    """How good a response's main answer is, by what its customer's version calls positive."""
    definition = found.definition
    return mood_of(definition.question.kind, found.response.score, definition.positive_from)


def guide_of(found: ListedResponse) -> Guide:
    """The guide on a response's page."""
    guidance: Guidance = guidance_of(db.session(), seat().workspace_id)
    mood, row = group_of(found), found.response
    return Guide(
        mood,
        one_of_group(mood, found.definition.question.kind),
        guidance_words(guidance, mood),
        is_testimonial=bool(
            mood == "positive" and row.may_publish and row.comment and not row.comment_hidden_at
        ),
    )
