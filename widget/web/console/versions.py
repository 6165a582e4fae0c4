"""A survey's published versions, and what changed between two of them."""

from flask import render_template, request
from flask_babel import gettext as _

from widget.domain.definition_changes import DefinitionChange, definition_changes
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.accounts import user_names
from widget.storage.rewards import catalogue
from widget.storage.survey_editing import numbered_definition, survey_in_editor, version_rows
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.languages import language_name
from widget.web.face.speech import built_in_text


def changes_between(old: Definition, new: Definition) -> list[DefinitionChange]:
    """What differs, with built-in texts quoted and languages named."""
    named = {*old.rewards, *new.rewards}
    known = catalogue(db.session(), seat().workspace_id) if named else ()
    names = {reward.id: reward.name for reward in known}
    return definition_changes(old, new, built_in_text, language_name, names)


@blueprint.get("/surveys/<public_id>/versions")
@needs("edit_surveys")
def versions(public_id: str) -> str:
    """Every published version, and a comparison of two."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    rows = version_rows(db.session(), found.id)
    numbers = {row.number for row in rows}
    newest = max(numbers, default=0)
    asked = {
        "from": request.args.get("from", str(max(newest - 1, 1))),
        "to": request.args.get("to", str(newest)),
    }
    chosen = {name: next((n for n in numbers if str(n) == text), 0) for name, text in asked.items()}
    missing = [text for name, text in asked.items() if rows and not chosen[name]]
    old, new = (
        numbered_definition(db.session(), found.id, number) if number else None
        for number in chosen.values()
    )
    return render_template(
        "console/surveys/versions.html",
        survey=found,
        versions=rows,
        names=user_names(db.session(), {row.published_by for row in rows if row.published_by}),
        first=chosen["from"],
        second=chosen["to"],
        problems=[
            _("There is no version %(number)s of this survey.", number=text[:20])
            for text in dict.fromkeys(missing)
        ],
        changes=changes_between(old, new) if old and new else None,
    )
