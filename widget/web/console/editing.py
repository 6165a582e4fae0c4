"""What the editor's form is about and what it says, before anything is stored."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, request, url_for
from werkzeug.datastructures import MultiDict

from widget.domain.definition_checks import definition_problems
from widget.domain.errors import LogoRefused
from widget.domain.languages import normal_tag
from widget.domain.logos import MAX_UPLOAD_BYTES, Logo, read_logo
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.survey_editing import SurveyInEditor, survey_in_editor
from widget.web import htmx
from widget.web.console.access import seat
from widget.web.console.draft_forms import SECTIONS, read_section


@dataclass(frozen=True)
class Opened:
    """A survey in the editor, with one of its sections open in one of its languages."""

    survey: SurveyInEditor
    section: str
    language: str

    @property
    def address(self) -> str:
        return self.url("console.survey")

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of an editor's route that comes back to this section and language."""
        return url_for(
            endpoint,
            public_id=self.survey.public_id,
            section=self.section,
            lang=self.language,
            **values,
        )


@dataclass(frozen=True)
class Edit:
    """What a form changes. `logo` is an uploaded picture that the changed draft shows."""

    change: Callable[[Definition], Definition]
    draft: Definition
    logo: Logo | None
    problems: dict[str, str]


def open_section(public_id: str) -> Opened:
    """What the address names. Raises UnknownSurvey; aborts for a section that there is not."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    section = request.args.get("section", "wording")
    if section not in SECTIONS:
        abort(404, "The editor has no such section.")
    asked = normal_tag(request.args.get("lang", ""))
    language = asked if asked in found.draft.languages else found.draft.main_language
    return Opened(found, section, language)


def read_edit(opened: Opened) -> Edit:
    """The posted form against the draft as it is now."""
    form: MultiDict[str, str] = request.form
    if htmx.wants_partial() and "leaving" not in form:
        # What is typed into an "add" field waits for its button; saving on the way adds nothing.
        form = MultiDict(item for item in form.items(multi=True) if not item[0].startswith("add"))
    logo, problems = _uploaded_logo() if opened.section == "looks" else (None, {})

    def change(draft: Definition) -> Definition:
        draft = read_section(opened.section, form, draft, opened.language)
        return replace(draft, looks=replace(draft.looks, logo=logo.id)) if logo else draft

    draft = change(opened.survey.draft)
    return Edit(change, draft, logo, problems | definition_problems(draft))


def _uploaded_logo() -> tuple[Logo | None, dict[str, str]]:
    """The uploaded logo, if there is one, and why it was refused, if it was."""
    if not request.files.get("logo"):
        return None, {}
    try:
        return read_logo(request.files["logo"].read(MAX_UPLOAD_BYTES + 1)), {}
    except LogoRefused as error:
        return None, {"logo": str(error)}


def fields_of(draft: Definition, opened: Opened) -> list[str]:
    """The fields of the open section that a problem can stand beside."""
    language = opened.language
    if opened.section == "wording":
        return [f"text.{slot.key}.{language}" for slot in draft.slots]
    if opened.section == "reasons":
        reasons = (*draft.positive_reasons, *draft.negative_reasons)
        return ["positive_reasons", "negative_reasons"] + [
            f"reason.{reason.id}.{language}" for reason in reasons
        ]
    return {
        "steps": ["positive_from", "extras", "style", "ask_publish", "reward_from"],
        "languages": ["languages", "main_language"],
        "looks": ["accent", "scheme", "radius", "font", "logo"],
        "sharing": ["share_channels", "share_url"],
    }[opened.section]
