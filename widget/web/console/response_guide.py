"""What to do next about one response: its group's guidance, and what can be done right there."""

from dataclasses import dataclass
from uuid import UUID

from widget.domain.guidance import (
    OUR_GUIDANCE,
    OUR_GUIDANCE_FOLLOWED,
    OUR_GUIDANCE_RESOLVED,
    Guidance,
)
from widget.domain.response_filters import Mood, mood_of
from widget.domain.testimonials import why_not_published
from widget.extensions import db
from widget.storage.guidance import guidance_of
from widget.storage.responses import ListedResponse
from widget.web.console.access import seat
from widget.web.console.group_words import guidance_words, one_of_group


@dataclass(frozen=True)
class Guide:
    """`group` is what one of its group is called. `is_testimonial`: the customer has agreed that
    their comment is shown, and somebody decides about it. `follow_up` is one that is open.
    `may_consent`: they have not, and could say so by mail.
    `may_open`: it has none and never had, and its group's answers want one."""

    mood: Mood
    group: str
    text: str
    is_testimonial: bool
    may_consent: bool
    follow_up: UUID | None
    may_open: bool


def group_of(found: ListedResponse) -> Mood:
    """How good a response's main answer is, by what its customer's version calls positive."""
    definition = found.definition
    return mood_of(definition.question.kind, found.response.score, definition.positive_from)


def group_name(found: ListedResponse) -> str:
    """What a response of its group is called, such as “Promoter”."""
    return one_of_group(group_of(found), found.definition.question.kind)


def guide_of(found: ListedResponse, follow_up: UUID | None, *, is_followed: bool) -> Guide:
    """The guide about a response. `follow_up` is one that is open, and `is_followed` says whether
    it has any, resolved ones too."""
    guidance: Guidance = guidance_of(db.session(), seat().workspace_id)
    mood, row = group_of(found), found.response
    is_hidden = row.comment_hidden_at is not None
    could_be_shown = not why_not_published(mood, row.comment, is_hidden=is_hidden)
    ours = OUR_GUIDANCE
    if is_followed:
        ours = OUR_GUIDANCE_FOLLOWED if follow_up else OUR_GUIDANCE_RESOLVED
    return Guide(
        mood,
        group_name(found),
        guidance_words(guidance, mood, ours),
        is_testimonial=could_be_shown and bool(row.may_publish),
        may_consent=could_be_shown and not row.may_publish and not row.is_test,
        follow_up=follow_up,
        may_open=mood == "negative" and not is_followed,
    )
