"""`/api/v1/responses/ID/replies`: what a team and a customer wrote to each other."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import abort as stop
from flask import current_app, request
from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE

from widget.actions.reply_to_customer import Writing, reply_to_response
from widget.domain.asks import KEY_LIMIT
from widget.domain.errors import FollowUpRefused, ReplySentAlready
from widget.domain.follow_ups import LETTERS
from widget.extensions import db
from widget.settings import Settings
from widget.storage.follow_up_threads import thread_of
from widget.storage.follow_ups import follow_ups_of
from widget.storage.ids import new_id
from widget.storage.replies import reply_states
from widget.storage.response_records import record_of
from widget.web.api.follow_up_schemas import LetterSchema, LettersSchema, NewReply
from widget.web.api.follow_ups import lead_named
from widget.web.api.keys import api_workspace, is_for_tests, key_name, needs
from widget.web.api.responses import blueprint, refuse
from widget.web.clock import now


@blueprint.route("/responses/<uuid:response_id>/replies")
class Replies(MethodView):
    @needs("read")
    @blueprint.response(200, LettersSchema)
    def get(self, response_id: UUID) -> dict[str, Any]:
        """List what your team and the customer wrote to each other about a response."""
        _check(response_id)
        return {"items": _letters(response_id), "next": None}

    @needs("write")
    @blueprint.arguments(NewReply, location="json", unknown=RAISE)
    @blueprint.response(201, LetterSchema)
    @blueprint.alt_response(
        409,
        description="This customer cannot be written to, or the idempotency key was used for "
        "another reply; says which.",
    )
    def post(self, body: dict[str, Any], response_id: UUID) -> dict[str, Any]:
        """Reply to the customer of a response, by mail.

        It stands in the thread of the response's follow-up, which is opened where there is none.
        Send an “Idempotency-Key” header to be able to repeat a call that may have arrived: the
        same text of the same writer is sent once.
        """
        _check(response_id)
        writer = lead_named(body["writer"], "writer", "json") if body["writer"] else None
        settings: Settings = current_app.extensions["sayso_settings"]
        once = _once(body["idempotency_key"])
        written = Writing(
            body["text"],
            once,
            writer.user_id if writer else None,
            settings.public_url,
            settings.mail_from,
            by_key=key_name(),
        )
        try:
            reply_to_response(db.session(), api_workspace(), response_id, written, at=now())
        except ReplySentAlready:
            abort(409, message="This idempotency key was used before, for a different reply.")
        except FollowUpRefused as error:
            abort(409, message=str(error))
        return next(one for one in _letters(response_id) if one["id"] == once)


def _check(response_id: UUID) -> None:
    record = record_of(db.session(), api_workspace(), response_id, shows_hidden_comments=False)
    if record is None or (is_for_tests() and not record["test"]):
        stop(404, "There is no such response in this workspace, or your key is for tests only.")


def _once(in_body: str) -> UUID:
    """The id of a reply: the same at each call with the same idempotency key."""
    key = request.headers.get("Idempotency-Key", "").strip() or in_body
    if len(key) > KEY_LIMIT:
        refuse("idempotency_key", f"At most {KEY_LIMIT} characters, please.", where="json")
    sort = "test" if is_for_tests() else "live"
    return uuid5(NAMESPACE_URL, f"sayso:reply:{sort}:{key}") if key else new_id()


def _letters(response_id: UUID) -> list[dict[str, Any]]:
    session, workspace_id = db.session(), api_workspace()
    notes = [
        (row.id, note)
        for row in follow_ups_of(session, workspace_id, response_id)
        for note in thread_of(session, workspace_id, row.id)
        if note.kind in LETTERS
    ]
    replies = {note.id for _follow_up, note in notes if note.kind == "reply"}
    states = reply_states(session, workspace_id, replies) if replies else {}
    letters = []
    for follow_up, note in sorted(notes, key=lambda pair: pair[1].at):
        state = states.get(note.id)
        letters.append(
            {
                "id": note.id,
                "kind": note.kind,
                "follow_up": follow_up,
                "text": note.text,
                "by": note.by,
                "at": note.at,
                "status": state.status if state else None,
                "why": state.why if state else "",
                "sent_at": state.sent_at if state else None,
            }
        )
    return letters
