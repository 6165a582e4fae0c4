"""Answers from mails that looked like a machine's: shown with their reasons, counted on request."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.restore_answer import restore_answer
from widget.domain.errors import MomentRefused
from widget.domain.moments import read_moment
from widget.domain.suspicion import SUSPICIONS
from widget.extensions import db
from widget.storage.held_answers import SetAside, set_aside_count, set_aside_page
from widget.storage.responses import Place
from widget.storage.rewards import catalogue
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.speech import Speech

PAGE = 50


@blueprint.get("/responses/set-aside")
@needs("edit_surveys")
def responses_set_aside() -> str:
    """What was set aside, newest first."""
    found = set_aside_page(
        db.session(), seat().workspace_id, limit=PAGE + 1, before=_place("before")
    )
    return render_template(
        "console/set_aside.html",
        items=found[:PAGE],
        has_older=len(found) > PAGE,
        sentences={reason: _(known.sentence) for reason, known in SUSPICIONS.items()},
        speech=_speech,
        rewards={one.id: one for one in catalogue(db.session(), seat().workspace_id)},
    )


@blueprint.post("/responses/set-aside/<uuid:held_id>/count")
@needs("edit_surveys")
def responses_set_aside_count(held_id: UUID) -> Response:
    """Count one after all."""
    db.session.rollback()
    restore_answer(db.engine, seat().workspace_id, held_id, user_id=current_user.id, at=now())
    flash(_("Counted. It is among the responses now."))
    return redirect(url_for("console.responses_set_aside"), 303)


@blueprint.app_template_global("waiting_set_aside")
def waiting_set_aside() -> int:
    """How many wait for the signed-in user to look at them; 0 for who may not."""
    if not seat().may("edit_surveys"):
        return 0
    return set_aside_count(db.session(), seat().workspace_id)


def _place(name: str) -> Place | None:
    moment, _underscore, id = request.args.get(name, "").partition("_")
    try:
        return Place(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        # A damaged address shows the first page.
        return None


def _speech(found: SetAside) -> Speech:
    return Speech(found.definition, found.held.head.language, seat().workspace_name)
