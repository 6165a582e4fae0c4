"""Requests: what became of each, and asking one customer by hand."""

from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.cancel_request import cancel_request
from widget.actions.request_feedback import request_feedback
from widget.domain.addresses import shown, storable
from widget.domain.asks import Ask, address_problem, field_problems
from widget.domain.errors import CannotCancel, KeyConflict, MomentRefused
from widget.domain.moments import read_moment
from widget.domain.requests import STATUSES, WHYS, may_be_cancelled
from widget.extensions import db
from widget.storage.asking import open_surveys, workspace_asking
from widget.storage.members import member_names
from widget.storage.request_imports import newest_imports
from widget.storage.requests import (
    DeliveryRow,
    ListedRequest,
    RequestFilter,
    deliveries_of,
    find_request,
    is_answered,
    requests_page,
)
from widget.storage.responses import Place, days
from widget.storage.survey_editing import survey_names
from widget.translations import LANGUAGES
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.days import asked_day
from widget.web.console.request_words import status_words
from widget.web.links import answer_url

PAGE = 50
FILTERS = ("survey", "status", "why", "email", "from", "to", "import", "campaign", "unsubscribed")


@blueprint.get("/requests")
@needs("read_responses")
def requests() -> Response:
    """The newest requests, filtered by the query."""
    wanted, problems = _filter()
    page = requests_page(
        db.session(),
        seat().workspace_id,
        wanted,
        limit=PAGE,
        older_than=_place("older"),
        newer_than=_place("newer"),
    )
    values = {
        "page": page,
        "chosen": {name: request.args[name] for name in FILTERS if request.args.get(name)},
        "problems": problems,
        "surveys": survey_names(db.session(), seat().workspace_id),
        "statuses": [(status, status_words(status)) for status in STATUSES],
        "imports": newest_imports(db.session(), seat().workspace_id, 3),
        "is_test_mode": bool(workspace_asking(db.session(), seat().workspace_id).test_mail_to),
        "may_ask": seat().may("edit_surveys"),
        "may_change_workspace": seat().may("manage_workspace"),
    }
    return htmx.page_or_partial(
        render_template("console/requests/list.html", **values),
        render_template("console/requests/_rows.html", **values),
        422 if problems else 200,
    )


@blueprint.get("/requests/<uuid:request_id>")
@needs("read_responses")
def request_page(request_id: UUID) -> str:
    """One request: what was asked, what was sent, and what came of it."""
    workspace_id = seat().workspace_id
    found = find_request(db.session(), workspace_id, request_id, seat().scope)
    if found is None:
        abort(404, "There is no such request in this workspace.")
    may_ask = seat().may("edit_surveys")
    mails = deliveries_of(db.session(), workspace_id, request_id)
    return render_template(
        "console/requests/one.html",
        found=found,
        row=found.request,
        deliveries=mails,
        has_response=is_answered(db.session(), workspace_id, request_id),
        # Whoever has it can answer in the customer's name.
        url=answer_url(workspace_id, request_id) if may_ask else None,
        is_over=found.request.expires_at <= now(),
        may_ask=may_ask,
        may_cancel=may_ask and _waits(found, mails),
    )


def _waits(found: ListedRequest, mails: list[DeliveryRow]) -> bool:
    """Whether a mail waits that can be kept from leaving."""
    status = found.request.status
    is_waiting = found.next_mail_at is not None or any(mail.status == "due" for mail in mails)
    return may_be_cancelled(status) and (status == "scheduled" or is_waiting)


@blueprint.post("/requests/<uuid:request_id>/cancel")
@needs("edit_surveys")
def request_cancel(request_id: UUID) -> Response:
    """Keep a request that waits from being sent, or its reminders."""
    try:
        cancel_request(db.session(), seat().workspace_id, request_id, at=now())
        flash(_("Cancelled: no further mail is sent. The link still works."))
    except CannotCancel as error:
        flash(str(error), "error")
    return redirect(url_for("console.request_page", request_id=request_id), 303)


@blueprint.route("/requests/new", methods=["GET", "POST"])
@needs("edit_surveys")
def request_new() -> Response | str | tuple[str, int]:
    """Ask one customer."""
    surveys = open_surveys(db.session(), seat().workspace_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        ask = _ask()
        problems = _problems(ask, [public_id for public_id, _name in surveys])
        if not problems:
            return _make(request.form["survey"], ask)
    members = member_names(db.session(), seat().workspace_id)
    page = render_template(
        "console/requests/new.html",
        surveys=surveys,
        members=[(row.public_id, row.name) for row in members],
        languages=[(tag.code, tag.name) for tag in LANGUAGES.values()],
        typed=request.form,
        problems=problems,
        # Pressing the button twice asks once.
        key=request.form.get("key") or uuid4().hex,
    )
    return (page, 422) if problems else page


def _ask() -> Ask:
    form = request.form
    return Ask(
        email=form.get("email", ""),
        name=form.get("name", ""),
        time_zone=form.get("time_zone", ""),
        language=form.get("language", ""),
        member_id=form.get("member", ""),
        channel=form.get("channel", ""),
        ref=form.get("ref", ""),
        external_url=form.get("external_url", ""),
        do_not_send="do_not_send" in form,
    )


def _problems(ask: Ask, surveys: list[str]) -> dict[str, str]:
    problems = field_problems(ask, now())
    if wrong := address_problem(ask):
        problems["email"] = wrong
    if request.form.get("survey") not in surveys:
        problems["survey"] = _("Choose a survey.")
    return problems


def _make(survey: str, ask: Ask) -> Response:
    try:
        made = request_feedback(
            db.session(),
            seat().workspace_id,
            survey,
            ask,
            made_by="console",
            idempotency_key=shown(request.form.get("key", ""), 64) or None,
            at=now(),
        )
    except KeyConflict:
        flash(_("This form was sent before, for somebody else. Please fill it in again."), "error")
        return redirect(url_for("console.request_new"), 303)
    return redirect(url_for("console.request_page", request_id=made.id), 303)


def _filter() -> tuple[RequestFilter, dict[str, str]]:
    problems: dict[str, str] = {}
    since, until = days(asked_day("from", problems), asked_day("to", problems), seat().time_zone)
    status, why = request.args.get("status", ""), request.args.get("why", "")
    return (
        RequestFilter(
            scope=seat().scope,
            survey=storable(request.args.get("survey", "")) or None,
            status=next((known for known in STATUSES if known == status), None),
            why=next((known for known in WHYS if known == why), None),
            email=storable(request.args.get("email", "")) or None,
            import_id=_uuid(request.args.get("import", "")),
            campaign_id=request.args.get("campaign", type=int),
            only_unsubscribed=request.args.get("unsubscribed") == "yes",
            since=since,
            until=until,
        ),
        problems,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _place(name: str) -> Place | None:
    moment, _underscore, id = request.args.get(name, "").partition("_")
    try:
        return Place(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        # A damaged address shows the first page.
        return None
