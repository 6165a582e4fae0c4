"""A follow-up: its response beside it, its thread, who has it until when, and how it ends."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import work_on_follow_up
from widget.actions.ask_again import may_ask_again
from widget.actions.note_follow_up import write_note
from widget.actions.open_follow_up import open_by_hand
from widget.actions.reply_to_customer import reply_in_follow_up
from widget.domain.errors import FollowUpRefused, MomentRefused
from widget.domain.follow_ups import STATUSES
from widget.domain.mentions import Mentionable, parts
from widget.domain.moments import read_local_moment
from widget.domain.requests import Decision, why_in_words
from widget.extensions import db
from widget.storage.follow_up_threads import thread_of
from widget.storage.follow_ups import (
    ListedFollowUp,
    Reader,
    find_follow_up,
    follow_ups_of,
)
from widget.storage.leads import leads_of
from widget.storage.recovery_pairs import pair_by_request, pair_of
from widget.storage.response_origins import origin_of
from widget.storage.responses import ListedResponse, find_response
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.replies import ReplyForm, begun, reply_form, sent_states, write_reply
from widget.web.console.response_guide import guide_of
from widget.web.console.response_thread import ThreadEntry, people_to_mention, thread
from widget.web.face.speech import Speech


@blueprint.get("/follow-ups/<uuid:follow_up_id>")
@needs("lead")
def follow_up(follow_up_id: UUID) -> Response:
    """One follow-up."""
    return _page(_found(follow_up_id))


@blueprint.post("/responses/<uuid:response_id>/follow-up")
@needs("lead")
def follow_up_open(response_id: UUID) -> Response:
    """Open one on a response by hand."""
    if find_response(db.session(), seat().workspace_id, response_id, seat().scope) is None:
        abort(404, "There is no such response in this workspace, or it is not yours to see.")
    opened = open_by_hand(
        db.session(), seat().workspace_id, response_id, user_id=seat().user_id, at=now()
    )
    return redirect(url_for("console.follow_up", follow_up_id=opened.id), 303)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/notes")
@needs("lead")
def follow_up_note(follow_up_id: UUID) -> Response:
    """Write a note."""
    found = _found(follow_up_id)
    try:
        unseeing = write_note(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            request.form.get("note", ""),
            tells_of_reply="is_reply" in request.form,
            user_id=seat().user_id,
            home=_home(),
            at=now(),
        )
    except FollowUpRefused as error:
        return _page(found, {"note": str(error)})
    for email in unseeing:
        flash(_("%(email)s cannot see this follow-up and was not told.", email=email), "error")
    return _back(follow_up_id, "#thread")


@blueprint.post("/follow-ups/<uuid:follow_up_id>/reply")
@needs("lead")
def follow_up_reply(follow_up_id: UUID) -> Response:
    """Reply to the customer, in this thread."""
    found = _found(follow_up_id)
    try:
        write_reply(partial(reply_in_follow_up, db.session(), seat().workspace_id, follow_up_id))
    except FollowUpRefused as error:
        return _page(found, {"reply": str(error)})
    return _back(follow_up_id, "#thread")


@blueprint.post("/follow-ups/<uuid:follow_up_id>/reply/template")
@needs("lead")
def follow_up_reply_template(follow_up_id: UUID) -> Response:
    """Begin the reply with a template; what was typed is kept, and nothing is stored."""
    found = _found(follow_up_id)
    return begun(_reply_form(found, ""), lambda: _page(found))


@blueprint.post("/follow-ups/<uuid:follow_up_id>/assignee")
@needs("lead")
def follow_up_assign(follow_up_id: UUID) -> Response:
    """Give it to somebody, or to nobody."""
    found = _found(follow_up_id)
    text = request.form.get("assignee", "")
    try:
        work_on_follow_up.assign(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None,
            user_id=seat().user_id,
            home=_home(),
            at=now(),
        )
    except FollowUpRefused as error:
        return _page(found, {"assignee": str(error)})
    if find_follow_up(db.session(), reader(), follow_up_id) is None:
        flash(_("Given away: it is out of your sight now."))
        return redirect(url_for("console.follow_ups"), 303)
    flash(_("Assigned."))
    return _back(follow_up_id)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/due")
@needs("lead")
def follow_up_due(follow_up_id: UUID) -> Response:
    """Give it another due date, or none."""
    found, text = _found(follow_up_id), request.form.get("due", "")
    try:
        work_on_follow_up.set_due(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            read_local_moment(text, seat().time_zone) if text else None,
            user_id=seat().user_id,
            at=now(),
        )
    except (FollowUpRefused, MomentRefused) as error:
        return _page(found, {"due": str(error)})
    return _back(follow_up_id)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/status")
@needs("lead")
def follow_up_status(follow_up_id: UUID) -> Response:
    """Say where it stands, or open it again."""
    _found(follow_up_id)
    wanted = next((known for known in STATUSES if known == request.form.get("status")), None)
    if wanted is None:
        abort(422, "Choose one of the states.")
    try:
        work_on_follow_up.set_status(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            wanted,
            user_id=seat().user_id,
            at=now(),
        )
    except FollowUpRefused as error:
        flash(str(error), "error")
    return _back(follow_up_id)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/resolve")
@needs("lead")
def follow_up_resolve(follow_up_id: UUID) -> Response:
    """End it with its outcome, and ask the customer again where that is wanted."""
    found = _found(follow_up_id)
    try:
        asked = work_on_follow_up.resolve(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            request.form.get("outcome", ""),
            asks_again="ask_again" in request.form,
            user_id=seat().user_id,
            at=now(),
        )
    except FollowUpRefused as error:
        return _page(found, {"outcome": str(error)})
    pair = pair_by_request(db.session(), seat().workspace_id, asked)
    if pair is not None and pair.status == "not_sent":
        flash(
            _("Resolved. The customer is not asked again: %(why)s", why=_why(pair.decision)),
            "error",
        )
    else:
        flash(_("Resolved. The customer is asked again.") if asked else _("Resolved."))
    return _back(follow_up_id)


def _page(found: ListedFollowUp, problems: dict[str, str] | None = None) -> Response:
    workspace_id, row = seat().workspace_id, found.row
    again = None
    if row.resolved_at is None and row.recovery_request_id is None:
        again = may_ask_again(db.session(), workspace_id, row.response_id, now())
    pair = pair_by_request(db.session(), workspace_id, row.recovery_request_id)
    in_scope = find_response(db.session(), workspace_id, row.response_id, seat().scope)
    notes = thread_of(db.session(), workspace_id, row.id)
    people = people_to_mention()
    siblings = follow_ups_of(db.session(), workspace_id, row.response_id)
    open_one = next((one.id for one in siblings if one.resolved_at is None), None)
    page = render_template(
        "console/follow_ups/one.html",
        found=found,
        row=row,
        thread=notes,
        sent=sent_states(notes),
        reply=_reply_form(found, (problems or {}).get("reply", "")),
        pair=pair or pair_of(db.session(), workspace_id, row.response_id),
        leads=[lead.choice for lead in leads_of(db.session(), workspace_id)],
        again=again,
        why_not=_why(again) if again and again.status != "scheduled" else "",
        not_asked=_why(pair.decision) if pair and pair.status == "not_sent" else "",
        speech=speech_of,
        may_read=in_scope is not None,
        typed=request.form,
        problems=problems or {},
        people=people,
        team_notes=_team_notes(row.response_id, people) if in_scope else [],
        guide=guide_of(found.response, open_one, is_followed=True),
        origin=origin_of(db.session(), found.response.response),
        cut=lambda text: parts(text, people),
    )
    return make_response(page, 422 if problems else 200)


def _team_notes(response_id: UUID, people: Sequence[Mentionable]) -> list[ThreadEntry]:
    """What the team noted on the response's page."""
    return [entry for entry in thread(response_id, people) if entry.note.kind == "note"]


def _reply_form(found: ListedFollowUp, problem: str) -> ReplyForm:
    address = url_for("console.follow_up_reply", follow_up_id=found.row.id)
    return reply_form(found.response, address, problem)


def _found(follow_up_id: UUID) -> ListedFollowUp:
    found = find_follow_up(db.session(), reader(), follow_up_id)
    if found is None:
        abort(404, "There is no such follow-up in this workspace, or it is not yours to see.")
    return found


def reader() -> Reader:
    """Who asks."""
    return Reader(seat().workspace_id, seat().user_id, seat().scope)


def _back(follow_up_id: UUID, anchor: str = "") -> Response:
    return redirect(url_for("console.follow_up", follow_up_id=follow_up_id) + anchor, 303)


def _home() -> str:
    home: str = current_app.config["SAYSO_PUBLIC_URL"]
    return home


def _why(decision: Decision) -> str:
    zone = ZoneInfo(seat().time_zone)
    until = decision.until.astimezone(zone) if decision.until else None
    return why_in_words(decision.why or "", until=until, detail=decision.detail)


def speech_of(found: ListedResponse) -> Speech:
    """The words in which a response was given."""
    return Speech(found.definition, found.response.language, seat().workspace_name)
