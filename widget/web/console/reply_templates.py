"""The form of a template for replies, and what else is done with one."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import change_guidance
from widget.domain.errors import ReplyTemplateRefused
from widget.domain.guidance import GROUPS
from widget.domain.reply_templates import (
    NAME_LIMIT,
    OUR_TEMPLATES,
    TEXT_LIMIT,
    VALUE_WORDS,
    VALUES,
    ReplyTemplate,
)
from widget.extensions import db
from widget.storage.reply_templates import reply_template_of
from widget.translations import LANGUAGES, match_language, translate
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.group_words import group_words
from widget.web.console.guidance import read_mood
from widget.web.console.languages import language_name

_TEMPLATES = "/follow-ups/guidance/templates"


@blueprint.route(f"{_TEMPLATES}/new", methods=["GET", "POST"], defaults={"template_id": 0})
@blueprint.route(f"{_TEMPLATES}/<int(max=2147483647):template_id>", methods=["GET", "POST"])
@needs("manage_workspace")
def reply_template(template_id: int) -> Response | str | tuple[str, int]:
    """A template's form; a new one may begin with one of ours."""
    if template_id:
        stored = reply_template_of(db.session(), seat().workspace_id, template_id)
    else:
        stored = _begun()
    if request.method == "GET":
        return _page(stored, {})
    typed = replace(
        stored,
        language=request.form.get("language", ""),
        name=request.form.get("name", ""),
        text=request.form.get("text", ""),
    )
    try:
        change_guidance.save_reply_template(
            db.session(), seat().workspace_id, typed, by=seat().user_id, at=now()
        )
    except ReplyTemplateRefused as error:
        return _page(typed, error.problems), 422
    flash(_("Saved."))
    return redirect(url_for("console.follow_up_guidance", _anchor=typed.mood), 303)


@blueprint.post(
    f"{_TEMPLATES}/<int(max=2147483647):template_id>/<any(earlier, later, remove):verb>"
)
@needs("manage_workspace")
def reply_template_act(template_id: int, verb: str) -> Response:
    """Change a template's place in its group, or remove it."""
    session, workspace_id, by = db.session(), seat().workspace_id, seat().user_id
    mood = reply_template_of(session, workspace_id, template_id).mood
    if verb == "remove":
        change_guidance.remove_reply_template(session, workspace_id, template_id, by=by, at=now())
        flash(_("Removed."))
    else:
        change_guidance.move_reply_template(
            session, workspace_id, template_id, later=verb == "later", by=by, at=now()
        )
    return redirect(url_for("console.follow_up_guidance", _anchor=mood), 303)


def _begun() -> ReplyTemplate:
    """A new template for the group of the address, perhaps with the text of one of ours."""
    mood = read_mood(request.values.get("mood", GROUPS[0]))
    language = match_language([request.args.get("language", "")], LANGUAGES) or ""
    ours = next((one for one in OUR_TEMPLATES if one.key == request.args.get("from")), None)
    if ours is None or mood not in ours.moods:
        return ReplyTemplate(mood, language, "", "")
    language = language or "en"
    return ReplyTemplate(
        mood, language, str(_(ours.name)), ours.text(lambda text: translate(text, language))
    )


def _page(template: ReplyTemplate, problems: dict[str, str]) -> str:
    return render_template(
        "console/follow_ups/reply_template.html",
        template=template,
        group=group_words(template.mood),
        problems=problems,
        values=[(name, _(VALUE_WORDS[name])) for name in VALUES],
        languages=[(code, language_name(code)) for code in LANGUAGES],
        ours=request.args.get("from", "") if not template.id else "",
        name_limit=NAME_LIMIT,
        text_limit=TEXT_LIMIT,
    )
