"""The list of surveys, and making one."""

from typing import cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from widget.actions.change_survey import rename_survey, set_closed
from widget.actions.create_survey import create_survey
from widget.domain.scales import Kind, Style
from widget.extensions import db
from widget.storage.survey_editing import survey_in_editor, survey_rows
from widget.translations import LANGUAGES
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

# What can be made, as the form names it: kind and style, words, and when to choose it.
CHOICES = (
    ("stars.stars", "Stars", "One to five stars: how did a person do?"),
    ("csat.faces5", "CSAT, five faces", "How satisfied was the customer with this contact?"),
    ("csat.faces3", "CSAT, three faces", "The same with fewer choices, good for small screens."),
    ("csat.thumbs", "CSAT, thumbs", "“Was this helpful?” Yes or no, good under an article."),
    ("nps.numbers", "NPS", "0 to 10: how likely is the customer to recommend you?"),
    ("ces.numbers", "CES", "1 to 7: how easy was it to get something done?"),
)


class NewSurveyForm(FlaskForm):  # type: ignore[misc]
    choice = RadioField(
        "What to ask",
        [InputRequired("Choose what to ask.")],
        choices=[SelectChoice(key, words) for key, words, _why in CHOICES],
        default="stars.stars",
    )
    name = StringField(
        "Name",
        [InputRequired("Give it a name that your team knows it by."), Length(max=120)],
    )
    language = SelectField(
        "Main language",
        choices=[SelectChoice(tag.code, tag.name) for tag in LANGUAGES.values()],
        default="en",
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Name", [InputRequired("A survey needs a name."), Length(max=120)])


def _languages() -> list[tuple[str, str]]:
    return [(language.code, language.name) for language in LANGUAGES.values()]


@blueprint.get("/surveys")
@needs("read_responses")
def surveys() -> str:
    """Every survey of the workspace."""
    rows = survey_rows(db.session(), seat().workspace_id)
    return render_template("console/surveys/list.html", surveys=rows)


@blueprint.route("/surveys/new", methods=["GET", "POST"])
@needs("edit_surveys")
def new_survey() -> str | Response | tuple[str, int]:
    """Make a survey of a kind; it is published at once with the wording it starts with."""
    form = NewSurveyForm()
    if not form.validate_on_submit():
        page = render_template(
            "console/surveys/new.html", form=form, choices=CHOICES, languages=_languages()
        )
        return (page, 422) if form.is_submitted() else page
    kind, _dot, style = form.choice.data.partition(".")
    public_id = create_survey(
        db.session(),
        seat().workspace_id,
        name=form.name.data.strip(),
        kind=cast(Kind, kind),
        style=cast(Style, style),
        language=form.language.data,
        user_id=current_user.id,
        at=now(),
    )
    flash(_("Published with the wording it starts with. Change it here, or embed it as it is."))
    return redirect(url_for("console.survey", public_id=public_id), 303)


@blueprint.post("/surveys/<public_id>/name")
@needs("edit_surveys")
def rename(public_id: str) -> Response:
    """Change the name that the team sees."""
    survey_in_editor(db.session(), seat().workspace_id, public_id)
    form = NameForm()
    if form.validate_on_submit():
        name = form.name.data.strip()
        rename_survey(db.session(), seat().workspace_id, public_id, name, at=now())
        flash(_("Renamed."))
    else:
        flash(_("A name has 1 to 120 characters."), "error")
    return redirect(url_for("console.survey", public_id=public_id), 303)


@blueprint.route("/surveys/<public_id>/close", methods=["GET", "POST"])
@needs("edit_surveys")
def close_survey(public_id: str) -> str | Response:
    """Ask, then close a survey to new visitors."""
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    if not FlaskForm().validate_on_submit():
        return render_template("console/surveys/close.html", survey=found)
    set_closed(db.session(), seat().workspace_id, public_id, closed=True, at=now())
    flash(_("Closed: nobody can open it any more."))
    return redirect(url_for("console.survey", public_id=public_id), 303)


@blueprint.post("/surveys/<public_id>/open")
@needs("edit_surveys")
def open_survey(public_id: str) -> Response:
    """Open a closed survey again."""
    set_closed(db.session(), seat().workspace_id, public_id, closed=False, at=now())
    flash(_("Open again."))
    return redirect(url_for("console.survey", public_id=public_id), 303)
