"""`/api/v1/requests`: asking customers for feedback, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from flask import abort as stop
from flask import request
from flask.views import MethodView
from flask_smorest import abort

from widget.actions.cancel_request import cancel_request
from widget.actions.request_feedback import request_feedback
from widget.domain.asks import KEY_LIMIT, Ask, address_problem, field_problems
from widget.domain.errors import CannotCancel, KeyConflict, MomentRefused, UnknownSurvey
from widget.domain.moments import read_moment
from widget.domain.requests import why_in_words
from widget.extensions import db
from widget.storage.accounts import time_zone_of
from widget.storage.asking import asking_of, open_surveys
from widget.storage.requests import ListedRequest, RequestFilter, find_request, requests_page
from widget.web.api.cursors import cursor_of, place_in
from widget.web.api.keys import api_workspace, is_for_tests, needs
from widget.web.api.request_schemas import (
    NewRequest,
    RequestPageSchema,
    RequestQuery,
    RequestSchema,
)
from widget.web.api.responses import blueprint
from widget.web.clock import now
from widget.web.links import answer_url


@blueprint.route("/requests")
class Requests(MethodView):
    @needs("write")
    @blueprint.arguments(NewRequest, location="json")
    @blueprint.response(201, RequestSchema)
    @blueprint.alt_response(409, description="The idempotency key was used for something else.")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask a customer for feedback about an interaction.

        Whatever the rules say, a request is made, with its “status”, the reason in “why”, and a
        link in “url”. Send an “Idempotency-Key” header to be able to repeat a call that may have
        arrived.
        """
        ask = _ask(body)
        survey = _survey(body["survey"])
        _refuse_what_cannot_be(ask)
        key = request.headers.get("Idempotency-Key", "").strip() or body["idempotency_key"]
        if len(key) > KEY_LIMIT:
            _refuse({"idempotency_key": f"At most {KEY_LIMIT} characters, please."})
        try:
            made = request_feedback(
                db.session(),
                api_workspace(),
                survey,
                ask,
                made_by="api",
                is_test=is_for_tests(),
                idempotency_key=key or None,
                at=now(),
            )
        except KeyConflict as error:
            abort(409, message=str(error))
        return _stored(made.id)

    @needs("read")
    @blueprint.arguments(RequestQuery, location="query")
    @blueprint.response(200, RequestPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List requests, newest first."""
        after = place_in(query)
        names = ("survey", "status", "why", "email", "ref")
        page = requests_page(
            db.session(),
            api_workspace(),
            RequestFilter(
                **{name: query[name] for name in names if name in query},
                since=_moment("since", query),
                until=_moment("until", query),
                only_tests=is_for_tests(),
            ),
            limit=query["limit"],
            older_than=after,
        )
        return {
            "items": _as_json(page.items),
            "next": cursor_of(page.items[-1].place) if page.has_older else None,
        }


@blueprint.route("/requests/<uuid:request_id>")
class OneRequest(MethodView):
    @needs("read")
    @blueprint.response(200, RequestSchema)
    def get(self, request_id: UUID) -> dict[str, Any]:
        """One request, as it stands now."""
        return _stored(request_id)


@blueprint.route("/requests/<uuid:request_id>/cancel")
class Cancellation(MethodView):
    @needs("write")
    @blueprint.response(200, RequestSchema)
    @blueprint.alt_response(409, description="No mail waits that could be kept from leaving.")
    def post(self, request_id: UUID) -> dict[str, Any]:
        """Send no mail, or no further one.

        A request that waits is not sent at all; one that was sent stays so, without reminders.
        The link can be answered all the same.
        """
        _stored(request_id)
        try:
            cancel_request(db.session(), api_workspace(), request_id, at=now())
        except CannotCancel as error:
            abort(409, message=str(error))
        return _stored(request_id)


def _ask(body: dict[str, Any]) -> Ask:
    customer, employee = body["customer"], body["employee"]
    return Ask(
        email=customer.get("email", ""),
        name=customer.get("name", ""),
        external_id=customer.get("custom_id", ""),
        time_zone=customer.get("time_zone", ""),
        language=body["language"],
        country=body["country"],
        member_email=employee.get("email", ""),
        member_id=employee.get("custom_id", ""),
        channel=body["channel"],
        ref=body["ext_interaction_id"],
        external_url=body["external_url"],
        brand=body["brand"],
        tags=tuple(body["tags"]),
        properties=body["custom_properties"],
        do_not_send=body["do_not_send"],
        delay_s=body["delay"],
        # In one zone: the same moment written in two ways is the same request.
        interaction_at=body["interaction_at"].astimezone(UTC) if body["interaction_at"] else None,
    )


def _survey(given: str) -> str:
    """The public id of the survey meant, which has been published."""
    if given:
        try:
            if asking_of(db.session(), api_workspace(), given).is_published:
                return given
            _refuse({"survey": "This survey was never published."})
        except UnknownSurvey as error:
            _refuse({"survey": str(error)})
    surveys = open_surveys(db.session(), api_workspace())
    if len(surveys) != 1:
        _refuse({"survey": f"Say which survey: {len(surveys)} are published and open."})
    return surveys[0][0]


# Where the body has what an ask calls otherwise.
_PLACES = {
    "email": ("customer", "email"),
    "time_zone": ("customer", "time_zone"),
    "properties": ("custom_properties",),
}


def _refuse_what_cannot_be(ask: Ask) -> None:
    problems = field_problems(ask, now())
    wrong = address_problem(ask)
    if wrong:
        problems["email"] = wrong
    if problems:
        _refuse(problems)


def _refuse(problems: dict[str, str]) -> NoReturn:
    errors: dict[str, Any] = {}
    for name, text in problems.items():
        *outer, last = _PLACES.get(name, (name,))
        place = errors
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = [text]
    abort(422, message=" ".join(problems.values()), messages={"json": errors})
    raise AssertionError("abort raises")


def _moment(name: str, query: dict[str, Any]) -> datetime | None:
    if name not in query:
        return None
    try:
        return read_moment(query[name], time_zone_of(db.session(), api_workspace()))
    except MomentRefused as error:
        abort(422, messages={"query": {name: [str(error)]}})
        raise AssertionError("abort raises") from error


def _stored(id: UUID) -> dict[str, Any]:
    found = find_request(db.session(), api_workspace(), id)
    if found is None or (is_for_tests() and not found.request.is_test):
        stop(404, "There is no such request in this workspace, or your key is for tests only.")
    return _as_json([found])[0]


def _as_json(items: Sequence[ListedRequest]) -> list[dict[str, Any]]:
    """Requests as they are shown. What is known of customers in earnest is no business of a key for
    tests: it sees the address that it gave."""
    veils = is_for_tests()
    return [
        _one_as_json(found, is_veiled=veils and not found.customer.is_of_tests) for found in items
    ]


def _one_as_json(found: ListedRequest, *, is_veiled: bool) -> dict[str, Any]:
    row, customer = found.request, found.customer
    member = {
        "id": found.member_public_id,
        "name": found.member_name,
        "email": found.member_email,
    }
    return {
        "id": row.id,
        "url": answer_url(row.workspace_id, row.id),
        "status": row.status,
        "why": row.why or None,
        "why_text": _why_text(found) or None,
        "why_until": row.why_until,
        "why_request": row.why_request_id,
        "due_at": found.next_mail_at,
        "sent_at": row.sent_at,
        "answered_at": row.answered_at,
        "expires_at": row.expires_at,
        "created_at": row.created_at,
        "interaction_at": row.interaction_at,
        "reminders_sent": row.reminders_sent,
        "survey": found.survey_public_id,
        "customer": {
            "name": "" if is_veiled else customer.name,
            "email": customer.email or "",
            "custom_id": "" if is_veiled else customer.external_id,
            "time_zone": "" if is_veiled else customer.time_zone,
        },
        "member": member if found.member_public_id else None,
        "member_given": row.member_given,
        "channel": row.channel,
        "ext_interaction_id": row.ref,
        "external_url": row.external_url,
        "tags": row.tags,
        "brand": row.brand,
        "language": row.language,
        "country": row.country,
        "custom_properties": row.properties or {},
        "do_not_send": row.do_not_send,
        "test": row.is_test,
    }


def _why_text(found: ListedRequest) -> str:
    row = found.request
    by = f"request {row.why_request_id}" if row.why_request_id else None
    return why_in_words(row.why, until=row.why_until, by=by, detail=row.why_text)
