"""`GET /api/v1/scores`: a number of the dashboard, with how sure it is and what it was before."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask.views import MethodView
from flask_smorest import abort
from marshmallow import RAISE, Schema, fields, validate

from widget.domain.errors import MomentRefused
from widget.domain.moments import read_day
from widget.domain.roles import EVERYTHING
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.estimates import METHODS, Score
from widget.domain.scores.metrics import METRIC_IDS, METRICS, MetricId
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.domain.scores.spans import Span, preset_span
from widget.domain.teams import TeamPlace, with_teams_below
from widget.extensions import db
from widget.storage.accounts import time_zone_of
from widget.storage.dashboards import counted_surveys, counts_of, version_numbers
from widget.storage.members import member_ever_named
from widget.storage.tags import tag_id
from widget.storage.teams import team_tree
from widget.web.api.keys import api_workspace, is_for_tests, needs
from widget.web.api.responses import blueprint, refuse
from widget.web.clock import now

_DAY = "A day such as 2026-11-30, in the workspace's time zone."
_MANY = "May be repeated: any of them."


def _texts(description: str) -> "fields.List[Any]":
    return fields.List(
        fields.String(), load_default=[], metadata={"description": f"{description} {_MANY}"}
    )


class ScoreQuery(Schema):
    """Which number, and of which answers."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}

    metric = fields.String(
        required=True,
        validate=validate.OneOf(METRIC_IDS, error=f"Write one of {', '.join(METRIC_IDS)}."),
        error_messages={"required": f"Name the metric: one of {', '.join(METRIC_IDS)}."},
        metadata={"description": "Which number."},
    )
    from_ = fields.String(
        data_key="from", metadata={"description": f"First day; 30 days before the last. {_DAY}"}
    )
    to = fields.String(metadata={"description": f"Last day; today unless told. {_DAY}"})
    survey = _texts("Public id of a survey.")
    version = fields.List(
        fields.Integer(error_messages={"invalid": "Write the number of a version."}),
        load_default=[],
        metadata={"description": f"Number of a survey's version, as the console has it. {_MANY}"},
    )
    member = _texts("A member's email, employee id or public id.")
    team = fields.List(
        fields.Integer(error_messages={"invalid": "Write the number of a team."}),
        load_default=[],
        metadata={"description": f"Id of a team, with those below it. {_MANY}"},
    )
    channel = _texts("Channel, exactly.")
    language = _texts("Language tag of the answer.")
    source = _texts("Where it was answered: widget, link or email.")
    client = _texts("The attribute “client” that pages and requests gave.")
    segment = _texts("The attribute “segment” that pages and requests gave.")
    tag = _texts("Tag of the answer.")


class EstimateSchema(Schema):
    value = fields.Float(allow_none=True, metadata={"description": "Null without answers."})
    low = fields.Float(allow_none=True, metadata={"description": "Lower end of the interval."})
    high = fields.Float(allow_none=True, metadata={"description": "Upper end of the interval."})
    n = fields.Integer(metadata={"description": "How many answers it is computed from."})


class ChangeSchema(Schema):
    difference = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    p = fields.Float(
        allow_none=True, metadata={"description": "Null below ten answers on either side."}
    )
    verdict = fields.String(
        allow_none=True,
        metadata={"description": "higher, lower or unclear; null where nothing can be said."},
    )


class ScoreSchema(EstimateSchema):
    """A number with its 95 % interval, and the same of as many days before."""

    metric = fields.String()
    unit = fields.String(metadata={"description": "points, percent, nps, seconds or count."})
    method = fields.String(metadata={"description": "How the interval is made."})
    method_name = fields.String()
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    before = fields.Nested(EstimateSchema)
    change = fields.Nested(ChangeSchema)


EXAMPLE = {
    "metric": "nps",
    "unit": "nps",
    "value": 41.2,
    "low": 35.0,
    "high": 47.1,
    "n": 812,
    "method": "adjusted_wald",
    "method_name": METHODS["adjusted_wald"].name,
    "from": "2026-10-28",
    "to": "2026-11-26",
    "before": {"value": 36.0, "low": 29.8, "high": 42.0, "n": 790},
    "change": {"difference": 5.2, "low": -3.5, "high": 13.8, "p": 0.24, "verdict": "unclear"},
}


@blueprint.route("/scores")
class Scores(MethodView):
    @needs("read")
    @blueprint.arguments(ScoreQuery, location="query", unknown=RAISE)
    @blueprint.response(200, ScoreSchema, example=EXAMPLE)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Compute a score.

        Hidden responses, tests, and answers of customers who were asked again after a follow-up do
        not count. It is the number that the console's dashboard shows for the same filter.
        """
        if is_for_tests():
            abort(403, message="A key for tests reads no scores: tests do not count.")
        metric: MetricId = query["metric"]
        zone = time_zone_of(db.session(), api_workspace())
        wanted = _filter(query, zone)
        if metric == "shares" and not wanted.knows_shares:
            refuse("metric", "Nothing says who shared: shares are told by survey and days alone.")
        earlier = Span(wanted.first, wanted.last).before
        counts = _counts(wanted, zone)
        before = _counts(replace(wanted, first=earlier.first, last=earlier.last), zone)
        score, change = score_of(metric, counts), compare(metric, before, counts)
        return {
            **_as_json(score),
            "metric": metric,
            "unit": METRICS[metric].unit,
            "method": score.method,
            "method_name": METHODS[score.method].name,
            "first": wanted.first,
            "last": wanted.last,
            "before": _as_json(score_of(metric, before)),
            "change": change,
        }


def _as_json(score: Score) -> dict[str, Any]:
    return {"value": score.value, "low": score.low, "high": score.high, "n": score.n}


def _counts(wanted: ScoreFilter, zone: str) -> Counts:
    workspace_id = api_workspace()
    surveys = counted_surveys(db.session(), workspace_id)
    return counts_of(db.session(), workspace_id, EVERYTHING, wanted, surveys, zone)


def _filter(query: dict[str, Any], zone: str) -> ScoreFilter:
    """What the query asks for; aborts with a sentence when it names what there is not."""
    session, workspace_id = db.session(), api_workspace()
    today = now().astimezone(ZoneInfo(zone)).date()
    last = _day("to", query.get("to")) or today
    first = _day("from", query.get("from_")) or preset_span("last_30", last).first
    if first > last:
        refuse("from", "This day is after the last one.")
    surveys = {one.public_id: id for id, one in counted_surveys(session, workspace_id).items()}
    unknown = [one for one in query["survey"] if one not in surveys]
    if unknown:
        refuse("survey", "There is no survey with this public id in your workspace.")
    return ScoreFilter(
        first,
        last,
        surveys=tuple(surveys[one] for one in query["survey"]),
        versions=_versions([surveys[one] for one in query["survey"]], query["version"]),
        members=tuple(_member(one) for one in query["member"]),
        teams=_teams(query["team"]),
        channels=query["channel"],
        languages=query["language"],
        sources=query["source"],
        clients=query["client"],
        segments=query["segment"],
        tags=[tag_id(session, workspace_id, one) or 0 for one in query["tag"]],
    )


def _versions(surveys: Collection[int], numbers: Collection[int]) -> list[int]:
    """The ids of the versions with one of these numbers, of some surveys or, without any, of all;
    aborts where there is none."""
    known = version_numbers(db.session(), api_workspace())
    of_surveys = {id: one for id, one in known.items() if not surveys or one[0] in surveys}
    if not {number for _survey, number in of_surveys.values()}.issuperset(numbers):
        refuse("version", "There is no version with this number of these surveys.")
    return [id for id, (_survey, number) in of_surveys.items() if number in numbers]


def _member(given: str) -> int:
    """A member's id; that of nobody for one whom nobody knows, who was rated by nobody."""
    found = member_ever_named(db.session(), api_workspace(), given)
    return found.id if found else 0


def _teams(ids: Collection[int]) -> Collection[int]:
    places = [
        TeamPlace(team.id, team.parent_id) for team in team_tree(db.session(), api_workspace())
    ]
    known = {place.id for place in places}
    if not known.issuperset(ids):
        refuse("team", "There is no team with this number in your workspace.")
    return with_teams_below(places, ids)


def _day(name: str, text: str | None) -> date | None:
    try:
        return read_day(text) if text else None
    except MomentRefused as error:
        refuse(name, str(error))
