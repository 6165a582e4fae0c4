"""Follow-ups: the list, and one with its response beside it, its thread, and how it ends."""

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
from widget.actions.open_follow_up import open_by_hand
from widget.domain.errors import FollowUpRefused, MomentRefused
from widget.domain.follow_ups import STATUS_WORDS, STATUSES, WHY_WORDS, WHYS
from widget.domain.moments import read_moment
from widget.domain.requests import Decision, why_in_words
from widget.extensions import db
from widget.storage.follow_ups import (
    FollowUpFilter,
    FollowUpPlace,
    ListedFollowUp,
    Reader,
    Whose,
    find_follow_up,
    follow_up_counts,
    follow_ups_page,
    followed_members,
    thread_of,
)
from widget.storage.leads import leads_of
from widget.storage.recovery_pairs import pair_by_request, pair_of
from widget.storage.responses import ListedResponse, find_response
from widget.storage.survey_editing import survey_names
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.speech import Speech

PAGE = 50
FILTERS = ("whose", "status", "assignee", "survey", "member", "client", "segment")
NOBODY = "nobody"
_LISTS: tuple[Whose, ...] = ("mine", "open", "all")


@blueprint.get("/follow-ups")
@needs("lead")
def follow_ups() -> Response:
    """The newest follow-ups, filtered by the query."""
    reader, wanted = _reader(), _filter()
    page = follow_ups_page(db.session(), reader, wanted, limit=PAGE, older_than=_place())
    counts = follow_up_counts(db.session(), reader)
    statuses = STATUSES if wanted.whose == "all" else STATUSES[:-1]
    values = {
        "page": page,
        "whose": wanted.whose,
        "lists": [
            ("mine", _("Mine"), counts.mine),
            ("open", _("Open"), counts.open),
            ("all", _("All"), counts.all),
        ],
        "chosen": {name: request.args[name] for name in FILTERS if request.args.get(name)},
        "surveys": survey_names(db.session(), seat().workspace_id),
        "members": followed_members(db.session(), reader),
        "leads": [lead.choice for lead in leads_of(db.session(), seat().workspace_id)],
        "statuses": [(status, _(STATUS_WORDS[status])) for status in statuses],
        "speech": _speech,
        "nobody": NOBODY,
        "may_set": seat().may("manage_workspace"),
    }
    return htmx.page_or_partial(
        render_template("console/follow_ups/list.html", **values),
        render_template("console/follow_ups/_rows.html", **values),
    )


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
        work_on_follow_up.write_note(
            db.session(),
            seat().workspace_id,
            follow_up_id,
            request.form.get("note", ""),
            user_id=seat().user_id,
            at=now(),
        )
    except FollowUpRefused as error:
        return _page(found, {"note": str(error)})
    return _back(follow_up_id, "#thread")


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
    if find_follow_up(db.session(), _reader(), follow_up_id) is None:
        flash(_("Given away: it is out of your sight now."))
        return redirect(url_for("console.follow_ups"), 303)
    flash(_("Assigned."))
    return _back(follow_up_id)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/status")
@needs("lead")
def follow_up_status(follow_up_id: UUID) -> Response:
    """Say that it is worked on or waits, or open it again."""
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


@blueprint.post("/follow-ups/<uuid:follow_up_id>/close")
@needs("lead")
def follow_up_close(follow_up_id: UUID) -> Response:
    """End it with its outcome, and ask the customer again where that is wanted."""
    found = _found(follow_up_id)
    try:
        asked = work_on_follow_up.close(
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
            _("Closed. The customer is not asked again: %(why)s", why=_why(pair.decision)), "error"
        )
    else:
        flash(_("Closed. The customer is asked again.") if asked else _("Closed."))
    return _back(follow_up_id)


@blueprint.app_template_filter("follow_up_status")
def follow_up_status_words(status: str) -> str:
    """Where a follow-up stands, in a word or two."""
    return next((_(STATUS_WORDS[known]) for known in STATUSES if known == status), status)


@blueprint.app_template_filter("follow_up_why")
def follow_up_why(whys: list[str]) -> str:
    """Why a follow-up was opened."""
    return ", ".join(_(WHY_WORDS[known]) for known in WHYS if known in whys)


def _page(found: ListedFollowUp, problems: dict[str, str] | None = None) -> Response:
    workspace_id, row = seat().workspace_id, found.row
    again = None
    if row.closed_at is None and row.recovery_request_id is None:
        again = may_ask_again(db.session(), workspace_id, row.response_id, now())
    pair = pair_by_request(db.session(), workspace_id, row.recovery_request_id)
    in_scope = find_response(db.session(), workspace_id, row.response_id, seat().scope)
    page = render_template(
        "console/follow_ups/one.html",
        found=found,
        row=row,
        thread=thread_of(db.session(), workspace_id, row.id),
        pair=pair or pair_of(db.session(), workspace_id, row.response_id),
        leads=[lead.choice for lead in leads_of(db.session(), workspace_id)],
        again=again,
        why_not=_why(again) if again and again.status != "scheduled" else "",
        not_asked=_why(pair.decision) if pair and pair.status == "not_sent" else "",
        speech=_speech,
        may_read=in_scope is not None,
        typed=request.form,
        problems=problems or {},
    )
    return make_response(page, 422 if problems else 200)


def _found(follow_up_id: UUID) -> ListedFollowUp:
    found = find_follow_up(db.session(), _reader(), follow_up_id)
    if found is None:
        abort(404, "There is no such follow-up in this workspace, or it is not yours to see.")
    return found


def _reader() -> Reader:
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


def _filter() -> FollowUpFilter:
    args = request.args
    assignee = args.get("assignee", "")
    is_number = assignee.isascii() and assignee.isdecimal() and len(assignee) < 10
    return FollowUpFilter(
        whose=next((known for known in _LISTS if known == args.get("whose")), "open"),
        status=next((known for known in STATUSES if known == args.get("status")), None),
        assignee=0 if assignee == NOBODY else int(assignee) if is_number else None,
        survey=args.get("survey") or None,
        member=args.get("member") or None,
        client=args.get("client") or None,
        segment=args.get("segment") or None,
    )


def _place() -> FollowUpPlace | None:
    moment, _underscore, id = request.args.get("older", "").partition("_")
    try:
        return FollowUpPlace(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        # A damaged address shows the first page.
        return None


def _speech(found: ListedResponse) -> Speech:
    return Speech(found.definition, found.response.language, seat().workspace_name)
