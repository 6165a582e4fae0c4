"""What changed between two definitions of a survey, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from widget.domain.looks import FONT_NAMES, Looks
from widget.domain.scales import KIND_NAMES, STYLE_NAMES
from widget.domain.surveys import Definition, Reason


@dataclass(frozen=True)
class DefinitionChange:
    """One difference: what it is about, before and after. "" stands for nothing or built-in."""

    what: str
    old: str
    new: str


def definition_changes(old: Definition, new: Definition) -> list[DefinitionChange]:
    """Every difference between two definitions, in the order the editor shows them."""
    return [
        DefinitionChange(what, before, after)
        for what, before, after in (
            *_texts(old, new),
            *_reasons("Positive reason", old.positive_reasons, new.positive_reasons),
            *_reasons("Negative reason", old.negative_reasons, new.negative_reasons),
            *_steps(old, new),
            *_looks(old.looks, new.looks),
        )
        if before != after
    ]


def _texts(old: Definition, new: Definition) -> Iterator[tuple[str, str, str]]:
    labels = {slot.key: slot.label for definition in (old, new) for slot in definition.slots}
    for key in sorted({*old.texts, *new.texts}):
        before, after = old.texts.get(key, {}), new.texts.get(key, {})
        for language in sorted({*before, *after}):
            label = f"{labels.get(key, key)} ({language})"
            yield label, before.get(language, ""), after.get(language, "")


def _reasons(
    label: str, old: tuple[Reason, ...], new: tuple[Reason, ...]
) -> Iterator[tuple[str, str, str]]:
    before, after = {reason.id: reason for reason in old}, {reason.id: reason for reason in new}
    for id in dict.fromkeys((*before, *after)):
        yield label, _reason(before.get(id)), _reason(after.get(id))
    kept = [id for id in before if id in after]
    if kept != [id for id in after if id in before]:
        yield f"{label}s, in order", _order(old), _order(new)


def _reason(reason: Reason | None) -> str:
    if reason is None:
        return ""
    worded = ", ".join(f"{text} ({language})" for language, text in sorted(reason.texts.items()))
    return worded or reason.builtin


def _order(reasons: tuple[Reason, ...]) -> str:
    return " · ".join(_reason(reason) for reason in reasons)


def _steps(old: Definition, new: Definition) -> Iterator[tuple[str, str, str]]:
    def questions(definition: Definition) -> str:
        return ", ".join(
            f"{KIND_NAMES[question.kind]} ({STYLE_NAMES[question.style].lower()})"
            for question in definition.questions
        )

    yield "Questions", questions(old), questions(new)
    yield "Positive from", str(old.positive_from), str(new.positive_from)
    yield "Asks for reasons", _yes(old.ask_reasons), _yes(new.ask_reasons)
    yield "Asks for a comment", _yes(old.ask_comment), _yes(new.ask_comment)
    yield "Main language", old.main_language, new.main_language
    yield "Languages", ", ".join(old.languages), ", ".join(new.languages)


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


def _logo(image: Any) -> str:
    return f"an image ({image[:8]})" if image else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"
