"""What the console calls the three groups of answers, and their guidance."""

from collections.abc import Mapping

from flask_babel import gettext as _

from widget.domain.guidance import (
    ANSWER_WORDS,
    GROUP_WORDS,
    OUR_GUIDANCE,
    PERSON_WORDS,
    Guidance,
)
from widget.domain.response_filters import Mood
from widget.domain.scales import Kind


def group_words(mood: Mood) -> str:
    """All of a group."""
    return str(_(GROUP_WORDS[mood]))


def one_of_group(mood: Mood, kind: Kind) -> str:
    """One answer of a group: only NPS has promoters, passives and detractors."""
    return str(_(PERSON_WORDS[mood] if kind == "nps" else ANSWER_WORDS[mood]))


def guidance_words(guidance: Guidance, mood: Mood, ours: Mapping[Mood, str] = OUR_GUIDANCE) -> str:
    """What to do next: the workspace's text, else ours."""
    return guidance.texts.get(mood) or str(_(ours[mood]))
