"""What changed between two definitions of a survey, in plain words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from widget.domain.looks import FONT_NAMES, Looks
from widget.domain.scales import KIND_NAMES, STYLE_NAMES
from widget.domain.sharing import CHANNEL_NAMES
from widget.domain.surveys import Definition, Reason, Translate

# One of a list of reasons, and all of it.
POSITIVE = ("Area of excellence", "Areas of excellence")
NEGATIVE = ("Area for improvement", "Areas for improvement")

Name = Callable[[str], str]
"""A language tag in, what the reader calls that language out."""


@dataclass(frozen=True)
class DefinitionChange:
    """One difference: what it is about, before and after. "" stands for nothing."""

    what: str
    old: str
    new: str


def definition_changes(
    old: Definition,
    new: Definition,
    translate: Translate,
    name: Name,
    rewards: Mapping[str, str] | None = None,
) -> list[DefinitionChange]:
    """Every difference between two definitions, in the order the editor shows them.

    Where the team words nothing, the built-in text is quoted, as `translate` gives it. `rewards`
    are the names of the workspace's by id.
    """
    return [
        DefinitionChange(what, before, after)
        for what, before, after in (
            *_texts(old, new, translate, name),
            *_reasons(POSITIVE, old.positive_reasons, new.positive_reasons, name),
            *_reasons(NEGATIVE, old.negative_reasons, new.negative_reasons, name),
            *_steps(old, new, name),
            *_rewards(old, new, rewards or {}),
            *_looks(old.looks, new.looks),
            *_sharing(old, new),
        )
        if before != after
    ]


def _texts(
    old: Definition, new: Definition, translate: Translate, name: Name
) -> Iterator[tuple[str, str, str]]:
    labels = {slot.key: slot.label for definition in (old, new) for slot in definition.slots}
    for key, label in labels.items():
        worded = {*old.texts.get(key, {}), *new.texts.get(key, {})}
        for language in sorted(worded):
            before, after = old.texts.get(key, {}), new.texts.get(key, {})
            if before.get(language) != after.get(language):
                yield (
                    f"{label} ({name(language)})",
                    _wording(old, key, language, translate, name),
                    _wording(new, key, language, translate, name),
                )


def _wording(
    definition: Definition, key: str, language: str, translate: Translate, name: Name
) -> str:
    """What stands in a slot, and where it is from unless the team worded it in this language."""
    if key not in {slot.key for slot in definition.slots}:
        return ""
    text = definition.text(key, language, translate)
    by_language = definition.texts.get(key, {})
    if by_language.get(language):
        return text.value
    worded = by_language.get(text.language) == text.value
    return f"{text.value} ({f'as in {name(text.language)}' if worded else 'built-in'})"


def _reasons(
    words: tuple[str, str], old: tuple[Reason, ...], new: tuple[Reason, ...], name: Name
) -> Iterator[tuple[str, str, str]]:
    one, all_of_them = words
    before, after = {reason.id: reason for reason in old}, {reason.id: reason for reason in new}
    for id in dict.fromkeys((*before, *after)):
        yield one, _reason(before.get(id), name), _reason(after.get(id), name)
    kept = [id for id in before if id in after]
    if kept != [id for id in after if id in before]:
        yield f"{all_of_them}, in order", _order(old, name), _order(new, name)


def _reason(reason: Reason | None, name: Name) -> str:
    if reason is None:
        return ""
    worded = ", ".join(f"{text} ({name(tag)})" for tag, text in sorted(reason.texts.items()))
    return worded or reason.builtin


def _order(reasons: tuple[Reason, ...], name: Name) -> str:
    return " · ".join(_reason(reason, name) for reason in reasons)


def _steps(old: Definition, new: Definition, name: Name) -> Iterator[tuple[str, str, str]]:
    def questions(definition: Definition) -> str:
        return ", ".join(
            f"{KIND_NAMES[question.kind]} ({STYLE_NAMES[question.style].lower()})"
            for question in definition.questions
        )

    def languages(definition: Definition) -> str:
        return ", ".join(map(name, definition.languages))

    yield "Questions", questions(old), questions(new)
    yield "Positive from", str(old.positive_from), str(new.positive_from)
    yield "Shows who is rated", _yes(old.show_member), _yes(new.show_member)
    yield "Asks for areas", _yes(old.ask_reasons), _yes(new.ask_reasons)
    yield "Asks for a comment", _yes(old.ask_comment), _yes(new.ask_comment)
    yield "Offers to contact the customer", _yes(old.ask_contact), _yes(new.ask_contact)
    yield "Asks whether to publish", _yes(old.ask_publish), _yes(new.ask_publish)
    yield "Main language", name(old.main_language), name(new.main_language)
    yield "Languages", languages(old), languages(new)


def _rewards(
    old: Definition, new: Definition, names: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    def lowest(definition: Definition) -> str:
        return str(definition.rewards_from) if definition.ask_reward else ""

    def chosen(definition: Definition) -> str:
        return ", ".join(names.get(id, id) for id in definition.rewards) or "all"

    yield "Asks for a reward", _yes(old.ask_reward), _yes(new.ask_reward)
    yield "Reward from", lowest(old), lowest(new)
    yield "Rewards on offer", chosen(old), chosen(new)


def _looks(old: Looks, new: Looks) -> Iterator[tuple[str, str, str]]:
    names = {"accent": "Accent", "scheme": "Light or dark", "radius": "Corner radius"}
    for field in fields(Looks):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name == "logo":
            yield "Logo", _logo(before), _logo(after)
        elif field.name == "font":
            yield "Font", FONT_NAMES[old.font], FONT_NAMES[new.font]
        else:
            yield names[field.name], str(before), str(after)


def _sharing(old: Definition, new: Definition) -> Iterator[tuple[str, str, str]]:
    def channels(definition: Definition) -> str:
        return ", ".join(CHANNEL_NAMES[channel] for channel in definition.share_channels)

    yield "Offers sharing", _yes(old.share), _yes(new.share)
    yield "Ways to share", channels(old), channels(new)
    yield "A shared page leads to", old.share_url, new.share_url


def _logo(image: Any) -> str:
    return f"an image ({image[:8]})" if image else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"
