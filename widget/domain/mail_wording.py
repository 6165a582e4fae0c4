"""What a survey's mails say: worded by the team, built in where it worded nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args

from widget.domain import wording
from widget.domain.languages import fallbacks

Field = Literal[
    "subject", "preheader", "greeting", "intro", "button", "closing", "sender_name", "reply_to"
]
FIELDS: tuple[Field, ...] = get_args(Field)

# What each field may hold, in characters.
LIMITS: dict[Field, int] = {
    "subject": 150,
    "preheader": 150,
    "greeting": 120,
    "intro": 2000,
    "button": 60,
    "closing": 1000,
    "sender_name": 80,
    "reply_to": 254,
}
# Fields that become headers, where a line break would begin another header.
HEADER_FIELDS: tuple[Field, ...] = ("subject", "preheader", "sender_name", "reply_to")

# What a mail asks about: something that the customer was in touch about, or all that they have
# to do with the company, as campaigns ask.
Occasion = Literal["interaction", "relationship"]

Translate = Callable[[str, str], str]
"""A built-in English text and a language tag in, that text in that language out."""

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"^[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\xa0]{1,64}@[^\s@<>()\[\],;:\\\"]+$")


@dataclass(frozen=True)
class MailWording:
    """The words of a mail in one language; "" stands for what is built in."""

    subject: str = ""
    preheader: str = ""
    greeting: str = ""
    intro: str = ""
    button: str = ""
    closing: str = ""
    sender_name: str = ""
    reply_to: str = ""


_OF_INTERACTIONS = MailWording(
    subject="Your feedback for {company}",
    preheader="It takes a few seconds.",
    greeting="Hello {customer},",
    intro="You were recently in touch with {member}. One click tells us how it went.",
    button="Open the survey",
    closing="Thank you for your time.",
    sender_name="{company}",
)
_BUILT_IN: Mapping[Occasion, MailWording] = {
    "interaction": _OF_INTERACTIONS,
    "relationship": replace(
        _OF_INTERACTIONS,
        intro=(
            "You are a customer of {company}, and your opinion matters to us. One click is enough."
        ),
    ),
}
# Why a customer is mailed, as the last lines of a mail say.
WHY_MAILED: Mapping[Occasion, str] = {
    "interaction": "You receive this mail because you were in touch with {company}.",
    "relationship": "You receive this mail because you are a customer of {company}.",
}


def built_in(occasion: Occasion) -> MailWording:
    """What mails say where the team worded nothing."""
    return _BUILT_IN[occasion]


@dataclass(frozen=True)
class SurveyMail:
    """A survey's mails: `texts` by language tag, and whether they carry a part for AMP."""

    texts: Mapping[str, MailWording] = field(default_factory=dict)
    amp: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "SurveyMail":
        """As stored; what is not there is built in."""
        found = data or {}
        names = {item.name for item in fields(MailWording)}
        texts = {
            language: MailWording(**{key: text for key, text in words.items() if key in names})
            for language, words in found.get("texts", {}).items()
        }
        return cls(texts, bool(found.get("amp", False)))

    def to_json(self) -> dict[str, Any]:
        texts = {
            language: {key: text for key, text in asdict(words).items() if text}
            for language, words in self.texts.items()
        }
        return {"texts": {key: words for key, words in texts.items() if words}, "amp": self.amp}

    def worded(
        self,
        language: str,
        main: str,
        translate: Translate,
        occasion: Occasion = "interaction",
    ) -> MailWording:
        """Every field for a mail in `language`: the team's words, else the built-in ones.

        The sender's name and the address for replies are hardly ever worded per language, so they
        fall back to the survey's main language; running text does not, for half a mail in another
        language reads worse than our own words.
        """
        ours: Mapping[str, str] = asdict(built_in(occasion))

        def text(name: Field) -> str:
            words = self._text(name, language, main)
            return words or (translate(ours[name], language) if ours[name] else "")

        return MailWording(**{name: text(name) for name in FIELDS})

    def _text(self, name: Field, language: str, main: str) -> str:
        tags = fallbacks(language)
        if name in ("sender_name", "reply_to"):
            tags = [*tags, *fallbacks(main)]
        for tag in tags:
            text: str = getattr(self.texts.get(tag, MailWording()), name)
            if text:
                return text
        return ""


def with_wording(mail: SurveyMail, language: str, words: MailWording) -> SurveyMail:
    """The mails with one language's words replaced."""
    return replace(mail, texts={**mail.texts, language: words})


def wording_problems(words: MailWording) -> dict[str, str]:
    """What cannot be used, by field, each as a sentence; empty when all is well."""
    problems: dict[str, str] = {}
    for name in FIELDS:
        text: str = getattr(words, name)
        if len(text) > LIMITS[name]:
            problems[name] = f"This has at most {LIMITS[name]} characters."
        elif name in HEADER_FIELDS and _BREAKS.search(text):
            problems[name] = "This must stay on one line."
        elif name == "reply_to" and text and not is_address(text):
            problems[name] = "This is no email address."
        else:
            unknown = wording.unknown_placeholders(text)
            if unknown:
                problems[name] = f"Nothing replaces {{{unknown[0]}}}."
    return problems


def is_address(text: str) -> bool:
    """Whether a text may stand as one mail address in a header or an envelope."""
    return len(text) <= 254 and _ADDRESS.match(text) is not None


def one_line(text: str, limit: int = 250) -> str:
    """A text fit for a header: breaks and control characters become a space; cut to a length."""
    return " ".join(_BREAKS.sub(" ", text).split())[:limit]


def without_controls(text: str) -> str:
    """A text fit for a body: line breaks stay, other control characters go."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
