"""Templates of replies to customers: a workspace's own, and ours to begin with.

Wording is data: names in braces are replaced from a list, once, and nothing is evaluated.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from widget.domain.errors import ReplyTemplateRefused
from widget.domain.languages import normal_tag
from widget.domain.response_filters import MOODS, Mood
from widget.domain.wording import without_controls

Value = Literal["customer", "member", "company", "survey", "goal", "reviews", "me"]
VALUES: tuple[Value, ...] = get_args(Value)
VALUE_WORDS: dict[Value, str] = {
    "customer": "the customer’s name",
    "member": "the name of the member whom the answer is about",
    "company": "the workspace’s name",
    "survey": "the survey’s name",
    "goal": "the score from which answers count as positive, such as 9",
    "reviews": "where anybody may review you: the review sites that every customer is offered",
    "me": "your own name",
}

NAME_LIMIT = 80
TEXT_LIMIT = 5_000
MOST_TEMPLATES = 200

_NAMED = re.compile(r"\{([^{}\n]*)\}")
_SPACIOUS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class ReplyTemplate:
    """A workspace's template for replies to one group. `language` is a tag, "" for any; `id` is 0
    while it is not stored."""

    mood: Mood
    language: str
    name: str
    text: str
    id: int = 0


@dataclass(frozen=True)
class OurTemplate:
    """One of ours, in English. `paragraphs` are built-in texts, and so are known in ten languages;
    `key` names it in addresses. `asks_favour`: the customer is asked to do something for the team,
    which whoever wants no requests is not.
    """

    key: str
    moods: tuple[Mood, ...]
    name: str
    paragraphs: tuple[str, ...]
    asks_favour: bool = False

    def text(self, translate: Callable[[str], str]) -> str:
        """The whole template in a language."""
        body = (translate(one) for one in ("Hello {customer},", *self.paragraphs))
        return "\n\n".join((*body, f"{translate('Kind regards')}\n{{me}}, {{company}}"))


OUR_TEMPLATES = (
    OurTemplate(
        "testimonial",
        ("positive",),
        "Ask whether their words may be shown",
        (
            "Thank you for your kind answer. It is good to know what we did well.",
            "May we show a few words of yours on our website, with your first name? "
            "A yes, or a sentence, in reply to this mail is enough.",
        ),
        asks_favour=True,
    ),
    OurTemplate(
        "one-thing",
        ("other",),
        "Ask the one thing",
        (
            "Thank you for your answer.",
            "What is the one thing that would have made it a {goal}? "
            "A line in reply to this mail is enough; I read every one.",
        ),
    ),
    OurTemplate(
        "sorry",
        ("negative",),
        "Say sorry and ask what would help",
        (
            "Thank you for telling us. I am sorry that we did not do better.",
            "I would like to put this right. What would help you most? "
            "Simply reply to this mail, or tell me when I may call you.",
        ),
    ),
    OurTemplate(
        "done",
        ("negative",),
        "Say what was done",
        (
            "You told us what went wrong. This is what we have done about it:",
            "…",
            "Is it all right for you now? If not, please reply to this mail.",
        ),
    ),
    # To every group alike: review sites forbid asking happy customers alone.
    OurTemplate(
        "reviews",
        MOODS,
        "Say where anybody may review you",
        (
            "Thank you for your answer.",
            "If you would like to tell others how we did, good or bad, you can do so here:",
            "{reviews}",
        ),
        asks_favour=True,
    ),
)


def our_templates(
    mood: Mood, *, has_reviews: bool, has_agreed: bool = False, wants_no_requests: bool = False
) -> tuple[OurTemplate, ...]:
    """Ours for a group. The one that names review sites is left out where there are none, the one
    that asks for a testimonial where the customer has agreed already, and for whoever unsubscribed
    those that ask a favour."""
    left_out = {"reviews": not has_reviews, "testimonial": has_agreed}
    return tuple(
        one
        for one in OUR_TEMPLATES
        if mood in one.moods
        and not left_out.get(one.key)
        and not (wants_no_requests and one.asks_favour)
    )


def filled_template(text: str, values: Mapping[Value, str]) -> str:
    """A template with each `{name}` of the list replaced by its value, "" where there is none.

    Values are not searched for names again; other names in braces stay as they are written.
    """

    def value(match: re.Match[str]) -> str:
        known = next((name for name in VALUES if name == match[1]), None)
        return match[0] if known is None else without_controls(values.get(known, ""))

    return _SPACIOUS.sub("\n\n", _NAMED.sub(value, text)).strip()


def with_template(typed: str, template: str, unchanged: Mapping[str, str]) -> str:
    """What a reply says once a filled template was chosen for it.

    What somebody typed stays, above the template; only what is itself a template of `unchanged`, by
    whatever key, gives way to it.
    """
    written = _plain(typed)
    if not written or written in {_plain(one) for one in unchanged.values()}:
        return template
    return f"{written}\n\n{template}"


def read_template(template: ReplyTemplate) -> ReplyTemplate:
    """A template as it is kept. Raises ReplyTemplateRefused with a sentence by field."""
    name, text = " ".join(without_controls(template.name).split()), _plain(template.text)
    language = normal_tag(template.language) if template.language.strip() else ""
    problems: dict[str, str] = {}
    if not name or len(name) > NAME_LIMIT:
        problems["name"] = f"Write a name of 1 to {NAME_LIMIT} characters."
    if language is None:
        problems["language"] = "Write a language tag such as de or pt-BR, or nothing."
    if not text or len(text) > TEXT_LIMIT:
        problems["text"] = f"Write a text of 1 to {TEXT_LIMIT} characters."
    elif unknown := [one for one in _NAMED.findall(text) if one not in VALUES]:
        names = ", ".join(f"{{{one}}}" for one in dict.fromkeys(unknown))
        problems["text"] = f"Nothing is known that could be filled in for {names}."
    if problems or language is None:
        raise ReplyTemplateRefused(problems)
    return ReplyTemplate(template.mood, language, name, text, template.id)


def _plain(text: str) -> str:
    return without_controls(text.replace("\r\n", "\n")).strip()
