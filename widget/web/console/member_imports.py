"""Members from a file: upload, look at what each row will do, apply."""

from collections import Counter
from uuid import UUID

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.import_members import (
    apply_members,
    discard_members,
    preview_members,
    upload_members,
)
from widget.domain.addresses import shown
from widget.domain.csv_files import write_lines
from widget.domain.errors import FileRefused, TeamsCannotNest
from widget.domain.formulas import defused
from widget.domain.member_files import COLUMNS, MOST_ROWS, NOTHING, TEMPLATE
from widget.domain.member_plans import OUTCOMES, Outcome
from widget.domain.request_files import MOST_BYTES
from widget.extensions import db
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

PAGE = 100


@blueprint.before_app_request
def _let_files_of_members_in() -> None:
    # As for files of requests: a file that is a little too large is told so in words.
    if request.endpoint == "console.members_import":
        request.max_content_length = 2 * MOST_BYTES


@blueprint.route("/members/import", methods=["GET", "POST"])
@needs("edit_surveys")
def members_import() -> Response | str | tuple[str, int]:
    """The form for a file."""
    problem = ""
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            kept = upload_members(
                db.session(),
                seat().workspace_id,
                file_name=shown(upload.filename or "", 200) if upload else "",
                content=upload.read(MOST_BYTES + 1) if upload else b"",
                makes_teams="makes_teams" in request.form and seat().may("manage_workspace"),
                user_id=current_user.id,
                at=now(),
            )
        except FileRefused as error:
            problem = str(error)
        else:
            return redirect(url_for("console.members_import_preview", member_import_id=kept), 303)
    page = render_template(
        "console/members/import.html",
        problem=problem,
        makes_teams="makes_teams" in request.form,
        may_make_teams=seat().may("manage_workspace"),
        columns=COLUMNS,
        most_rows=MOST_ROWS,
        nothing=NOTHING,
    )
    return (page, 422) if problem else page


@blueprint.get("/members/import/template.csv")
@needs("edit_surveys")
def members_import_template() -> FlaskResponse:
    """A file to begin with: headers, and a row that shows what goes where."""
    response = FlaskResponse(write_lines(TEMPLATE), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="members.csv"'
    return response


@blueprint.get("/members/import/<uuid:member_import_id>")
@needs("edit_surveys")
def members_import_preview(member_import_id: UUID) -> str:
    """What each row of a file will do."""
    try:
        preview = preview_members(db.session(), seat().workspace_id, member_import_id)
    except FileRefused as error:
        abort(404, str(error))
    only = request.args.get("only", "")
    rows = [row for row in preview.rows if only in ("", row.outcome)]
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_ROWS)
    first = (number - 1) * PAGE
    counted = Counter(row.outcome for row in preview.rows)
    return render_template(
        "console/members/preview.html",
        import_id=member_import_id,
        preview=preview,
        outcomes=[(one, _words(one), counted[one]) for one in OUTCOMES if counted[one]],
        words=_words,
        field_words=_field_words(),
        does_something=any(counted[one] for one in OUTCOMES if one not in ("same", "wrong")),
        only=only,
        rows=rows[first : first + PAGE],
        total=len(rows),
        first=first + 1,
        page=number,
        has_more=first + PAGE < len(rows),
        defused=defused,
    )


@blueprint.post("/members/import/<uuid:member_import_id>/<any(apply,discard):verb>")
@needs("edit_surveys")
def members_import_apply_or_discard(member_import_id: UUID, verb: str) -> Response:
    """Do what a file says, or throw it away."""
    try:
        if verb == "discard":
            discard_members(db.session(), seat().workspace_id, member_import_id)
            flash(_("Thrown away; nothing has changed."))
            return redirect(url_for("console.members"), 303)
        done = apply_members(db.session(), seat().workspace_id, member_import_id, at=now())
    except FileRefused as error:
        abort(404, str(error))
    except TeamsCannotNest as error:
        flash(str(error), "error")
        return redirect(url_for("console.members_import"), 303)
    flash(
        _(
            "Done: %(what)s.",
            what=", ".join(f"{_words(one)} {done[one]}" for one in OUTCOMES if done[one]),
        )
    )
    return redirect(url_for("console.members"), 303)


def _field_words() -> dict[str, str]:
    return {
        "name": _("Name"),
        "email": _("Email"),
        "employee_id": _("Employee id"),
        "title": _("Title"),
        "bio": _("About them"),
        "team": _("Team"),
        "tags": _("Tags"),
        "languages": _("Languages"),
        "active": _("Active"),
    }


def _words(outcome: Outcome) -> str:
    words: dict[Outcome, str] = {
        "create": _("Added"),
        "change": _("Changed"),
        "archive": _("Archived"),
        "bring_back": _("Brought back"),
        "same": _("As it is"),
        "wrong": _("Not used"),
    }
    return words[outcome]
