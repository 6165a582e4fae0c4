"""What to do next about promoters, passives and detractors, and what replies to them begin with."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_guidance import change_guidance
from widget.domain.errors import GuidanceRefused
from widget.domain.guidance import GROUPS, GUIDANCE_LIMIT, Guidance
from widget.domain.reply_templates import MOST_TEMPLATES, our_templates
from widget.domain.response_filters import Mood
from widget.extensions import db
from widget.storage.guidance import guidance_of
from widget.storage.reply_templates import reply_templates
from widget.storage.shares import sharing_rules
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.group_words import group_words, guidance_words


@blueprint.route("/follow-ups/guidance", methods=["GET", "POST"])
@needs("manage_workspace")
def follow_up_guidance() -> Response | str | tuple[str, int]:
    """Each group with its guidance and its templates; a post changes one group's guidance."""
    if request.method == "GET":
        return _page()
    mood, text = read_mood(request.form.get("mood")), request.form.get("text", "")
    if text.replace("\r\n", "\n").strip() == guidance_words(Guidance(), mood):
        # What nobody changed goes on being ours, so that it follows ours.
        text = ""
    try:
        change_guidance(
            db.session(),
            seat().workspace_id,
            mood,
            text,
            offers_ours="offers_ours" in request.form,
            by=seat().user_id,
            at=now(),
        )
    except GuidanceRefused as error:
        return _page({mood: str(error)}), 422
    flash(_("Saved."))
    return redirect(url_for("console.follow_up_guidance", _anchor=mood), 303)


def read_mood(text: str | None) -> Mood:
    """The group that a form or an address names; aborts when it is none."""
    mood = next((known for known in GROUPS if known == text), None)
    if mood is None:
        abort(422, _("Choose one of the groups."))
    return mood


def _page(problems: dict[Mood, str] | None = None) -> str:
    session, workspace_id = db.session(), seat().workspace_id
    guidance = guidance_of(session, workspace_id)
    own = reply_templates(session, workspace_id)
    has_reviews = bool(sharing_rules(session, workspace_id).offered_reviews)
    wrong = problems or {}
    return render_template(
        "console/follow_ups/guidance.html",
        groups=[
            {
                "mood": mood,
                "words": group_words(mood),
                "text": request.form.get("text", "")
                if mood in wrong
                else guidance_words(guidance, mood),
                "is_ours": mood not in guidance.texts,
                "problem": wrong.get(mood, ""),
                "offers_ours": mood not in guidance.without_ours,
                "own": [one for one in own if one.mood == mood],
                "ours": our_templates(mood, has_reviews=has_reviews),
            }
            for mood in GROUPS
        ],
        limit=GUIDANCE_LIMIT,
        is_full=len(own) >= MOST_TEMPLATES,
        has_reviews=has_reviews,
    )
