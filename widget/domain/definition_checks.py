"""What keeps a survey from being published, each with a sentence that says what to change."""

from widget.domain import looks as looks_rules
from widget.domain.errors import AddressRefused, InvalidDefinition
from widget.domain.languages import normal_tag
from widget.domain.scales import STYLES
from widget.domain.sharing import check_page_address
from widget.domain.surveys import (
    REASON_TEXT_LIMIT,
    REASONS_LIMIT,
    WORDED_STYLES,
    Definition,
    point_key,
)
from widget.domain.wording import PLACEHOLDERS, placeholders, unknown_placeholders


def check_definition(definition: Definition) -> None:
    """Raises InvalidDefinition with a sentence per field when a definition cannot be published."""
    problems = definition_problems(definition)
    if problems:
        raise InvalidDefinition(problems)


def definition_problems(definition: Definition) -> dict[str, str]:
    """Sentences by field name: `text.<slot>.<language>`, `reason.<id>.<language>`, `accent`, …"""
    problems: dict[str, str] = {}
    _check_questions(definition, problems)
    _check_texts(definition, problems)
    _check_reasons(definition, problems)
    _check_looks(definition, problems)
    _check_sharing(definition, problems)
    return problems


def _check_questions(definition: Definition, problems: dict[str, str]) -> None:
    kinds = [question.kind for question in definition.questions]
    if len(set(kinds)) < len(kinds):
        problems["extras"] = "Each kind of question can be asked once in a survey."
    for question in definition.questions:
        if question.style not in STYLES[question.kind]:
            problems["style"] = f"A {question.kind} question has no style {question.style}."
            return
    scores = definition.question.scale.scores
    if not scores[0] < definition.positive_from <= scores[-1]:
        problems["positive_from"] = (
            f"Positive must begin above {scores[0]} and at {scores[-1]} at the latest."
        )
    elif definition.ask_reward and not (
        definition.positive_from <= definition.rewards_from <= scores[-1]
    ):
        problems["reward_from"] = (
            f"Write a score from {definition.positive_from}, where positive begins, "
            f"to {scores[-1]}; or leave it empty."
        )
    if definition.ask_publish and not definition.ask_comment:
        problems["ask_publish"] = "Without a comment there is nothing to publish: ask for one, too."
    for tag in definition.languages:
        if normal_tag(tag) != tag:
            problems["languages"] = f"“{tag}” is no language tag; write it like “fr” or “fr-CA”."
    if definition.main_language not in definition.languages:
        problems["main_language"] = "The main language must be one of the survey's languages."


def _check_texts(definition: Definition, problems: dict[str, str]) -> None:
    slots = {slot.key: slot for slot in definition.slots}
    for key, by_language in definition.texts.items():
        slot = slots.get(key)
        if slot is None:
            continue
        for language, text in by_language.items():
            field = f"text.{key}.{language}"
            if len(text) > slot.limit:
                problems[field] = f"Please shorten this text to {slot.limit} characters."
            elif sentence := _placeholder_problem(text):
                problems[field] = sentence
            elif key.startswith("point.") and placeholders(text):
                problems[field] = "The words of a choice take no placeholders."
            elif key == "share_text" and "customer" in placeholders(text):
                problems[field] = "Everybody can read this text: it cannot say {customer}."
    _check_choices(definition, problems)


def _check_choices(definition: Definition, problems: dict[str, str]) -> None:
    for question in definition.questions:
        if question.style not in WORDED_STYLES:
            continue
        seen: set[tuple[str, str]] = set()
        for point in question.scale.points:
            key = point_key(question, point.score)
            for language, text in definition.texts.get(key, {}).items():
                if (language, text.casefold()) in seen:
                    problems[f"text.{key}.{language}"] = "Two choices cannot say the same."
                seen.add((language, text.casefold()))


def _placeholder_problem(text: str) -> str | None:
    unknown = unknown_placeholders(text)
    if not unknown:
        return None
    offered = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return f"{{{unknown[0]}}} is no placeholder; you can use {offered}."


def _check_reasons(definition: Definition, problems: dict[str, str]) -> None:
    for name in ("positive_reasons", "negative_reasons"):
        reasons = getattr(definition, name)
        if len(reasons) > REASONS_LIMIT:
            problems[name] = f"A list can hold {REASONS_LIMIT} reasons."
        for reason in reasons:
            if not reason.builtin and not reason.texts.get(definition.main_language):
                problems[f"reason.{reason.id}.{definition.main_language}"] = (
                    "Please word this reason in the main language."
                )
            for language, text in reason.texts.items():
                if len(text) > REASON_TEXT_LIMIT:
                    problems[f"reason.{reason.id}.{language}"] = (
                        f"Please shorten this reason to {REASON_TEXT_LIMIT} characters."
                    )
    ids = [reason.id for reason in (*definition.positive_reasons, *definition.negative_reasons)]
    if len(set(ids)) < len(ids):
        problems["positive_reasons"] = "Two reasons share one id."


def _check_looks(definition: Definition, problems: dict[str, str]) -> None:
    looks = definition.looks
    if looks.scheme not in looks_rules.SCHEMES:
        problems["scheme"] = "Choose light, dark or automatic."
    if looks.font not in looks_rules.FONTS:
        problems["font"] = "Choose one of the fonts."
    if not 0 <= looks.radius <= looks_rules.MAX_RADIUS:
        problems["radius"] = f"The corner radius is 0 to {looks_rules.MAX_RADIUS} pixels."
    if not looks_rules.is_hex_colour(looks.accent):
        problems["accent"] = "Write the accent colour like #5b5bd6."
    elif "scheme" not in problems:
        background = looks_rules.required_background(looks.scheme)
        ratio = looks_rules.accent_contrast(looks.accent, background)
        if ratio < looks_rules.NON_TEXT_CONTRAST:
            nearest = looks_rules.nearest_accent(looks.accent, background)
            problems["accent"] = (
                f"This accent is too faint on the {background} background: its contrast there is "
                f"{ratio:.1f} to 1, and people need 3 to 1. The nearest that works is {nearest}."
            )


def _check_sharing(definition: Definition, problems: dict[str, str]) -> None:
    if definition.share and not definition.share_channels:
        problems["share_channels"] = "Choose at least one way to share, or switch sharing off."
    if not definition.share_url:
        return
    sentence = _placeholder_problem(definition.share_url)
    try:
        check_page_address(definition.share_url)
    except AddressRefused as error:
        sentence = sentence or str(error)
    if sentence:
        problems["share_url"] = sentence
