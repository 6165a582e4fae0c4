"""Editing a survey's draft, section by section, and publishing it."""

from dataclasses import replace

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from widget.actions.change_survey import save_draft
from widget.actions.publish_survey import publish_survey
from widget.domain import looks as looks_rules
from widget.domain.errors import InvalidDefinition
from widget.domain.flow import COMMENT_LIMIT
from widget.domain.scales import KIND_NAMES, KINDS, STYLE_NAMES, STYLES
from widget.domain.sharing import CHANNEL_NAMES
from widget.domain.surveys import (
    REASONS_LIMIT,
    Definition,
    without_language,
    wordings_in,
)
from widget.extensions import db
from widget.storage.rewards import catalogue
from widget.storage.survey_editing import survey_in_editor
from widget.translations import LANGUAGES, direction
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.editing import Edit, Opened, fields_of, open_section, read_edit
from widget.web.console.languages import has_built_in_words
from widget.web.console.versions import changes_between
from widget.web.face.speech import Speech


@blueprint.route("/surveys/<public_id>", methods=["GET", "POST"])
@needs("edit_surveys")
def survey(public_id: str) -> Response | str:
    """The editor; a POST saves the open section of the draft."""
    opened = open_section(public_id)
    if request.method == "GET":
        return _editor(opened, opened.survey.draft, {})
    edit = read_edit(opened)
    if not edit.problems:
        save_draft(
            db.session(),
            seat().workspace_id,
            public_id,
            edit.change,
            logo=edit.logo,
            at=now(),
        )
    if htmx.wants_partial():
        return _saved(opened, edit)
    if edit.problems:
        return _refused(opened, edit)
    flash(_("Draft saved."))
    language = opened.language
    if language not in edit.draft.languages:
        language = edit.draft.main_language
    return redirect(replace(opened, language=language).address, 303)


@blueprint.post("/surveys/<public_id>/publish")
@needs("edit_surveys")
def publish(public_id: str) -> Response:
    """Make the draft what customers see, with what stands in the editor's form at that moment."""
    opened = open_section(public_id)
    edit = read_edit(opened) if "section" in request.args else None
    if edit and edit.problems:
        return _refused(opened, edit)
    try:
        published = publish_survey(
            db.session(),
            seat().workspace_id,
            public_id,
            change=edit.change if edit else None,
            logo=edit.logo if edit else None,
            user_id=current_user.id,
            at=now(),
        )
    except InvalidDefinition as error:
        flash(str(error), "error")
        return redirect(opened.address, 303)
    if published.is_new:
        flash(_("Published as version %(number)s.", number=published.number))
    else:
        number = published.number
        flash(_("Nothing to publish: version %(number)s is what customers see.", number=number))
    return redirect(opened.address, 303)


@blueprint.route("/surveys/<public_id>/languages/<tag>/remove", methods=["GET", "POST"])
@needs("edit_surveys")
def language_remove(public_id: str, tag: str) -> str | Response:
    """Ask, then throw away a language's wording."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    back = url_for("console.survey", public_id=public_id, section="languages")
    if tag not in found.draft.languages or tag == found.draft.main_language:
        return redirect(back, 303)
    if not FlaskForm().validate_on_submit():
        return render_template(
            "console/surveys/language_remove.html",
            survey=found,
            tag=tag,
            worded=wordings_in(found.draft, tag),
            back=back,
        )
    save_draft(
        db.session(),
        seat().workspace_id,
        public_id,
        lambda draft: without_language(draft, tag),
        at=now(),
    )
    flash(_("Removed from the draft. Customers read it until you publish."))
    return redirect(back, 303)


def _saved(opened: Opened, edit: Edit) -> Response:
    after = survey_in_editor(db.session(), seat().workspace_id, opened.survey.public_id)
    response = make_response(
        render_template(
            "console/surveys/_saved.html",
            survey=after,
            problems=edit.problems,
            fields=fields_of(edit.draft, opened),
            logo_was_kept=bool(edit.logo and not edit.problems),
            **_accents(edit.draft),
            draft=edit.draft,
            section=opened.section,
        ),
        422 if edit.problems else 200,
    )
    if not edit.problems:
        response.headers["HX-Trigger"] = "draft-saved"
    return htmx.vary(response)


def _refused(opened: Opened, edit: Edit) -> Response:
    problems = dict(edit.problems)
    if edit.logo:
        # A browser never fills in a file field for us.
        problems["logo"] = _("Choose the logo again: nothing was saved yet.")
    return make_response(_editor(opened, edit.draft, problems), 422)


def _accents(draft: Definition) -> dict[str, object]:
    """How well the accent can be seen, and an accent that can be when the chosen one cannot."""
    looks = draft.looks
    if not looks_rules.is_hex_colour(looks.accent) or looks.scheme not in looks_rules.SCHEMES:
        return {"contrasts": [], "nearest": None}
    backgrounds: list[looks_rules.Background] = ["light", "dark"]
    seen = [name for name in backgrounds if looks.scheme in ("auto", name)]
    contrasts = []
    for name in seen:
        accent = looks_rules.accent_for(looks, name)
        ratio = looks_rules.accent_contrast(accent, name)
        contrasts.append((name, accent, f"{ratio:.1f}"))
    nearest = looks_rules.nearest_accent(
        looks.accent, looks_rules.required_background(looks.scheme)
    )
    return {"contrasts": contrasts, "nearest": nearest if nearest != looks.accent else None}


def _editor(opened: Opened, draft: Definition, problems: dict[str, str]) -> str:
    found, language = opened.survey, opened.language
    fields = fields_of(draft, opened)
    return render_template(
        f"console/surveys/{opened.section}.html",
        survey=found,
        draft=draft,
        section=opened.section,
        language=language,
        language_direction=direction(language),
        languages=LANGUAGES,
        built_in=has_built_in_words,
        wordings_in=wordings_in,
        problems=problems,
        elsewhere=[text for field, text in problems.items() if field not in fields],
        changes=changes_between(found.published, found.draft) if found.published else [],
        speech=Speech(draft, language, seat().workspace_name),
        looks=looks_rules,
        rewards=catalogue(db.session(), seat().workspace_id) if opened.section == "steps" else (),
        **_accents(draft),
        kinds=KINDS,
        kind_names=KIND_NAMES,
        styles=STYLES,
        style_names=STYLE_NAMES,
        reasons_limit=REASONS_LIMIT,
        comment_limit=COMMENT_LIMIT,
        channel_names=CHANNEL_NAMES,
        opened=opened,
    )
