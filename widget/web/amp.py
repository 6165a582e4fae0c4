"""`POST /s/<token>/amp`: an answer from inside a mail, by the rules of AMP for Email.

Mail programs ask twice over whether we accept a mail's sender: by `AMP-Email-Sender` (the current
rule) or by `Origin` and `__amp_source_origin` (the older one, which some still send). They fail
on any redirect, and show what we answer only as our own form says.
"""

from flask import Blueprint, Response, current_app, jsonify, request

from widget.actions.answer_in_mail import answer_in_mail
from widget.domain.errors import LinkForged, RequestOver, ScoreOutOfRange
from widget.domain.links import LinkSigner
from widget.extensions import db
from widget.outbound.mail.letters import Post
from widget.storage.asked import Asked, asked
from widget.web.clock import now
from widget.web.evidence import requesting_client
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("amp", __name__)


@blueprint.post("/s/<token>/amp")
def answer(token: str) -> Response:
    """Store the score in the form, or set it aside; whoever sent it is thanked either way."""
    found = _asked(token)
    if found is None or not found.mail.amp:
        return _say(404, "This link was not made by this server, or is not complete.")
    allowed = _allowing(found)
    if allowed is None:
        return _say(403, "This mail is from a sender of whom this server knows nothing.")
    if not rate_limits().allow_answer_in_mail(found.survey_id, found.id):
        response = _say(429, "Too many answers in a short time.")
    else:
        response = _store(found)
    response.headers.update(allowed)
    return response


def _store(found: Asked) -> Response:
    score = request.form.get("score", "")
    if not score.isdecimal() or len(score) > 3:
        return _say(400, "Choose a score.")
    try:
        answer_in_mail(db.engine, found, int(score), requesting_client(found.id), now())
    except ScoreOutOfRange as error:
        return _say(400, str(error))
    except RequestOver as error:
        return _say(410, str(error))
    return _say(200, "Thank you!")


def _asked(token: str) -> Asked | None:
    settings = current_app.extensions["sayso_settings"]
    try:
        link = LinkSigner(settings.secret_keys, "answer").read(token)
    except LinkForged:
        return None
    return asked(db.engine, link.workspace_id, link.request_id)


def _allowing(found: Asked) -> dict[str, str] | None:
    """The headers that let the mail's program show our answer; None for another's mail."""
    sender = Post(current_app.extensions["sayso_settings"]).sender(found.policy)
    named = request.headers.get("AMP-Email-Sender", "")
    if named:
        return {"AMP-Email-Allow-Sender": named} if named.lower() == sender.lower() else None
    origin = request.headers.get("Origin", "")
    source = request.args.get("__amp_source_origin", "")
    if origin and source.lower() == sender.lower():
        return {
            "Access-Control-Allow-Origin": origin,
            "AMP-Access-Control-Allow-Source-Origin": source,
            "Access-Control-Expose-Headers": "AMP-Access-Control-Allow-Source-Origin",
        }
    return None


def _say(status: int, text: str) -> Response:
    response = jsonify({"message": text})
    response.status_code = status
    return response
