"""Everything a frame says, in one visitor's language, ready for a template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from widget.domain import wording
from widget.domain.languages import normal_tag
from widget.domain.rewards import Reward
from widget.domain.surveys import Definition, Reason, Text, TextSlot, builtin_text
from widget.translations import LANGUAGES, direction, match_language, translate


def choose_language(wanted: Sequence[str], worded: Sequence[str], main: str) -> str:
    """The language to speak: the visitor's first that the team or Sayso has words for.

    `wanted` are the visitor's tags, dearest first; `worded` the team's; `main` the last resort.
    """
    tags = [tag for tag in map(normal_tag, wanted) if tag]
    return match_language(tags, list(dict.fromkeys((*worded, *LANGUAGES)))) or main


@dataclass(frozen=True)
class Speech:
    """The words of one survey in one language. Placeholders come out as slots to be filled."""

    definition: Definition
    language: str
    company: str

    @property
    def direction(self) -> str:
        return direction(self.language)

    def say(self, builtin: str, **values: object) -> str:
        """A built-in text in the page's language, `{values}` filled in."""
        text = self._builtin(builtin).value
        return text.format(**values) if values else text

    def text(self, key: str) -> Markup:
        """A text the team may word, with its own `lang` where it had to fall back."""
        return self._marked(self.definition.text(key, self.language, built_in_text))

    def plain(self, key: str) -> str:
        """The same without markup, placeholders left as they stand."""
        return wording.without_controls(
            self.definition.text(key, self.language, built_in_text).value
        )

    def built_in(self, slot: TextSlot) -> str:
        """What a slot says while the team leaves it empty in this language."""
        empty = replace(
            self.definition,
            texts={
                key: {tag: text for tag, text in words.items() if tag != self.language}
                for key, words in self.definition.texts.items()
            },
        )
        return empty.text(slot.key, self.language, built_in_text).value

    def sentence(self, key: str, member: str, customer: str) -> str:
        """A text as one visitor read it, placeholders filled in."""
        known = {**self.fallbacks()}
        known["member"] = member or known["member"]
        known["customer"] = customer or known["customer"]
        return wording.fill(self.plain(key), known)

    def reason(self, reason: Reason) -> Markup:
        return self._marked(self.definition.reason_text(reason, self.language, built_in_text))

    def reward(self, reward: Reward) -> Markup:
        return self._marked(self.definition.reward_text(reward, self.language, built_in_text))

    def point_name(self, name: str) -> str:
        """The accessible name of a point: a number as it is, a word as the team says it, else
        translated."""
        if name.isdigit():
            return name
        for slot in self.definition.slots:
            if slot.key.startswith("point.") and slot.builtin == name:
                return self.plain(slot.key)
        return self.say(name)

    def fallbacks(self) -> dict[wording.PlaceholderName, str]:
        """What stands for each placeholder when the page does not say."""
        return {
            "member": self.plain("member_fallback"),
            "customer": self.plain("customer_fallback"),
            "company": self.company or self.plain("company_fallback"),
        }

    def _builtin(self, builtin: str) -> Text:
        return builtin_text(builtin, self.language, self.definition.main_language, built_in_text)

    def _marked(self, text: Text) -> Markup:
        parts = (
            slot(part.name) if isinstance(part, wording.Placeholder) else escape(part)
            for part in wording.parse(wording.without_controls(text.value))
        )
        content = Markup("").join(parts)
        if text.language == self.language or _same_base(text.language, self.language):
            return content
        return Markup('<span lang="{}" dir="{}">{}</span>').format(
            text.language, direction(text.language), content
        )


def _same_base(one: str, other: str) -> bool:
    return one.split("-")[0] == other.split("-")[0]


def built_in_text(text: str, language: str) -> str | None:
    """A built-in English text in a language; None in one that has no built-in words."""
    return translate(text, language) if language.split("-")[0] in LANGUAGES else None


SLOTS = (*wording.PLACEHOLDERS, "token", "theme", "person", "known", "sharing")
"""Every name that a slot may have."""


def slot(name: str) -> Markup:
    """A mark in rendered HTML where a value goes for each visitor.

    No text can contain it: texts are rendered without control characters.
    """
    return Markup(f"\x02{name}\x03")  # noqa: S704 - names are our own identifiers
