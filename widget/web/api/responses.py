"""`GET /api/v1/responses`: what customers said, newest first."""

from datetime import datetime
from typing import Any, NoReturn

from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE

from widget.domain.errors import MomentRefused, UnknownSurvey
from widget.domain.exports.objects import response_object
from widget.domain.moments import read_moment
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage.accounts import time_zone_of
from widget.storage.campaigns import campaign_names
from widget.storage.members import member_ever_named
from widget.storage.response_records import records_page
from widget.storage.stream_choices import teams_of_filter
from widget.storage.surveys import survey_of
from widget.web.api.bodies import ApiBlueprint
from widget.web.api.cursors import cursor_of, place_in
from widget.web.api.keys import api_workspace, is_for_tests, needs, require_key
from widget.web.api.schemas import EXAMPLE_PAGE, ResponsePage, ResponseQuery
from widget.web.plain_text import refuse_nul

blueprint = ApiBlueprint("api", __name__, url_prefix="/api/v1", description="What customers said.")
blueprint.before_request(require_key)
blueprint.before_request(refuse_nul)


@blueprint.route("/responses")
class Responses(MethodView):
    @needs("read")
    @blueprint.arguments(ResponseQuery, location="query", unknown=RAISE)
    @blueprint.response(200, ResponsePage, example=EXAMPLE_PAGE)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List responses, newest first.

        Hidden responses are left out; test responses too unless “test” is true, and answers of
        customers who were asked again after a follow-up unless “recovery” is true.
        """
        after = place_in(query)
        page = records_page(
            db.session(),
            api_workspace(),
            _filter(query),
            limit=query["limit"],
            older_than=after,
            shows_hidden_comments=False,
        )
        return {
            "items": [response_object(record) for record in page.records],
            "next": cursor_of(page.last) if page.last else None,
        }


def _filter(query: dict[str, Any]) -> ResponseFilter:
    """What the query asks for; aborts with a sentence when it names what there is not."""
    members: list[int] = []
    if "member" in query:
        member = member_ever_named(db.session(), api_workspace(), query["member"])
        # No member has this id: somebody unknown was rated by nobody.
        members = [member.id if member else 0]
    if "survey" in query:
        try:
            survey_of(db.session(), api_workspace(), query["survey"])
        except UnknownSurvey:
            refuse("survey", "There is no survey with this public id in your workspace.")
    if "campaign" in query and not campaign_names(
        db.session(), api_workspace(), [query["campaign"]]
    ):
        refuse("campaign", "There is no campaign with this id in your workspace.")
    return ResponseFilter(
        campaigns=_given(query, "campaign"),
        surveys=_given(query, "survey"),
        kinds=_given(query, "kind"),
        channels=_given(query, "channel"),
        languages=_given(query, "language"),
        tags=[tag.casefold() for tag in _given(query, "tag")],
        teams=teams_of_filter(db.session(), api_workspace(), str(query.get("team", ""))),
        search=query.get("q", "").strip(),
        has_comment=query.get("has_comment"),
        since=_moment("since", query),
        until=_moment("until", query),
        members=members,
        ref=query.get("ref"),
        is_recovery=None if query["recovery"] else False,
        with_tests=query["test"],
        only_tests=is_for_tests(),
    )


def _given(query: dict[str, Any], name: str) -> list[Any]:
    return [query[name]] if name in query else []


def _moment(name: str, query: dict[str, Any]) -> datetime | None:
    if name not in query:
        return None
    try:
        return read_moment(query[name], time_zone_of(db.session(), api_workspace()))
    except MomentRefused as error:
        return refuse(name, str(error))


def refuse(parameter: str, sentence: str, where: str = "query") -> NoReturn:
    """Answer that a parameter, or a field of the `json` body, cannot be, with a sentence."""
    abort(422, messages={where: {parameter: [sentence]}})
    raise AssertionError
