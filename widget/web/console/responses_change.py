"""Changing many responses at once: those that are ticked, or all that fit the filter."""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from widget.actions.change_responses import Outcome, change_responses
from widget.actions.tag_response import set_tag
from widget.domain.bulk_changes import ACTS, MOST, BulkChange, read_change
from widget.domain.errors import ChangeRefused, SaysoError
from widget.domain.tags import read_tag
from widget.extensions import db
from widget.storage.members import member_ids
from widget.storage.responses import find_response, ids_that_fit
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.response_filters import Asked, asked


@blueprint.post("/responses/change")
@needs("lead")
def responses_change() -> Response | str:
    """Tag, untag, assign, hide or show the ticked responses; with `all`, those that fit the filter
    in the address, after a question that says how many they are."""
    found = asked()
    try:
        if found.problems and "all" in request.form:
            # What a damaged filter leaves out would be changed as well.
            raise ChangeRefused(" ".join(found.problems.values()))
        change = _change()
        if "all" in request.form and "number" not in request.form:
            return _question(found)
        ids = _ids(found)
        if not ids:
            flash(_("Tick the responses that are meant first."), "error")
        else:
            _tell(change_responses(db.session(), seat(), change, ids, now()))
    except SaysoError as error:
        flash(str(error), "error")
    return _back(found)


@blueprint.post("/responses/<uuid:response_id>/<any(tag,untag):verb>")
@needs("lead")
def response_tag(response_id: UUID, verb: str) -> Response:
    """Give one response a tag, or take it back."""
    if find_response(db.session(), seat().workspace_id, response_id, seat().scope) is None:
        abort(404, "There is no such response in this workspace, or it is not yours to see.")
    try:
        set_tag(
            db.session(),
            seat().workspace_id,
            response_id,
            read_tag(request.form.get("tag", "")),
            given=verb == "tag",
            at=now(),
            by=seat().user_id,
        )
    except SaysoError as error:
        flash(str(error), "error")
    return redirect(url_for("console.response", response_id=response_id), 303)


def _change() -> BulkChange:
    """What the form asks for. Raises a SaysoError."""
    known = member_ids(db.session(), seat().workspace_id, [request.form.get("member", "")])
    return read_change(
        request.form.get("act", ""),
        tag=request.form.get("tag", ""),
        member_id=known[0] if known else 0,
        reason=request.form.get("reason", ""),
    )


def _question(found: Asked) -> str:
    """The page that says how many responses are meant, and asks whether they are."""
    number = len(ids_that_fit(db.session(), seat().workspace_id, found.wanted, MOST + 1))
    return render_template(
        "console/responses/change.html",
        asked=found,
        number=number,
        most=MOST,
        given={name: request.form.get(name, "") for name in ("act", "tag", "member", "reason")},
        acts=ACTS,
    )


def _ids(found: Asked) -> Sequence[UUID]:
    if "all" in request.form:
        fitting = ids_that_fit(db.session(), seat().workspace_id, found.wanted, MOST + 1)
        # The newest come first: those that came since the question are not meant.
        since = len(fitting) - request.form.get("number", 0, type=int)
        return fitting[max(since, 0) :]
    ids = []
    for text in request.form.getlist("response"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(ids))


def _tell(outcome: Outcome) -> None:
    if outcome.later:
        flash(
            _(
                "%(number)s responses are being changed. This page says how far it is.",
                number=f"{outcome.later:,}",
            )
        )
        return
    changed = outcome.changed
    flash(ngettext("%(num)s response was changed.", "%(num)s responses were changed.", changed))
    if outcome.left:
        flash(
            ngettext("%(num)s stays as it was.", "%(num)s stay as they were.", outcome.left)
            + (f" {outcome.refusal}" if outcome.refusal else "")
        )


def _back(found: Asked) -> Response:
    return redirect(url_for("console.responses", **found.address), 303)
