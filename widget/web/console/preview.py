"""The editor's live preview: the real frame, drawn from the draft, storing nothing."""

from flask import Response, request, url_for

from widget.domain.flow import step_after, steps
from widget.domain.rewards import chosen_from
from widget.domain.share_offers import offer_after
from widget.domain.surveys import Definition
from widget.extensions import csrf, db
from widget.storage.faces import first_card
from widget.storage.rewards import workspace_offer
from widget.storage.shares import sharing_rules
from widget.storage.survey_editing import survey_in_editor
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat
from widget.web.face.forms import read_submission
from widget.web.face.pages import Face, Filling, Typed
from widget.web.face.person import person_html
from widget.web.face.sharing import preview_html
from widget.web.face.speech import Speech, choose_language
from widget.web.face.styles import style_source


@blueprint.get("/surveys/<public_id>/preview")
@needs("edit_surveys")
def preview(public_id: str) -> Response:
    """The first step of the draft."""
    face, definition = _face(public_id)
    return _document(face, face.page_html(face.step_html(steps(definition)[0], Typed())))


@blueprint.post("/surveys/<public_id>/preview/responses")
@needs("edit_surveys")
def preview_step(public_id: str) -> Response:
    """The step after the posted one, as a customer would see it."""
    face, definition = _face(public_id)
    submission = read_submission(request.form, definition, face.offer)
    typed, step = submission.typed, submission.step
    main: int | None = None
    if submission.answer is None:
        problem = submission.problem
        sentence = face.speech.say(problem.text, **problem.values) if problem else ""
        field = problem.field if problem else ""
        html = face.step_html(step, typed, problem=sentence, problem_field=field)
    else:
        main = typed.score if step.name == "score" else typed.main_score
        if submission.direction == "back":
            html = face.step_html(steps(definition)[0], Typed(score=main))
        else:
            following = step_after(definition, step, main, face.offer)
            html = face.step_html(following, Typed(main_score=main))
    return _document(face, html if htmx.wants_partial() else face.page_html(html), main)


# Its frame has no session token, and it changes nothing.
csrf.exempt(preview_step)


def _face(public_id: str) -> tuple[Face, Definition]:
    found = survey_in_editor(db.session(), seat().workspace_id, public_id)
    definition = found.draft
    language = choose_language(
        [request.args.get("lang", "")], definition.languages, definition.main_language
    )
    face = Face(
        definition=definition,
        speech=Speech(definition, language, seat().workspace_name),
        public_id=public_id,
        action=url_for("console.preview_step", public_id=public_id, lang=language),
        image_folder=url_for("frame.image", image_id=""),
        offer=chosen_from(workspace_offer(db.session(), seat().workspace_id), definition.rewards),
    )
    return face, definition


def _document(face: Face, html: str, score: int | None = None) -> Response:
    # Shown is whoever the workspace has first.
    card = first_card(db.session(), seat().workspace_id)
    values = face.values("", card.name if card else "", "")
    values["person"] = person_html(card) if card else ""
    if score is not None:
        values["sharing"] = _offer(face, score)
    theme = request.args.get("theme", "")
    values["theme"] = theme if theme in ("light", "dark") else ""
    response = Response(Filling.of(html).fill(values), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src {style_source(face.definition.looks)}; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return htmx.vary(response)


def _offer(face: Face, score: int) -> str:
    """What the thanks of the draft would offer. Whom it belongs to is left out: nothing is made."""
    rules = sharing_rules(db.session(), seat().workspace_id)
    return preview_html(face, offer_after(face.definition, rules, score))
