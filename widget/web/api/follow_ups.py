"""`/api/v1/follow-ups`: the queues, and what is done with one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort as stop
from flask import current_app
from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE

from widget.actions.change_follow_up import FollowUpChange, change_follow_up
from widget.domain.due_dates import is_overdue
from widget.domain.errors import FollowUpRefused
from widget.domain.exports.objects import response_object
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.follow_ups import (
    FollowUpFilter,
    ListedFollowUp,
    Place,
    Reader,
    find_follow_up,
    follow_ups_page,
)
from widget.storage.leads import Lead, leads_of
from widget.storage.members import member_ever_named
from widget.storage.response_records import records_of
from widget.storage.responses import Place as ResponsePlace
from widget.storage.unanswered import Unanswered, unanswered_page
from widget.web.api.cursors import cursor_of, place_in
from widget.web.api.follow_up_schemas import (
    NOBODY,
    UNANSWERED,
    FollowUpPageSchema,
    FollowUpPatch,
    FollowUpQuery,
    FollowUpSchema,
)
from widget.web.api.keys import api_workspace, is_for_tests, key_name, needs
from widget.web.api.responses import blueprint, refuse
from widget.web.clock import now

# Whom no row has: a program has no follow-ups of its own.
_NO_USER = 0


@blueprint.route("/follow-ups")
class FollowUps(MethodView):
    @needs("read")
    @blueprint.arguments(FollowUpQuery, location="query", unknown=RAISE)
    @blueprint.response(200, FollowUpPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List a queue of follow-ups, each with its response.

        A key for tests sees those of test responses, and no others.
        """
        after = place_in(query)
        is_unanswered = query["queue"] == UNANSWERED
        find = unanswered_page if is_unanswered else follow_ups_page
        page = find(
            db.session(),
            _reader(),
            _filter(query),
            now=now(),
            limit=query["limit"],
            after=Place(after.answered_at, after.id) if after else None,
        )
        # Test answers are none that wait for a reply.
        items = [] if is_unanswered and is_for_tests() else page.items
        place = page.next_place if items else None
        return {
            "items": _as_json(items),
            "next": cursor_of(ResponsePlace(place.moment, place.id)) if place else None,
        }


@blueprint.route("/follow-ups/<uuid:follow_up_id>")
class OneFollowUp(MethodView):
    @needs("read")
    @blueprint.response(200, FollowUpSchema)
    def get(self, follow_up_id: UUID) -> dict[str, Any]:
        """One follow-up with its response."""
        return _stored(follow_up_id)

    @needs("write")
    @blueprint.arguments(FollowUpPatch, location="json", unknown=RAISE)
    @blueprint.response(200, FollowUpSchema)
    @blueprint.alt_response(409, description="Not in the state that it is in; says why.")
    def patch(self, body: dict[str, Any], follow_up_id: UUID) -> dict[str, Any]:
        """Say where it stands, who has it, or when it is due.

        All that is said is done, or nothing. Its thread names the key.
        """
        _stored(follow_up_id)
        assignee, due_at = body.get("assignee"), body.get("due_at")
        if due_at is not None and due_at <= now():
            refuse("due_at", "Choose a time that is still to come.", where="json")
        change = FollowUpChange(
            status=body.get("status"),
            outcome=body.get("outcome", ""),
            asks_again=body.get("ask_again", False),
            assigns="assignee" in body,
            assignee_id=lead_named(assignee, "assignee", "json").user_id if assignee else None,
            sets_due="due_at" in body,
            due_at=due_at,
        )
        try:
            change_follow_up(
                db.session(),
                api_workspace(),
                follow_up_id,
                change,
                by_key=key_name(),
                home=current_app.config["SAYSO_PUBLIC_URL"],
                at=now(),
            )
        except FollowUpRefused as error:
            abort(409, message=str(error))
        return _stored(follow_up_id)


def lead_named(email: str, name: str, where: str) -> Lead:
    """Whoever may follow up by their address; aborts with a sentence about a parameter when there
    is nobody."""
    known = email.strip().casefold()
    for lead in leads_of(db.session(), api_workspace()):
        if lead.email.casefold() == known:
            return lead
    return refuse(name, "Nobody who may follow up signs in with this address.", where=where)


def _filter(query: dict[str, Any]) -> FollowUpFilter:
    """What the query asks for; aborts with a sentence when it names what there is not."""
    assignee, member = query.get("assignee"), query.get("member")
    assignee_id = None
    if assignee is not None:
        is_nobody = assignee == NOBODY
        assignee_id = 0 if is_nobody else lead_named(assignee, "assignee", "query").user_id
    if member is not None:
        found = member_ever_named(db.session(), api_workspace(), member)
        # Whom nobody knows was rated by nobody.
        member = found.public_id if found else ""
    queue = query["queue"]
    return FollowUpFilter(
        queue="open" if queue == UNANSWERED else queue,
        status=query.get("status"),
        assignee=assignee_id,
        survey=query.get("survey"),
        member=member,
        client=query.get("client"),
        segment=query.get("segment"),
        only_tests=is_for_tests(),
    )


def _reader() -> Reader:
    return Reader(api_workspace(), _NO_USER, EVERYTHING)


def _stored(id: UUID) -> dict[str, Any]:
    found = find_follow_up(db.session(), _reader(), id)
    if found is None or (is_for_tests() and not found.response.response.is_test):
        stop(404, "There is no such follow-up in this workspace, or your key is for tests only.")
    return _as_json([found])[0]


def _as_json(items: Sequence[ListedFollowUp | Unanswered]) -> list[dict[str, Any]]:
    session, workspace_id = db.session(), api_workspace()
    ids = {one.response.response.id for one in items}
    records = records_of(session, workspace_id, ids, shows_hidden_comments=False) if ids else {}
    emails = {lead.user_id: lead.email for lead in leads_of(session, workspace_id)}
    told = {id: response_object(record) for id, record in records.items()}
    return [_one_as_json(one, told.get(one.response.response.id), emails) for one in items]


_NONE: dict[str, Any] = {
    "id": None,
    "status": None,
    "why": [],
    "assignee": None,
    "opened_at": None,
    "due_at": None,
    "overdue": False,
    "first_reply_at": None,
    "resolved_at": None,
    "outcome": "",
    "asked_again": None,
}


def _one_as_json(
    found: ListedFollowUp | Unanswered, response: dict[str, Any] | None, emails: dict[int, str]
) -> dict[str, Any]:
    about = {"response_id": found.response.response.id, "response": response}
    row = found.row
    if row is None:
        return {**_NONE, **about}
    assignee = {"name": found.assignee or "", "email": emails.get(row.assignee_id or 0)}
    return {
        "id": row.id,
        "status": row.status,
        "why": row.opened_why,
        "assignee": assignee if row.assignee_id else None,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "overdue": is_overdue(row.due_at, row.resolved_at, now()),
        "first_reply_at": row.first_reply_at,
        "resolved_at": row.resolved_at,
        "outcome": row.outcome,
        "asked_again": row.recovery_request_id,
        **about,
    }
