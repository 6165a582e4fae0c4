"""What a workspace states for its numbers: how many customers it has, and others' scores."""

from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_strata import add_reference, remove_reference, state_strata
from widget.domain.errors import StrataRefused
from widget.domain.strata import (
    ATTRIBUTES,
    MOST_REFERENCES,
    Attribute,
    read_reference,
    read_strata,
    strata_text,
)
from widget.extensions import db
from widget.storage.strata import references_of, strata_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat


@blueprint.route("/workspace/numbers", methods=["GET", "POST"])
@needs("manage_workspace")
def workspace_numbers() -> str | Response | tuple[str, int]:
    """Groups of customers with their sizes, and references."""
    if request.method != "POST":
        return _page({})
    stated: dict[Attribute, dict[str, int]] = {}
    problems: dict[str, str] = {}
    for attribute in ATTRIBUTES:
        try:
            stated[attribute] = read_strata(request.form.get(attribute, ""))
        except StrataRefused as error:
            problems[attribute] = str(error)
    if problems:
        return _page(problems), 422
    state_strata(db.session(), seat().workspace_id, stated)
    flash(_("Saved."))
    return redirect(url_for("console.workspace_numbers"), 303)


@blueprint.post("/workspace/numbers/references")
@needs("manage_workspace")
def workspace_reference_add() -> Response | tuple[str, int]:
    """Another reference."""
    today = now().astimezone(ZoneInfo(seat().time_zone)).date()
    reference, problems = read_reference(request.form, today)
    if not problems:
        try:
            add_reference(db.session(), seat().workspace_id, reference)
        except StrataRefused as error:
            problems["name"] = str(error)
    if problems:
        return _page(problems), 422
    flash(_("Saved."))
    return redirect(url_for("console.workspace_numbers"), 303)


@blueprint.post("/workspace/numbers/references/<int(max=2147483647):reference_id>/remove")
@needs("manage_workspace")
def workspace_reference_remove(reference_id: int) -> Response:
    """A reference is forgotten."""
    remove_reference(db.session(), seat().workspace_id, reference_id)
    flash(_("Removed."))
    return redirect(url_for("console.workspace_numbers"), 303)


def _page(problems: dict[str, str]) -> str:
    stated = strata_of(db.session(), seat().workspace_id)
    typed = {name: strata_text(stated.get(name, {})) for name in ATTRIBUTES}
    return render_template(
        "console/workspace/numbers.html",
        # What was typed and is wrong stays.
        typed={**typed, **request.form.to_dict()},
        references=references_of(db.session(), seat().workspace_id),
        most=MOST_REFERENCES,
        problems=problems,
    )
