"""Comments that customers agreed to have published: what becomes of them is decided here."""

from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.decide_testimonial import (
    approve_testimonial,
    move_testimonial,
    refuse_testimonial,
)
from widget.domain.errors import NotAnExcerpt
from widget.domain.testimonials import STANDINGS, Standing
from widget.extensions import db
from widget.storage.testimonials import TestimonialRow, how_many, listed_testimonials
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.speech import Speech

_PAGE = 30


@blueprint.get("/testimonials")
@needs("lead")
def testimonials() -> str:
    """Those of one standing: the waiting ones first of all."""
    return _page(_standing(request.args.get("standing", "")), {})


@blueprint.post("/testimonials/<uuid:response_id>/<any(approve,decline,withdraw):verb>")
@needs("lead")
def testimonial(response_id: UUID, verb: str) -> Response | tuple[str, int]:
    """Approve a comment or the part of it that is left, decline it, or take it from the site."""
    place = {"scope": seat().scope, "user_id": current_user.id, "at": now()}
    session, workspace_id = db.session(), seat().workspace_id
    words = request.form.get("words")
    standing = _standing(request.args.get("standing", ""))
    try:
        if verb == "approve":
            approve_testimonial(session, workspace_id, response_id, words, **place)
            flash(_("Approved. Your site shows it within a minute."))
        elif verb == "decline":
            refuse_testimonial(session, workspace_id, response_id, "declined", **place)
            flash(_("Declined: it is not shown."))
        else:
            refuse_testimonial(session, workspace_id, response_id, "withdrawn", **place)
            flash(_("Withdrawn. Your site stops showing it within a minute."))
    except NotAnExcerpt as error:
        problem = {"id": response_id, "text": str(error), "words": words}
        return _page(standing, problem), 422
    return redirect(url_for("console.testimonials", standing=standing), 303)


@blueprint.post("/testimonials/<uuid:response_id>/move/<any(first,up,down):where>")
@needs("lead")
def testimonial_move(response_id: UUID, where: str) -> Response:
    """Show an approved comment earlier or later."""
    wanted = {"first": "first", "up": "up", "down": "down"}[where]
    move_testimonial(
        db.session(),
        seat().workspace_id,
        response_id,
        wanted,  # type: ignore[arg-type]  # the address takes these only
        scope=seat().scope,
    )
    return redirect(url_for("console.testimonials", standing="approved"), 303)


def _standing(wanted: str) -> Standing:
    return next((known for known in STANDINGS if known == wanted), "waiting")


def _page(standing: Standing, problem: dict[str, object]) -> str:
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else 1
    if page < 1:
        abort(404)
    workspace_id, scope = seat().workspace_id, seat().scope
    rows = listed_testimonials(
        db.session(), workspace_id, standing, scope=scope, limit=_PAGE + 1, skip=(page - 1) * _PAGE
    )
    shown = rows[:_PAGE]
    return render_template(
        "console/testimonials/list.html",
        surveys=list({row.survey_public_id: row.survey_name for row in shown}.items()),
        home=current_app.config["SAYSO_PUBLIC_URL"],
        rows=shown,
        has_more=len(rows) > _PAGE,
        page=page,
        standing=standing,
        counts=how_many(db.session(), workspace_id, scope),
        problem=problem,
        speech=_speech,
    )


def _speech(row: TestimonialRow) -> Speech:
    return Speech(row.definition, row.language, seat().workspace_name)
