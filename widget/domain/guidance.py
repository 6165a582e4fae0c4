"""What a team does next about an answer, by how good it is: a workspace's words, or ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from widget.domain.errors import GuidanceRefused
from widget.domain.response_filters import MOODS, Mood
from widget.domain.wording import without_controls

GUIDANCE_LIMIT = 4_000

# In the order in which people read them: the groups of NPS, best first.
GROUPS: tuple[Mood, ...] = ("positive", "other", "negative")
GROUP_WORDS: dict[Mood, str] = {
    "positive": "Promoters",
    "other": "Passives",
    "negative": "Detractors",
}
# What answers to questions other than NPS are called, which has nothing in between.
ANSWER_WORDS: dict[Mood, str] = {
    "positive": "Positive answer",
    "other": "Neither good nor bad",
    "negative": "Negative answer",
}
PERSON_WORDS: dict[Mood, str] = {
    "positive": "Promoter",
    "other": "Passive",
    "negative": "Detractor",
}

OUR_GUIDANCE: dict[Mood, str] = {
    "positive": "Thank them, and say what you are glad about. Tell whoever they praise.\n"
    "Then ask for one thing at most: whether you may show their words on your site, or whether "
    "they would tell others on a review site. Review sites forbid asking happy customers alone: "
    "ask everybody, or nobody.",
    "other": "They are content and could leave all the same. Ask the one thing that would have "
    "made it better, and nothing else.\n"
    "Note what they say as a tag, so that it is seen how often it comes. When it has changed, "
    "tell them.",
    "negative": "Reply on the day it came, by name, and not with a form letter. Say sorry for what "
    "happened without looking for whose fault it was, and ask what would help.\n"
    "Open a follow-up, so that somebody has it until it is settled. When it is, say what was done, "
    "resolve the follow-up, and ask the customer again.",
}
# The same where there is a follow-up: which needs none opened, and may be settled.
OUR_GUIDANCE_FOLLOWED: dict[Mood, str] = {
    **OUR_GUIDANCE,
    "negative": OUR_GUIDANCE["negative"].partition("\n")[0]
    + "\nThe follow-up is somebody’s until it is settled. When it is, say what was done, resolve "
    "it, and ask the customer again.",
}
OUR_GUIDANCE_RESOLVED: dict[Mood, str] = {
    **OUR_GUIDANCE,
    "negative": "It was followed up and is resolved. There is nothing left to do unless the "
    "customer writes again.",
}


@dataclass(frozen=True)
class Guidance:
    """A workspace's own texts by group; where there is none, ours holds. To the groups of
    `without_ours` only templates for replies are offered that the workspace wrote itself."""

    texts: Mapping[Mood, str] = field(default_factory=dict)
    without_ours: frozenset[Mood] = frozenset()

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Guidance":
        """Guidance as stored; None is ours."""
        if data is None:
            return cls()
        return cls(
            {mood: data["texts"][mood] for mood in MOODS if mood in data["texts"]},
            frozenset(mood for mood in MOODS if mood in data["without_ours"]),
        )

    def to_json(self) -> dict[str, Any]:
        return {"texts": dict(self.texts), "without_ours": sorted(self.without_ours)}

    def with_text(self, mood: Mood, text: str, *, offers_ours: bool) -> "Guidance":
        """The same with another text for a group; an empty one is ours."""
        others = {known: value for known, value in self.texts.items() if known != mood}
        return Guidance(
            others | {mood: text} if text else others,
            self.without_ours - {mood} if offers_ours else self.without_ours | {mood},
        )


def read_guidance(text: str) -> str:
    """A group's text as it is kept; "" for ours. Raises GuidanceRefused for one that is too
    long."""
    read = without_controls(text.replace("\r\n", "\n")).strip()
    if len(read) > GUIDANCE_LIMIT:
        raise GuidanceRefused(f"Guidance may be {GUIDANCE_LIMIT} characters long.")
    return read
