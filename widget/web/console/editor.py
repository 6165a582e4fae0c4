"""Editing a survey's draft, section by section, and publishing it."""

from dataclasses import replace

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from widget.actions.add_logo import add_logo
from widget.actions.change_survey import save_draft
from widget.actions.publish_survey import publish_survey
from widget.domain import looks as looks_rules
from widget.domain.definition_changes import definition_changes
from widget.domain.definition_checks import definition_problems
from widget.domain.errors import InvalidDefinition, LogoRefused
from widget.domain.languages import normal_tag
from widget.domain.logos import MAX_UPLOAD_BYTES
from widget.domain.scales import KIND_NAMES, KINDS, STYLE_NAMES, STYLES
from widget.domain.surveys import REASONS_LIMIT, Definition
from widget.extensions import db
from widget.storage.accounts import user_names
from widget.storage.survey_editing import (
    SurveyInEditor,
    numbered_definition,
    survey_in_editor,
    version_rows,
)
from widget.translations import LANGUAGES
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.draft_forms import SECTIONS, read_section
from widget.web.face.speech import Speech


@blueprint.route("/surveys/<public_id>", methods=["GET", "POST"])
@needs("edit_surveys")
def survey(public_id: str) -> Response | str:
    """The editor; a POST saves the open section of the draft."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    section = request.args.get("section", "wording")
    if section not in SECTIONS:
        abort(404)
    language = _language(found.draft)
    if request.method == "GET":
        return _editor(found, found.draft, section, language, {})
    form: MultiDict[str, str] = request.form
    if htmx.wants_partial():
        # What is typed into an "add" field waits for its button; saving on the way adds nothing.
        form = MultiDict(item for item in form.items(multi=True) if not item[0].startswith("add"))
    logo, problems = _uploaded_logo() if section == "looks" else (None, {})

    def change(draft: Definition) -> Definition:
        draft = read_section(section, form, draft, language)
        return replace(draft, looks=replace(draft.looks, logo=logo)) if logo else draft

    draft = change(found.draft)
    problems |= definition_problems(draft)
    if not problems:
        save_draft(db.session(), seat().workspace_id, public_id, change, at=now())
    if htmx.wants_partial():
        return _saved(draft, section, language, problems)
    if problems:
        return make_response(_editor(found, draft, section, language, problems), 422)
    flash(_("Saved in the draft."))
    if language not in draft.languages:
        language = draft.main_language
    return redirect(_address(public_id, section, language), 303)


@blueprint.post("/surveys/<public_id>/publish")
@needs("edit_surveys")
def publish(public_id: str) -> Response:
    """Make the draft what customers see."""
    try:
        number = publish_survey(
            db.session(), seat().workspace_id, public_id, user_id=current_user.id, at=now()
        )
        flash(_("Published as version %(number)s.", number=number))
    except InvalidDefinition as error:
        flash(str(error), "error")
    return redirect(url_for("console.survey", public_id=public_id), 303)


@blueprint.get("/surveys/<public_id>/versions")
@needs("edit_surveys")
def versions(public_id: str) -> str:
    """Every published version, and what changed between two of them."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    rows = version_rows(db.session(), found.id)
    newest = rows[0].number if rows else 0
    first = request.args.get("from", max(newest - 1, 1), type=int)
    second = request.args.get("to", newest, type=int)
    old = numbered_definition(db.session(), found.id, first)
    new = numbered_definition(db.session(), found.id, second)
    return render_template(
        "console/surveys/versions.html",
        survey=found,
        versions=rows,
        names=user_names(db.session(), {row.published_by for row in rows if row.published_by}),
        first=first,
        second=second,
        changes=definition_changes(old, new) if old and new else None,
    )


def _language(draft: Definition) -> str:
    asked = normal_tag(request.args.get("lang", ""))
    return asked if asked in draft.languages else draft.main_language


def _address(public_id: str, section: str, language: str) -> str:
    return url_for("console.survey", public_id=public_id, section=section, lang=language)


def _uploaded_logo() -> tuple[str | None, dict[str, str]]:
    """The id of the uploaded logo, if there is one, and why it was refused, if it was."""
    if not request.files.get("logo"):
        return None, {}
    upload = request.files["logo"].read(MAX_UPLOAD_BYTES + 1)
    try:
        return add_logo(db.session(), seat().workspace_id, upload, at=now()), {}
    except LogoRefused as error:
        return None, {"logo": str(error)}


def _fields(draft: Definition, section: str, language: str) -> list[str]:
    """The fields of a section that a problem can stand beside."""
    if section == "wording":
        return [f"text.{slot.key}.{language}" for slot in draft.slots]
    if section == "reasons":
        reasons = (*draft.positive_reasons, *draft.negative_reasons)
        return ["positive_reasons", "negative_reasons"] + [
            f"reason.{reason.id}.{language}" for reason in reasons
        ]
    return {
        "steps": ["positive_from", "extras", "style"],
        "languages": ["languages", "main_language"],
        "looks": ["accent", "scheme", "radius", "font", "logo"],
    }[section]


def _saved(draft: Definition, section: str, language: str, problems: dict[str, str]) -> Response:
    response = make_response(
        render_template(
            "console/surveys/_saved.html",
            problems=problems,
            fields=_fields(draft, section, language),
            nearest=_nearest(draft),
        ),
        422 if problems else 200,
    )
    if not problems:
        response.headers["HX-Trigger"] = "draft-saved"
    return htmx.vary(response)


def _nearest(draft: Definition) -> str | None:
    """An accent that can be seen, when the chosen one cannot."""
    looks = draft.looks
    if not looks_rules.is_hex_colour(looks.accent) or looks.scheme not in looks_rules.SCHEMES:
        return None
    nearest = looks_rules.nearest_accent(looks.accent, looks.scheme)
    return nearest if nearest != looks.accent else None


def _editor(
    found: SurveyInEditor,
    draft: Definition,
    section: str,
    language: str,
    problems: dict[str, str],
) -> str:
    fields = _fields(draft, section, language)
    changes = definition_changes(found.published, found.draft) if found.published else []
    return render_template(
        f"console/surveys/{section}.html",
        survey=found,
        draft=draft,
        section=section,
        language=language,
        languages=LANGUAGES,
        problems=problems,
        elsewhere=[text for field, text in problems.items() if field not in fields],
        changes=changes,
        speech=Speech(draft, language, seat().workspace_name),
        looks=looks_rules,
        nearest=_nearest(draft),
        kinds=KINDS,
        kind_names=KIND_NAMES,
        styles=STYLES,
        style_names=STYLE_NAMES,
        reasons_limit=REASONS_LIMIT,
        address=_address(found.public_id, section, language),
    )
