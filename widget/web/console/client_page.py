"""One client, or one segment: its number over time, what it said, and what is open with it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.schedule_reports import schedule_plan
from widget.domain.clients import is_better
from widget.domain.errors import ReportRefused
from widget.domain.periods import period_of, quarters_until
from widget.domain.reports.plans import ReportPlan
from widget.domain.response_filters import ResponseFilter
from widget.domain.schedules import Schedule
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import METHODS, Score
from widget.domain.scores.metrics import METRICS
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.domain.scores.spans import BucketName, Span
from widget.domain.scores.summaries import Summary, summaries
from widget.extensions import db
from widget.storage.client_figures import (
    Baseline,
    baseline_before,
    baseline_within,
    campaigns_that_asked,
    client_counts,
    counts_by_day,
    course,
    days_with_comments,
)
from widget.storage.follow_ups import FollowUpFilter, ListedFollowUp, follow_ups_page
from widget.storage.responses import ListedResponse, days, responses_page
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.clients import Asked, asked_for, by_words, quarter_words
from widget.web.console.dashboard_csv import as_csv
from widget.web.console.follow_ups import reader, speech_of

# A trend of two years: of so many quarters.
QUARTERS = 8
_COMMENTS, _FOLLOW_UPS = 5, 5
# When drafts of the quarter that is over are made: on its second day, at eight.
_DAY, _HOUR = 2, 8


@dataclass(frozen=True)
class Figures:
    """A client's numbers of a quarter. Whatever is compared with nothing is None."""

    score: Score
    change: Comparison
    rate: Score
    rate_change: Comparison
    baseline: Score | None
    against_baseline: Comparison | None
    own_baseline: Score | None
    against_own: Comparison | None


@blueprint.get("/clients/one")
@needs("read_responses")
def client() -> Response | str:
    """One client in a quarter, and how it came there."""
    asked, name = _asked()
    step: BucketName = "month" if request.args.get("step") == "month" else "quarter"
    first = quarters_until(asked.quarter, QUARTERS)[-1].first
    span = Span(first, min(asked.quarter.last, max(asked.today, asked.quarter.first)))
    by_day = counts_by_day(db.session(), asked.about, span, name)
    trend = course(asked.metric, span, step, by_day)
    trend_csv = as_csv(asked.metric, trend)
    if request.args.get("format") == "csv":
        answer = make_response(trend_csv)
        answer.headers["Content-Type"] = "text/csv; charset=utf-8"
        answer.headers["Content-Disposition"] = (
            f'attachment; filename="{asked.metric}-by-{step}.csv"'
        )
        return answer
    baseline = baseline_before(db.session(), asked.about, asked.survey.kind, asked.quarter.first)
    counts = client_counts(db.session(), asked.about, asked.quarter, name)
    before = client_counts(db.session(), asked.about, asked.quarter.before, name)
    both = Span(asked.quarter.before.first, asked.quarter.last)
    leads = seat().may("lead")
    return render_template(
        "console/clients/one.html",
        asked=asked,
        name=name,
        by_words=by_words(asked.by),
        figures=_figures(asked, counts, before, baseline, name),
        baseline=baseline,
        coming_baseline=""
        if baseline
        else baseline_within(db.session(), asked.about, asked.survey.kind, asked.quarter),
        trend=trend,
        trend_csv=trend_csv,
        step=step,
        distribution=_distribution(asked, counts),
        comments=_comments(asked, name, by_day),
        follow_ups=_follow_ups(asked, name) if leads else None,
        campaigns=campaigns_that_asked(db.session(), asked.about, both, name),
        report_address=_report_address(asked, name, baseline) if leads else "",
        metric=asked.metric,
        metrics=METRICS,
        methods=METHODS,
        is_better=is_better,
        speech=speech_of,
        survey_options=[(one.public_id, one.name) for one in asked.about.surveys.values()],
        quarter=quarter_words(asked.quarter),
        before=quarter_words(asked.quarter.before),
        list_address=url_for("console.clients", **asked.address),
        answers_address=_answers_address(asked, name),
        follow_ups_address=url_for("console.follow_ups", **_named(asked, name)),
        same={**asked.address, "name": name},
    )


@blueprint.post("/clients/one/schedule")
@needs("lead")
def client_schedule() -> Response:
    """Have a draft of the quarterly report made by itself, each quarter."""
    asked, name = _asked()
    baseline = baseline_before(db.session(), asked.about, asked.survey.kind, asked.quarter.first)
    plan = _plan(asked, name, baseline)
    try:
        schedule = Schedule("quarter", _DAY, _HOUR, seat().time_zone)
        schedule_plan(db.session(), seat(), plan, schedule, now())
    except ReportRefused as error:
        flash(str(error), "error")
    else:
        flash(
            _("Each quarter a draft is made, and you are told by mail. Nothing is sent by itself.")
        )
    return redirect(url_for("console.client", name=name, **asked.address), 303)


def _asked() -> tuple[Asked, str]:
    """What the address asks for and whom it names; aborts where it names nobody."""
    asked, name = asked_for(), request.args.get("name", "")
    if asked is None or not name:
        abort(404, _("This address names no client. Please choose one from the list."))
    return asked, name


def _figures(
    asked: Asked, counts: Counts, before: Counts, baseline: Baseline | None, name: str
) -> Figures:
    metric = asked.metric
    own = baseline.by_name.get(name) if baseline else None
    return Figures(
        score_of(metric, counts),
        compare(metric, before, counts),
        score_of("response_rate", counts),
        compare("response_rate", before, counts),
        score_of(metric, baseline.counts) if baseline else None,
        compare(metric, baseline.counts, counts) if baseline else None,
        score_of(metric, own) if own else None,
        compare(metric, own, counts) if own else None,
    )


def _distribution(asked: Asked, counts: Counts) -> Summary | None:
    """How many gave which score to the main question."""
    found = summaries(counts.answers)
    return next((one for one in found if one.kind == asked.survey.kind), None)


def _comments(asked: Asked, name: str, by_day: dict[date, Counts]) -> list[ListedResponse]:
    """The newest comments, looked for on the days that have some, as one may read them."""
    found: list[ListedResponse] = []
    for day in days_with_comments(by_day, _COMMENTS):
        since, until = days(day, day, seat().time_zone)
        wanted = ResponseFilter(
            scope=seat().scope,
            surveys=(asked.survey.public_id,),
            has_comment=True,
            is_recovery=False,
            since=since,
            until=until,
            **_of_whom(asked, (name,)),
        )
        found += responses_page(
            db.session(), seat().workspace_id, wanted, limit=_COMMENTS - len(found)
        ).items
        if len(found) >= _COMMENTS:
            break
    return [one for one in found if one.response.comment_hidden_at is None]


def _follow_ups(asked: Asked, name: str) -> list[ListedFollowUp]:
    is_client = asked.by == "client"
    wanted = FollowUpFilter(client=name if is_client else None, segment=None if is_client else name)
    return follow_ups_page(db.session(), reader(), wanted, now=now(), limit=_FOLLOW_UPS).items


def _answers_address(asked: Asked, name: str) -> str:
    ends = {"from": asked.quarter.first.isoformat(), "to": asked.quarter.last.isoformat()}
    more = {"survey": asked.survey.public_id, "again": "no"}
    return url_for("console.responses", **{**_named(asked, name), **more, **ends})


def _named(asked: Asked, name: str) -> dict[str, Any]:
    """The parameter by which other pages find a client's answers."""
    return {asked.by: name}


def _plan(asked: Asked, name: str, baseline: Baseline | None) -> ReportPlan:
    """The report of a client over a quarter, which a schedule lets be of the one that is over."""
    return ReportPlan(
        asked.survey.public_id,
        Span(asked.quarter.first, asked.quarter.last),
        client=name if asked.by == "client" else "",
        segment=name if asked.by == "segment" else "",
        baseline=_quarter_of(baseline) if baseline else None,
    )


def _quarter_of(baseline: Baseline) -> Span:
    """The days that stand for a baseline where days are compared: the quarter it began in."""
    then = period_of("quarter", baseline.began_on)
    return Span(then.first, then.last)


def _report_address(asked: Asked, name: str, baseline: Baseline | None) -> str:
    """The form of a new report with all of it filled in."""
    quarter = asked.quarter
    fields: dict[str, Any] = {
        "survey": asked.survey.public_id,
        **_named(asked, name),
        "period": "own",
        "from": quarter.first.isoformat(),
        "to": quarter.last.isoformat(),
    }
    if baseline is not None:
        then = _quarter_of(baseline)
        fields |= {
            "baseline_from": then.first.isoformat(),
            "baseline_to": then.last.isoformat(),
        }
    return url_for("console.report_new", **fields)


def _of_whom(asked: Asked, names: tuple[str, ...]) -> dict[str, Any]:
    return {"clients" if asked.by == "client" else "segments": names}
