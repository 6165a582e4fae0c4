"""Links from mails: a page with the chosen score and one button. Opening it answers nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for

from widget.actions.note_visit import note_visit
from widget.actions.receive_answer import receive_gesture
from widget.domain.context import Context
from widget.domain.errors import LinkForged, TokenForged, TokenMissing, UnknownSurvey
from widget.domain.flow import offer_of, steps
from widget.domain.held import Held, may_still_change
from widget.domain.links import LinkSigner, RequestLink, unsigned_response_id
from widget.domain.scales import Scale
from widget.domain.surveys import Definition
from widget.domain.suspicion import Act
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.faces import member_card
from widget.storage.landing import Answered, answered, asked_request, stored_among
from widget.storage.surveys import PublishedSurvey
from widget.web.clock import now
from widget.web.evidence import act_of_opening, requesting_client
from widget.web.face import pages
from widget.web.face.forms import read_submission
from widget.web.face.landing import Landing, landing_html, landing_policy
from widget.web.face.messages import message_page
from widget.web.face.pages import Typed
from widget.web.frame.answering import comes_from_us, head_of
from widget.web.frame.mailed import OVER, SIGNED_ONLY, refusal_of
from widget.web.frame.opening import key_of, visit_values
from widget.web.frame.routes import own_origins
from widget.web.frame.visits import named_member, open_visit, requested_opening, signer
from widget.web.landing.problems import register as register_problems
from widget.web.published import find_definition, find_member, find_person, find_survey
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("landing", __name__)
register_problems(blueprint)


@blueprint.get("/s/<token>")
def signed(token: str) -> Response:
    """A request's page. Stores that the link was opened, and no answer."""
    link = _links().read(token)
    asked = asked_request(db.session(), link.workspace_id, link.request_id)
    if asked is None:
        raise LinkForged("The request of this link is gone.")
    _note(link, act_of_opening())
    survey, definition, version_id = _open_survey(asked.survey)
    opening = requested_opening()
    if asked.language and "lang" not in opening.arguments:
        opening = replace(opening, query=(("lang", asked.language), *opening.query))
    language = opening.language(definition)
    if asked.expires_at <= now():
        return OVER.page(language)
    card = (
        member_card(db.session(), survey.workspace_id, asked.member_id) if asked.member_id else None
    )
    visit = Visit(
        survey=survey.public_id,
        version_id=version_id,
        response_id=link.request_id,
        language=language,
        issued_at=now(),
        context=asked.context,
        member_id=asked.member_id,
        member_name=card.name if card else "",
        source="email",
        is_test=asked.is_test,
    )
    return _page(survey, definition, visit, known_to_customer=True)


@blueprint.get("/e/<public_id>")
def unsigned(public_id: str) -> Response:
    """The same for a link that a help desk filled in, and that anybody could write."""
    survey, definition, version_id = _open_survey(public_id)
    if not survey.accepts_unsigned:
        return SIGNED_ONLY.page()
    opening = requested_opening()
    member = find_member(survey, named_member(opening))
    visit = open_visit(opening, survey, definition, version_id, member=member, at=now())
    known_id = _response_of(survey, visit.context, is_test=visit.is_test)
    visit = replace(visit, response_id=known_id or visit.response_id, source="unsigned")
    if rate_limits().allow_opening(public_id, request.remote_addr):
        _note(RequestLink(survey.workspace_id, visit.response_id), act_of_opening())
    return _page(survey, definition, visit, known_to_customer=False)


@blueprint.get("/s/<token>/more")
def more(token: str) -> Response:
    """A link that people neither see nor reach: who follows it follows every link there is."""
    link = _links().read(token)
    _note(link, "prefetch" if act_of_opening() == "prefetch" else "honeypot")
    return Response(status=204)


@blueprint.post("/w/<public_id>/gesture")
def gesture(public_id: str) -> Response:
    """Somebody touched the page: what is chosen there counts later, should they go without a word.

    Answers with a status alone: nobody looks at it.
    """
    if not comes_from_us(request.headers.get("Origin"), request.host, own_origins()):
        return Response(status=403)
    try:
        visit = signer().read(request.form.get("token", ""))
    except (TokenMissing, TokenForged):
        return Response(status=400)
    if visit.survey != public_id or not visit.is_mailed or visit.is_expired(now()):
        return Response(status=400)
    if not rate_limits().allow_answer(public_id, visit.response_id.hex, request.remote_addr):
        return Response(status=429)
    survey = find_survey(public_id)
    refusal = refusal_of(survey, visit)
    if refusal:
        return Response(status=refusal.status)
    definition = find_definition(survey, visit.version_id)
    offer = offer_of(definition, survey.rewards, visit.member_id)
    answer = read_submission(request.form, definition, offer).answer
    if answer is None:
        return Response(status=422)
    db.session.rollback()
    receive_gesture(
        db.engine,
        Held(head_of(survey, definition, visit, now()), answer, visit.issued_at),
        requesting_client(visit.response_id),
        quarantine=timedelta(seconds=current_app.config["SAYSO_QUARANTINE_S"]),
    )
    return Response(status=204)


def _links() -> LinkSigner:
    found: LinkSigner = current_app.extensions["sayso_answer_links"]
    return found


def _open_survey(public_id: str) -> tuple[PublishedSurvey, Definition, int]:
    survey = find_survey(public_id)
    if survey.version_id is None or survey.is_closed:
        raise UnknownSurvey("This survey is not open.")
    return survey, find_definition(survey, survey.version_id), survey.version_id


def _response_of(survey: PublishedSurvey, context: Context, *, is_test: bool) -> UUID | None:
    """The response that an unsigned link is about, whichever of our keys named it."""
    config = current_app.config
    # The first is never rotated; the others named responses once.
    keys = (config["SAYSO_ADDRESS_KEY"], config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
    said = (survey.public_id, context.ref, context.member, context.customer_email)
    made = (unsigned_response_id(key, *said, is_test=is_test) for key in keys)
    ids = [id for id in made if id]
    known = stored_among(db.session(), survey.workspace_id, ids)
    return next((id for id in ids if id in known), ids[0] if ids else None)


def _note(link: RequestLink, act: Act) -> None:
    if not rate_limits().allow_opening_of_request(link.request_id, request.remote_addr):
        return
    text = request.args.get("score", "")
    score = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None
    client = requesting_client(link.request_id)
    # Its connection goes back: a request that holds one while it waits for another can starve.
    db.session.rollback()
    note_visit(
        db.engine, link.workspace_id, link.request_id, client, client.click(now(), act, score)
    )


def _page(
    survey: PublishedSurvey,
    definition: Definition,
    visit: Visit,
    *,
    known_to_customer: bool,
) -> Response:
    """The first question with the link's score chosen, or what was answered when that is final.

    `known_to_customer`: only whom the mail was written to can have the link, so the page may say
    what they answered.
    """
    said = answered(db.session(), survey.workspace_id, visit.response_id)
    key = key_of(survey, definition, visit)
    face = key.face()
    scale = definition.question.scale
    told = _told(face, scale, said) if known_to_customer else ""
    if said and not may_still_change(said.answered_at, visit.issued_at, survey.edit_days):
        title = "Your answer can no longer be changed."
        return message_page(title, "", 200, language=visit.language, detail=told)
    chosen = Typed(score=_chosen(scale, said if known_to_customer else None))
    step_html = face.step_html(steps(definition)[0], chosen, is_test=visit.is_test)
    landing = Landing(
        gesture=url_for("landing.gesture", public_id=survey.public_id),
        more=url_for(
            "landing.more",
            token=_links().sign(RequestLink(survey.workspace_id, visit.response_id)),
        ),
        answered=told,
    )
    page = pages.Filling.of(landing_html(face, step_html, landing))
    person = find_person(survey, visit.member_id)
    response = Response(
        page.fill(visit_values(key, visit, signer().sign(visit), "", person)),
        content_type="text/html; charset=utf-8",
    )
    response.headers["Content-Security-Policy"] = landing_policy(definition.looks)
    return response


def _told(face: pages.Face, scale: Scale, said: Answered | None) -> str:
    """What the customer answered, in words; "" where it is nothing that the survey still offers."""
    if said is None or said.score not in scale.scores:
        return ""
    name = face.speech.point_name(scale.point(said.score).name)
    return face.speech.say("You answered: {answer}", answer=name)


def _chosen(scale: Scale, said: Answered | None) -> int | None:
    """The link's score where it is one of this scale, else what was answered before."""
    text = request.args.get("score", "")
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None
    if asked in scale.scores:
        return asked
    return said.score if said and said.score in scale.scores else None
