"""Showing a survey and storing what its customer answers."""

from dataclasses import replace

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from widget.actions.give_answer import give_answer
from widget.actions.receive_answer import Received, receive_answer
from widget.domain.errors import TokenForged, TokenMissing, UnknownSurvey
from widget.domain.flow import Answer, Step, offer_of, steps
from widget.domain.held import Held
from widget.domain.surveys import Definition
from widget.domain.tokens import Visit, unverified
from widget.extensions import db
from widget.storage.images import find_image
from widget.storage.responses import is_stored
from widget.storage.surveys import PublishedSurvey
from widget.web import htmx
from widget.web.clock import now
from widget.web.evidence import requesting_client
from widget.web.face import pages
from widget.web.face.forms import Problem, Submission, read_submission
from widget.web.face.landing import Landing, landing_html, landing_policy
from widget.web.face.pages import Typed
from widget.web.face.styles import style_source
from widget.web.frame.answering import comes_from_us, head_of, next_step, stored_answers
from widget.web.frame.mailed import refusal_of
from widget.web.frame.offering import offered_html
from widget.web.frame.opening import key_of, may_stand_on, visit_values
from widget.web.frame.problems import not_framed_here, report_origin, report_unexpanded, too_many
from widget.web.frame.problems import register as register_problems
from widget.web.frame.visits import (
    named_member,
    open_visit,
    opening_of,
    requested_opening,
    signer,
)
from widget.web.published import find_definition, find_member, find_person, find_survey
from widget.web.rate_limits import rate_limits

blueprint = Blueprint("frame", __name__)
register_problems(blueprint)


@blueprint.get("/w/<public_id>")
def show(public_id: str) -> Response:
    """A survey's first question, for one visitor. Stores nothing."""
    survey, definition, version_id = _open_survey(public_id)
    origin = request.args.get("origin", "")
    if not may_stand_on(survey, origin, own_origins()):
        report_origin(survey, origin)
        return not_framed_here(survey, origin)
    opening = requested_opening()
    member = find_member(survey, named_member(opening))
    visit = open_visit(opening, survey, definition, version_id, member=member, at=now())
    key = key_of(survey, definition, visit)
    theme, person = request.args.get("theme", ""), member.html if member else ""
    values = visit_values(key, visit, signer().sign(visit), theme, person)
    page = pages.ready_page(key, visit.is_test).fill(values)
    return _document(page, survey, definition)


@blueprint.post("/w/<public_id>/responses")
def store(public_id: str) -> Response:
    """One step's answer: stored at once, then the next step."""
    survey = find_survey(public_id)
    visit = _posted_visit(public_id)
    if not rate_limits().allow_answer(
        public_id, visit.response_id.hex if visit else None, request.remote_addr
    ):
        return _slow_down(survey, visit)
    if not comes_from_us(request.headers.get("Origin"), request.host, own_origins()):
        problem = Problem("This page cannot take answers from another site.", {})
        return _ask_anew(public_id, problem, 403)
    if visit is None:
        problem = Problem(
            "Something was missing when your answer reached us. Please press the button once more.",
            {},
        )
        return _ask_anew(public_id, problem, 400)
    refusal = refusal_of(survey, visit)
    if refusal:
        return refusal.page(visit.language)
    definition = find_definition(survey, visit.version_id)
    if visit.is_expired(now()):
        if survey.is_closed and not is_stored(db.session(), survey.workspace_id, visit.response_id):
            # Pages that were open when it closed had a day; whoever has begun may finish.
            raise UnknownSurvey("This survey is closed.")
        problem = Problem(
            "This page was open for a long time. Nothing is lost: "
            "please press the button once more.",
            {},
        )
        fresh = replace(visit, issued_at=now())
        return _ask_again(survey, definition, fresh, problem, 409)
    offer = offer_of(definition, survey.rewards, visit.member_id)
    submission = read_submission(request.form, definition, offer)
    if submission.answer is None:
        return _ask_again(survey, definition, visit, submission.problem, 422, submission)
    kept = _keep(survey, definition, visit, submission.step, submission.answer)
    if kept.outcome == "too_late":
        problem = Problem("Your answer can no longer be changed.", {})
        return _ask_again(survey, definition, visit, problem, 409, submission)
    report_unexpanded(survey, visit.context)
    return _go_on(survey, definition, visit, *next_step(definition, submission, kept.said, offer))


def _keep(
    survey: PublishedSurvey, definition: Definition, visit: Visit, step: Step, answer: Answer
) -> Received:
    """Store an answer. One by a link from a mail is judged first, and may be set aside."""
    head = head_of(survey, definition, visit, now())
    if visit.is_mailed:
        held = Held(head, answer, visit.issued_at)
        # Its connection goes back: a request that holds one while it waits for another can starve.
        db.session.rollback()
        kept = receive_answer(db.engine, held, requesting_client(visit.response_id))
    else:
        opens = step.name == "score"
        said = give_answer(db.engine, head, answer, time_zone=survey.time_zone, opens=opens)
        kept = Received("counted", said)
    if kept.outcome == "counted":
        stored_answers.labels(definition.question.kind).inc()
    return kept


@blueprint.get("/w/<public_id>/responses")
def lead_back(public_id: str) -> BaseResponse:
    """Where a form without scripts leaves its address: a reload there begins anew."""
    return redirect(url_for("frame.show", public_id=public_id))


@blueprint.get("/images/<image_id>")
def image(image_id: str) -> Response:
    """A logo or a photo. Its address is its content's digest, so it never changes."""
    found = find_image(db.session(), image_id)
    if found is None:
        return Response("No such image.\n", 404, content_type="text/plain")
    response = Response(found.data, content_type=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _open_survey(public_id: str) -> tuple[PublishedSurvey, Definition, int]:
    survey = find_survey(public_id)
    if survey.version_id is None or survey.is_closed:
        raise UnknownSurvey("This survey is not open.")
    return survey, find_definition(survey, survey.version_id), survey.version_id


def own_origins() -> tuple[str, ...]:
    """Our own addresses, where the try-it page and the preview stand."""
    try_url = current_app.config["SAYSO_TRY_URL"]
    public_url = current_app.config["SAYSO_PUBLIC_URL"]
    return (public_url, try_url) if try_url else (public_url,)


def _posted_visit(public_id: str) -> Visit | None:
    """The visit of the form's token; None when it has none that is good here."""
    try:
        visit = signer().read(request.form.get("token", ""))
    except (TokenMissing, TokenForged):
        return None
    return visit if visit.survey == public_id else None


def _slow_down(survey: PublishedSurvey, visit: Visit | None) -> Response:
    """A polite page for who sent too many answers; with their form if we know them."""
    if visit is None:
        response = too_many()
    else:
        problem = Problem(
            "You have sent many answers in a short time. Nothing is lost: "
            "please wait a minute and try again.",
            {},
        )
        definition = find_definition(survey, visit.version_id)
        response = _ask_again(survey, definition, visit, problem, 429)
    response.headers["Retry-After"] = "60"
    return response


def _ask_anew(public_id: str, problem: Problem, status: int) -> Response:
    """The posted step again for a new visit, about what the token said if it can be read."""
    survey, definition, version_id = _open_survey(public_id)
    opening = opening_of(unverified(request.form.get("token", ""))) or requested_opening()
    member = find_member(survey, named_member(opening))
    visit = open_visit(opening, survey, definition, version_id, member=member, at=now())
    return _ask_again(survey, definition, visit, problem, status)


def _document(page: str, survey: PublishedSurvey, definition: Definition) -> Response:
    # For the express lane: whose headers these are.
    request.environ["sayso.survey"] = survey
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _policy(survey, definition)
    return htmx.vary(response)


def _policy(survey: PublishedSurvey, definition: Definition) -> str:
    policy = (
        f"default-src 'none'; script-src 'self'; style-src {style_source(definition.looks)}; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
    )
    # No directive at all when anyone may embed it: `*` would shut out pages opened from a file.
    if survey.origins:
        policy += "; frame-ancestors 'self' " + " ".join((*survey.origins, *own_origins()))
    return policy


def _go_on(
    survey: PublishedSurvey, definition: Definition, visit: Visit, step: Step, typed: Typed
) -> Response:
    """A step's partial for htmx, or the whole page with it."""
    key = key_of(survey, definition, visit)
    filling = pages.ready_step(key, step, typed, visit.is_test)
    person = ""
    if not htmx.wants_partial():
        html = key.face().step_html(step, typed, is_test=visit.is_test)
        filling = pages.Filling.of(_whole_page(key.face(), visit, html))
        person = find_person(survey, visit.member_id)
    # The token that came is still good: the visit goes on with it.
    values = visit_values(key, visit, request.form["token"], "", person)
    if step.name == "thanks":
        values["sharing"] = offered_html(key, survey, definition, visit, typed)
    return _answer_to(visit, _document(filling.fill(values), survey, definition), definition)


def thanks_with(
    survey: PublishedSurvey,
    definition: Definition,
    visit: Visit,
    score: int | None,
    sharing: str,
    status: int = 200,
) -> Response:
    """The whole page of the thanks with something of sharing below them; for htmx that alone."""
    html = sharing
    if not htmx.wants_partial():
        key = key_of(survey, definition, visit)
        typed = Typed(main_score=score)
        step_html = key.face().step_html(steps(definition)[-1], typed, is_test=visit.is_test)
        page = pages.Filling.of(_whole_page(key.face(), visit, step_html))
        person = find_person(survey, visit.member_id)
        values = visit_values(key, visit, signer().sign(visit), "", person)
        html = page.fill({**values, "sharing": sharing})
    response = _document(html, survey, definition)
    response.status_code = status
    return _answer_to(visit, response, definition)


def _whole_page(face: pages.Face, visit: Visit, step_html: str) -> str:
    """The document around a step, as the visit began: a widget's, or a page behind a mail."""
    if not visit.is_mailed:
        return face.page_html(step_html)
    return landing_html(face, step_html, Landing())


def _answer_to(visit: Visit, response: Response, definition: Definition) -> Response:
    """A whole page behind a mail stands in nobody's frame."""
    if visit.is_mailed and not htmx.wants_partial():
        response.headers["Content-Security-Policy"] = landing_policy(definition.looks)
    return response


def _ask_again(
    survey: PublishedSurvey,
    definition: Definition,
    visit: Visit,
    problem: Problem | None,
    status: int,
    submission: Submission | None = None,
) -> Response:
    """The same step with everything typed still in it, a fresh token and one plain sentence."""
    key = key_of(survey, definition, visit)
    submission = submission or read_submission(request.form, definition, key.offer)
    face = key.face()
    sentence = face.speech.say(problem.text, **problem.values) if problem else ""
    html = face.step_html(
        submission.step,
        submission.typed,
        problem=sentence,
        problem_field=problem.field if problem else "",
        is_test=visit.is_test,
    )
    person = ""
    if not htmx.wants_partial():
        html, person = _whole_page(face, visit, html), find_person(survey, visit.member_id)
    theme = request.args.get("theme", "")
    values = visit_values(key, visit, signer().sign(visit), theme, person)
    response = _document(pages.Filling.of(html).fill(values), survey, definition)
    response.status_code = status
    return _answer_to(visit, response, definition)
