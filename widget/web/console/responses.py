"""Reading responses: the list with its filters, and one response with everything around it."""

from functools import partial
from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.reply_to_customer import reply_to_response
from widget.domain.errors import FollowUpRefused, MomentRefused
from widget.domain.exports.formats import FORMAT_NAMES
from widget.domain.mentions import parts
from widget.domain.moments import read_moment
from widget.domain.scales import KIND_NAMES, KINDS
from widget.extensions import db
from widget.storage.bulk_changes import changes_under_way
from widget.storage.embed_problems import surveys_with_problems
from widget.storage.fitting_responses import Fitting
from widget.storage.follow_ups import follow_ups_of, names_of
from widget.storage.recovery_pairs import Pair, pair_of
from widget.storage.response_origins import origin_of
from widget.storage.responses import (
    ListedResponse,
    Page,
    Place,
    find_response,
    responses_page,
    revisions_of,
    those_in_scope,
)
from widget.storage.rewards import reward_of_responses
from widget.storage.rules import acted_on
from widget.storage.stream_choices import stream_choices
from widget.storage.tags import tag_names, tags_of
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.replies import ReplyForm, begun, reply_form, sent_states, write_reply
from widget.web.console.response_columns import shown_columns
from widget.web.console.response_filters import (
    Asked,
    asked,
    further_values,
    group_links,
    mood_options,
)
from widget.web.console.response_guide import guide_of
from widget.web.console.response_thread import people_to_mention, said_in, thread
from widget.web.console.saved_filters import menu_of
from widget.web.console.tag_choices import tag_choices
from widget.web.face.speech import Speech

PAGE = 50


@blueprint.get("/responses")
@needs("see_own")
def responses() -> Response:
    """The newest responses within the scope of whoever asks, filtered by the query."""
    found = asked()
    session, workspace_id = db.session(), seat().workspace_id
    page = responses_page(
        session,
        workspace_id,
        found.wanted,
        limit=PAGE,
        older_than=_place("older"),
        newer_than=_place("newer"),
    )
    # What is about the workspace, not about what somebody's customers said.
    reads_others = seat().may("read_responses")
    ids = [one.response.id for one in page.items]
    choices = stream_choices(session, workspace_id, seat().scope)
    values = {
        "page": page,
        # Where all of them are on the page, nobody needs to count.
        "fitting": _all_of_them(page),
        "asked": found,
        "menu": menu_of("responses"),
        "problems": found.problems,
        "choices": choices,
        "further": further_values(found, choices),
        "kinds": [(kind, KIND_NAMES[kind]) for kind in KINDS],
        "moods": mood_options(),
        "groups": group_links(found),
        "tag_options": [(tag, tag) for tag in tag_choices().values()],
        "columns": shown_columns(),
        "asked_columns": request.args.getlist("columns"),
        "under_way": changes_under_way(session, workspace_id) if reads_others else [],
        "reads_others": reads_others,
        "may_lead": seat().may("lead"),
        "form_names": FORMAT_NAMES,
        "broken": surveys_with_problems(session, workspace_id, _one_survey(found))
        if reads_others
        else [],
        "speech": _speech,
        "rewards": reward_of_responses(session, workspace_id, ids),
        "tags_of": tags_of(session, workspace_id, ids),
    }
    return htmx.in_address(
        htmx.page_or_partial(
            render_template("console/responses/list.html", **values),
            render_template("console/responses/_rows.html", **values),
            422 if found.problems else 200,
        )
    )


@blueprint.get("/responses/<uuid:response_id>")
@needs("see_own")
def response(response_id: UUID) -> Response:
    """One response: its steps in the words its customer saw, its context, its thread."""
    return _page(_found(response_id))


@blueprint.post("/responses/<uuid:response_id>/reply")
@needs("lead")
def response_reply(response_id: UUID) -> Response:
    """Reply to the customer, in the thread of a follow-up."""
    found = _found(response_id)
    try:
        follow_up_id = write_reply(
            partial(reply_to_response, db.session(), seat().workspace_id, response_id)
        )
    except FollowUpRefused as error:
        return _page(found, str(error))
    return redirect(url_for("console.follow_up", follow_up_id=follow_up_id) + "#thread", 303)


@blueprint.post("/responses/<uuid:response_id>/reply/template")
@needs("lead")
def response_reply_template(response_id: UUID) -> Response:
    """Begin the reply with a template; what was typed is kept, and nothing is stored."""
    found = _found(response_id)
    return begun(_reply_form(found), lambda: _page(found))


def _reply_form(found: ListedResponse, problem: str = "") -> ReplyForm:
    address = url_for("console.response_reply", response_id=found.response.id)
    return reply_form(found, address, problem)


def _page(found: ListedResponse, reply_problem: str = "") -> Response:
    response_id, may_lead = found.response.id, seat().may("lead")
    follow_ups = follow_ups_of(db.session(), seat().workspace_id, response_id) if may_lead else []
    open_one = next((row.id for row in follow_ups if row.resolved_at is None), None)
    people = people_to_mention()
    acted = acted_on(db.session(), seat().workspace_id, response_id) if may_lead else None
    told = said_in([row.id for row in follow_ups])
    page = render_template(
        "console/responses/one.html",
        may_lead=may_lead,
        follow_ups=follow_ups,
        told=told,
        sent=sent_states(told),
        origin=origin_of(db.session(), found.response),
        cut=lambda text: parts(text, people),
        pair=_pair(response_id),
        speech_of=_speech,
        found=found,
        row=found.response,
        speech=_speech(found),
        reward=reward_of_responses(db.session(), seat().workspace_id, [response_id]).get(
            response_id
        ),
        revisions=revisions_of(db.session(), seat().workspace_id, response_id),
        shows_comment=may_lead or found.response.comment_hidden_at is None,
        tags=tags_of(db.session(), seat().workspace_id, [response_id]).get(response_id, ()),
        tag_options=tag_names(db.session(), seat().workspace_id) if may_lead else [],
        thread=thread(response_id, people),
        acted=acted,
        names=names_of(db.session(), {id for one in acted or () for id in one.people}),
        people=people if may_lead else [],
        reply=_reply_form(found, reply_problem) if may_lead else None,
        guide=guide_of(found, open_one, is_followed=bool(follow_ups)) if may_lead else None,
    )
    return make_response(page, 422 if reply_problem else 200)


def _found(response_id: UUID) -> ListedResponse:
    """A response within the scope of whoever asks; aborts when there is none."""
    found = find_response(db.session(), seat().workspace_id, response_id, seat().scope)
    if found is None or not _may_see(found):
        abort(404, "There is no such response in this workspace, or it is not yours to see.")
    return found


def _may_see(found: ListedResponse) -> bool:
    """Whether one within their scope is theirs: members see no tests and nothing hidden."""
    row = found.response
    return seat().may("read_responses") or (row.hidden_at is None and not row.is_test)


def _pair(response_id: UUID) -> Pair | None:
    """The first and the second answer of a customer who was asked again, where the one that was
    not looked for is theirs to see as well."""
    session, workspace_id = db.session(), seat().workspace_id
    pair = pair_of(session, workspace_id, response_id)
    if pair is None:
        return None
    both = [one for one in (pair.first, pair.second) if one is not None]
    ids = [one.response.id for one in both]
    within = those_in_scope(session, workspace_id, ids, seat().scope)
    return pair if within.issuperset(ids) and all(map(_may_see, both)) else None


def _all_of_them(page: Page) -> Fitting | None:
    return None if page.has_older or page.has_newer else Fitting(len(page.items), is_exact=True)


def _one_survey(found: Asked) -> str | None:
    """The only survey that is looked at."""
    surveys = found.chosen.get("survey", [])
    return surveys[0] if len(surveys) == 1 else None


def _place(name: str) -> Place | None:
    if not request.args.get(name):
        return None
    moment, _underscore, id = request.args[name].partition("_")
    try:
        return Place(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        abort(422, _("This address is damaged. Please open the list of responses anew."))


def _speech(found: ListedResponse) -> Speech:
    return Speech(found.definition, found.response.language, seat().workspace_name)
