"""The editor's forms: each section's fields in, a new definition out. Nothing is stored here."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from werkzeug.datastructures import MultiDict

from widget.domain.languages import normal_tag
from widget.domain.looks import FontName, Scheme
from widget.domain.scales import KINDS, STYLES, Style
from widget.domain.sharing import read_channels
from widget.domain.surveys import (
    Definition,
    Question,
    Reason,
    with_text,
    without_language,
    wordings_in,
)
from widget.storage.ids import new_public_id

Form = MultiDict[str, str]
Reader = Callable[[Form, Definition, str], Definition]

_LINE_BREAKS = re.compile(r"\s*[\r\n]+\s*")
# Nobody types these, PostgreSQL stores no NUL, and the frame marks its slots with two of them.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def read_section(section: str, form: Form, draft: Definition, language: str) -> Definition:
    """The draft with a section's form applied. Raises KeyError for an unknown section.

    What cannot be valid is kept as it was typed, so that checking the definition can say so.
    """
    return SECTIONS[section](form, draft, language)


def _wording(form: Form, draft: Definition, language: str) -> Definition:
    for slot in draft.slots:
        field = f"text.{slot.key}"
        if field in form:
            draft = with_text(draft, slot.key, language, _line(form[field]))
    return draft


def _reasons(form: Form, draft: Definition, language: str) -> Definition:
    return replace(
        draft,
        positive_reasons=_reason_list("positive", form, draft.positive_reasons, language),
        negative_reasons=_reason_list("negative", form, draft.negative_reasons, language),
    )


def _reason_list(
    name: str, form: Form, reasons: tuple[Reason, ...], language: str
) -> tuple[Reason, ...]:
    order = form.getlist(f"order.{name}")
    listed = [
        _reworded(reason, form.get(f"{name}.{reason.id}"), language)
        for reason in sorted(reasons, key=lambda reason: _place(order, reason.id))
    ]
    new = _line(form.get(f"add.{name}", ""))
    if new:
        listed.append(Reason(new_public_id(), {language: new}))
    listed = [reason for reason in listed if form.get("remove") != f"{name}.{reason.id}"]
    moved, _, direction = form.get("move", "").rpartition(".")
    for place, reason in enumerate(listed):
        if moved == f"{name}.{reason.id}":
            target = place + (1 if direction == "down" else -1)
            if 0 <= target < len(listed):
                listed[place], listed[target] = listed[target], listed[place]
            break
    return tuple(listed)


def _place(order: list[str], id: str) -> int:
    """Where the form puts a reason; one that it does not know of stands at the end."""
    return order.index(id) if id in order else len(order)


def _reworded(reason: Reason, text: str | None, language: str) -> Reason:
    if text is None:
        return reason
    texts = {tag: words for tag, words in reason.texts.items() if tag != language}
    if _line(text):
        texts[language] = _line(text)
    return replace(reason, texts=texts)


def _steps(form: Form, draft: Definition, _language: str) -> Definition:
    kind = draft.question.kind
    style = form.get("style", draft.question.style)
    threshold = form.get("positive_from", "")
    extras = [
        Question(extra, _style(form.get(f"extra_style.{extra}"), STYLES[extra]))
        for extra in KINDS
        if extra != kind and f"extra.{extra}" in form
    ]
    return replace(
        draft,
        question=Question(kind, _style(style, STYLES[kind])),
        positive_from=int(threshold) if re.fullmatch("[0-9]{1,3}", threshold) else -1,
        ask_reasons="ask_reasons" in form,
        ask_comment="ask_comment" in form,
        show_member="show_member" in form,
        ask_contact="ask_contact" in form,
        ask_publish="ask_publish" in form,
        extras=tuple(extras),
        ask_reward="ask_reward" in form,
        reward_from=_reward_from(form.get("reward_from", "").strip()),
        rewards=tuple(form.getlist("rewards")[:50]),
    )


def _reward_from(text: str) -> int | None:
    """None where nothing is written; -1, which no scale has, for what is no score."""
    if not text:
        return None
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else -1


def _style(wanted: str | None, offered: tuple[Style, ...]) -> Style:
    return next((style for style in offered if style == wanted), offered[0])


def _languages(form: Form, draft: Definition, _language: str) -> Definition:
    main = form.get("main_language", draft.main_language)
    added = form.get("add_language", "").strip()
    languages = [main, *draft.languages]
    if added:
        languages.append(normal_tag(added) or _line(added))
    draft = replace(draft, main_language=main, languages=tuple(dict.fromkeys(languages)))
    gone = form.get("remove", "")
    # Wording is not thrown away here: that has a page of its own, which asks first.
    return draft if wordings_in(draft, gone) else without_language(draft, gone)


def _looks(form: Form, draft: Definition, _language: str) -> Definition:
    radius = form.get("radius", "")
    accent = (form.get("use_accent") or form.get("accent", "")).strip().lower()
    return replace(
        draft,
        looks=replace(
            draft.looks,
            accent=accent,
            scheme=cast(Scheme, form.get("scheme", draft.looks.scheme)),
            radius=int(radius) if re.fullmatch("[0-9]{1,3}", radius) else -1,
            font=cast(FontName, form.get("font", draft.looks.font)),
            logo=None if "remove_logo" in form else draft.looks.logo,
        ),
    )


def _sharing(form: Form, draft: Definition, _language: str) -> Definition:
    return replace(
        draft,
        share="share" in form,
        share_channels=read_channels(form.getlist("share_channels")),
        share_url=_line(form.get("share_url", "")),
    )


def _line(text: str) -> str:
    return _CONTROLS.sub("", _LINE_BREAKS.sub(" ", text)).strip()


SECTIONS: dict[str, Reader] = {
    "wording": _wording,
    "reasons": _reasons,
    "steps": _steps,
    "languages": _languages,
    "looks": _looks,
    "sharing": _sharing,
}
