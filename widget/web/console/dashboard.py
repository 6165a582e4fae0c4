"""The dashboard: numbers of some days with how sure they are, their course, and who differs."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from widget.domain.dashboards import LACK_WORDS, Point, Tile, all_tiles, looked_at
from widget.domain.scores.corrections import BONFERRONI, HOLM
from widget.domain.scores.estimates import METHODS
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.scoring import Counts
from widget.domain.scores.spans import BUCKET_NAMES, BucketName, buckets, chosen_bucket
from widget.domain.scores.summaries import summaries
from widget.extensions import db
from widget.storage.dashboards import (
    CountedSurvey,
    counted_surveys,
    counts_by_day,
    course_of,
)
from widget.storage.offers import offered_to
from widget.web import htmx
from widget.web.console import dashboard_filters
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.dashboard_answers import AnswerLinks
from widget.web.console.dashboard_breakdown import (
    GROUP_NAMES,
    chosen_group,
    table_of,
)
from widget.web.console.dashboard_csv import as_csv, distribution_csv, sides_csv
from widget.web.console.dashboard_filters import Asked
from widget.web.console.dashboard_sides import sides_of
from widget.web.console.days import today
from widget.web.console.saved_filters import menu_of

Surveys = dict[int, CountedSurvey]
STEP_NAMES: dict[BucketName, str] = {"day": "Day", "week": "Week", "month": "Month"}


@blueprint.get("/dashboard")
@needs("see_own")
def dashboard() -> Response:
    """Numbers of the chosen days, within the scope of whoever looks."""
    surveys = counted_surveys(db.session(), seat().workspace_id)
    asked = dashboard_filters.asked(surveys)
    place = seat()
    where = (db.session(), place.workspace_id, place.scope)
    counted = counts_by_day(*where, asked.wanted, surveys, place.time_zone)
    counts = counted.now
    offered = offered_to(db.session(), place.workspace_id, asked.wanted, surveys)
    shown = all_tiles(asked.wanted, offered, counts, counted.before)
    metrics = [one.metric for one in shown]
    metric = looked_at(metrics, request.args.get("metric") or _first_with_answers(shown))
    group = chosen_group()
    step = chosen_bucket(asked.span, _wanted_step())
    trend = _trend(asked, surveys, metric, counted.by_day, step)
    if request.args.get("format") == "csv" and not asked.problems:
        is_trend = request.args.get("of") == "trend"
        everybody = None if is_trend else table_of(asked, surveys, metric, group, most=None)
        name = f"{metric}-by-{step if is_trend else group}"
        return _file(name, as_csv(metric, everybody or trend))
    table = table_of(asked, surveys, metric, group)
    distributions = summaries(counts.answers)
    sides = sides_of(asked, surveys, metric, counts)
    values = {
        "asked": asked,
        "links": AnswerLinks(asked),
        "lack_words": LACK_WORDS,
        "answers": counts.responses,
        "menu": menu_of("dashboard"),
        "presets": dashboard_filters.preset_options(),
        "tiles": shown,
        "metric": metric,
        "metrics": METRICS,
        "metric_options": [(id, _(METRICS[id].name)) for id in metrics],
        "is_partial": htmx.wants_partial(),
        "trend": trend,
        "step": step,
        "wanted_step": _wanted_step(),
        "step_options": [
            ("", _("As fits the days")),
            *((name, _(STEP_NAMES[name])) for name in BUCKET_NAMES),
        ],
        "table": table,
        "group": group,
        "groups": [(name, _(words)) for name, words in GROUP_NAMES.items()],
        "distributions": distributions,
        "thresholds": {one.kind: one.thresholds for one in distributions},
        "methods": METHODS,
        "holm": HOLM,
        "bonferroni": BONFERRONI,
        "distribution_csvs": {one.kind: distribution_csv(one) for one in distributions},
        "sides": sides,
        "sides_csv": sides_csv(metric, sides),
        "trend_csv": as_csv(metric, trend),
        "table_csv": as_csv(metric, table),
    }
    template = "_numbers" if htmx.wants_partial() else "page"
    page = render_template(f"console/dashboard/{template}.html", **values)
    return htmx.in_address(htmx.page_or_partial(page, page, 422 if asked.problems else 200))


def _first_with_answers(shown: Sequence[Tile]) -> MetricId | None:
    return next((one.metric for one in shown if one.score.n), None)


def _wanted_step() -> BucketName | None:
    """By what the address cuts the course; None where that is left to the days."""
    wanted = request.args.get("step")
    return next((name for name in BUCKET_NAMES if name == wanted), None)


def _trend(
    asked: Asked,
    surveys: Surveys,
    metric: MetricId,
    by_day: Mapping[date, Counts],
    step: BucketName,
) -> list[Point]:
    """The metric's number in each day, week or month of the span."""
    place, parts = seat(), buckets(asked.span, step, today())
    return course_of(
        db.session(),
        *(place.workspace_id, place.scope, asked.wanted, surveys, place.time_zone),
        metric=metric,
        parts=parts,
        by_day=by_day,
    )


def _file(name: str, text: str) -> Response:
    answer = make_response(text)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return htmx.vary(answer)
