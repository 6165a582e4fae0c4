"""Clients, or segments, side by side in a quarter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from widget.domain.addresses import storable
from widget.domain.clients import (
    SORTS,
    Counted,
    Sort,
    client_rows,
    found_by,
    in_order,
    is_better,
)
from widget.domain.periods import (
    Period,
    period_of,
    quarter_name,
    quarters_until,
    read_quarter,
    telling_quarter,
)
from widget.domain.scores.adding import summed
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import METHODS, Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.scoring import compare, score_of
from widget.domain.scores.spans import Span
from widget.domain.search_words import SEARCH_LIMIT
from widget.domain.strata import Attribute
from widget.domain.survey_choice import likely_survey
from widget.extensions import db
from widget.storage.client_figures import (
    About,
    Baseline,
    baseline_before,
    baseline_within,
    counted_clients,
)
from widget.storage.dashboards import CountedSurvey, counted_surveys
from widget.storage.follow_ups import open_follow_ups_by
from widget.storage.report_figures import MAIN_METRIC
from widget.storage.survey_choice import answers_by_survey
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.client_csv import as_csv
from widget.web.console.follow_ups import reader

PAGE = 50
# Of two years one can choose.
QUARTERS = 8
# Names and text go up at first, numbers down.
_RISING: frozenset[Sort] = frozenset({"name"})


@dataclass(frozen=True)
class Asked:
    """What an address asks for, in common to the list and to the page of one client."""

    about: About
    survey: CountedSurvey
    metric: MetricId
    quarter: Period
    today: date

    @property
    def by(self) -> Attribute:
        return self.about.by

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that say the same again."""
        return {
            "by": self.by,
            "survey": self.survey.public_id,
            "quarter": quarter_name(self.quarter),
        }

    @property
    def quarters(self) -> list[tuple[str, str]]:
        """The quarters to choose from, the newest first: as addresses write them, and in words."""
        newest = period_of("quarter", self.today)
        offered = dict.fromkeys([*quarters_until(newest, QUARTERS), self.quarter])
        return [(quarter_name(one), quarter_words(one)) for one in offered]


def asked_for() -> Asked | None:
    """What this request's address asks for; None where there is no survey to ask about."""
    place, today = seat(), now().astimezone(ZoneInfo(seat().time_zone)).date()
    surveys = counted_surveys(db.session(), place.workspace_id)
    quarter = read_quarter(request.args.get("quarter", "")) or telling_quarter(today)
    by: Attribute = "segment" if request.args.get("by") == "segment" else "client"
    about = About(place.workspace_id, place.scope, place.time_zone, surveys, 0, by)
    wanted = request.args.get("survey", "")
    chosen = next((id for id, one in surveys.items() if one.public_id == wanted), None)
    if chosen is None:
        chosen = _likely(about, quarter)
    if chosen is None:
        return None
    survey = surveys[chosen]
    about = replace(about, survey_id=chosen)
    return Asked(about, survey, MAIN_METRIC[survey.kind], quarter, today)


def _likely(about: About, quarter: Period) -> int | None:
    """The NPS survey with most answers in the quarter and the one before, else any with most."""
    both = about.wanted_in(Span(quarter.before.first, quarter.last))
    answers = answers_by_survey(
        db.session(), about.workspace_id, about.scope, replace(both, surveys=()), about.surveys
    )
    kinds = {id: one.kind for id, one in about.surveys.items()}
    return likely_survey(kinds, answers, first="nps")


@dataclass(frozen=True)
class Everybody:
    """The number of all answers together, those that name no client as well."""

    score: Score
    change: Comparison
    unnamed: int


@blueprint.get("/clients")
@needs("read_responses")
def clients() -> Response:
    """Every client's number in a quarter, sorted, searched, a page at a time."""
    asked = asked_for()
    if asked is None:
        return htmx.vary(make_response(render_template("console/clients/none.html")))
    baseline = baseline_before(db.session(), asked.about, asked.survey.kind, asked.quarter.first)
    counted = _counted(asked, baseline)
    rows = client_rows(asked.metric, counted)
    search = storable(request.args.get("search", "")).strip()[:SEARCH_LIMIT]
    sort, descending = _order()
    shown = in_order(found_by(rows, search), sort, descending=descending)
    if request.args.get("format") == "csv":
        return _file(as_csv(asked.by, asked.metric, shown, leads=seat().may("lead")))
    pages = max(1, -(-len(shown) // PAGE))
    page = min(pages, max(1, request.args.get("page", 1, type=int)))
    chosen = {**asked.address, **({"search": search} if search else {})}
    columns = _columns(asked, baseline, chosen, sort, descending=descending)
    values = {
        "asked": asked,
        "rows": shown[(page - 1) * PAGE : page * PAGE],
        "found": len(shown),
        "all": len(rows),
        "page": page,
        "pages": pages,
        "search": search,
        "chosen": chosen,
        "order": {"sort": sort, "order": "desc" if descending else "asc"},
        "columns": columns,
        "sort_options": [(one.name, one.words) for one in columns],
        "baseline": baseline,
        "coming_baseline": ""
        if baseline
        else baseline_within(db.session(), asked.about, asked.survey.kind, asked.quarter),
        "everybody": _everybody(asked, counted),
        "metric": asked.metric,
        "metrics": METRICS,
        "methods": METHODS,
        "is_better": is_better,
        "quarter": quarter_words(asked.quarter),
        "before": quarter_words(asked.quarter.before),
        "survey_options": [(one.public_id, one.name) for one in asked.about.surveys.values()],
        "address_of": lambda name: url_for("console.client", name=name, **asked.address),
        "follow_ups_of": lambda name: url_for("console.follow_ups", **{asked.by: name}),
    }
    return htmx.page_or_partial(
        render_template("console/clients/list.html", **values),
        render_template("console/clients/_rows.html", **values),
    )


def _counted(asked: Asked, baseline: Baseline | None) -> Counted:
    by: Mapping[str, int] = {}
    if seat().may("lead"):
        by = open_follow_ups_by(db.session(), reader(), asked.by)
    return counted_clients(
        db.session(),
        asked.about,
        asked.quarter,
        baseline=baseline,
        follow_ups=by,
        today=asked.today,
    )


def _everybody(asked: Asked, counted: Counted) -> Everybody:
    now_all, before_all = summed(counted.now.values()), summed(counted.before.values())
    unnamed = counted.now.get("")
    return Everybody(
        score_of(asked.metric, now_all),
        compare(asked.metric, before_all, now_all),
        score_of(asked.metric, unnamed).n if unnamed else 0,
    )


def _order() -> tuple[Sort, bool]:
    """What the address sorts by, and whether the highest come first."""
    wanted = request.args.get("sort")
    sort: Sort = next((one for one in SORTS if one == wanted), "answers")
    order = request.args.get("order")
    return sort, order == "desc" if order in ("asc", "desc") else sort not in _RISING


@dataclass(frozen=True)
class Column:
    """A column's head: what it is sorted by, its words, where sorting by it leads, and how it is
    sorted now."""

    name: Sort
    words: str
    address: str
    sorted: str
    is_number: bool


def _columns(
    asked: Asked,
    baseline: Baseline | None,
    chosen: dict[str, Any],
    sort: Sort,
    *,
    descending: bool,
) -> list[Column]:
    words: dict[Sort, str] = {
        "name": by_words(asked.by),
        "score": _(METRICS[asked.metric].name),
        "answers": _("Answers"),
        "change": _("Since %(quarter)s", quarter=quarter_words(asked.quarter.before)),
        **({"baseline": _("Against the baseline")} if baseline else {}),
        "asked": _("Asked"),
        "rate": _("Response rate"),
        **({"follow_ups": _("Open follow-ups (all surveys)")} if seat().may("lead") else {}),
        "last": _("Last answered"),
    }
    found = []
    for name, said in words.items():
        is_here = name == sort
        # Pressed again, it turns round.
        goes_down = not descending if is_here else name not in _RISING
        order = "desc" if goes_down else "asc"
        address = url_for("console.clients", sort=name, order=order, **chosen)
        state = ("descending" if descending else "ascending") if is_here else ""
        is_number = name in ("score", "answers", "asked", "follow_ups")
        found.append(Column(name, said, address, state, is_number))
    return found


def by_words(by: Attribute) -> str:
    """What one of the rows is."""
    return str(_("Client") if by == "client" else _("Segment"))


@blueprint.app_template_filter("quarter_words")
def quarter_words(quarter: Period) -> str:
    """A quarter as `Q3 2026`."""
    return f"Q{(quarter.first.month + 2) // 3} {quarter.first.year}"


def _file(text: str) -> Response:
    answer = make_response(text)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="clients.csv"'
    return htmx.vary(answer)
