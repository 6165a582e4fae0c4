"""The form that says what a report is to be about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from widget.domain.reports.plans import (
    DEFAULT_PRESET,
    OFFERED,
    OWN,
    ReportPlan,
    read_plan,
    span_of,
)
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import PRESET_NAMES, preset_span
from widget.domain.survey_choice import likely_survey
from widget.extensions import db
from widget.storage.dashboards import counted_surveys
from widget.storage.survey_choice import answers_by_survey
from widget.storage.teams import team_tree
from widget.web.clock import now
from widget.web.console.access import seat


@dataclass(frozen=True)
class Choices:
    """What the form offers: surveys by public id, and teams by id."""

    surveys: Mapping[str, str]
    teams: Mapping[int, str]


def choices() -> Choices:
    """The surveys, and the teams within the scope of whoever asks."""
    surveys = counted_surveys(db.session(), seat().workspace_id).values()
    teams = team_tree(db.session(), seat().workspace_id, seat().scope)
    return Choices(
        {one.public_id: one.name for one in surveys}, {team.id: team.full_name for team in teams}
    )


def posted_plan(offered: Choices) -> ReportPlan:
    """The plan that was posted. Raises ReportRefused."""
    return read_plan(request.form.to_dict(), today(), surveys=offered.surveys, teams=offered.teams)


def likely_survey_for(fields: Mapping[str, str]) -> str:
    """The survey that was answered most in the days of a form, about its client and segment, by its
    public id; "" where there is none."""
    surveys = counted_surveys(db.session(), seat().workspace_id)
    span = span_of(fields, today()) or preset_span(DEFAULT_PRESET, today())
    client, segment = fields.get("client", ""), fields.get("segment", "")
    wanted = ScoreFilter(
        span.first,
        span.last,
        clients=(client,) if client else (),
        segments=(segment,) if segment else (),
    )
    answers = answers_by_survey(db.session(), seat().workspace_id, seat().scope, wanted, surveys)
    found = likely_survey({id: one.kind for id, one in surveys.items()}, answers)
    return surveys[found].public_id if found is not None else ""


def today() -> date:
    """Today where the workspace is."""
    return now().astimezone(ZoneInfo(seat().time_zone)).date()


def fields_of(plan: ReportPlan) -> dict[str, str]:
    """A plan as the form's fields say it."""
    baseline = plan.baseline
    return {
        "survey": plan.survey,
        "team": "" if plan.team is None else str(plan.team),
        "client": plan.client,
        "segment": plan.segment,
        "period": OWN,
        "from": plan.span.first.isoformat(),
        "to": plan.span.last.isoformat(),
        "baseline_from": baseline.first.isoformat() if baseline else "",
        "baseline_to": baseline.last.isoformat() if baseline else "",
        "title": plan.title,
        "introduction": plan.introduction,
        "shows_names": "1" if plan.shows_names else "",
        "paper": plan.paper,
    }


def form_values(
    offered: Choices, fields: Mapping[str, str], problems: Mapping[str, str]
) -> dict[str, Any]:
    """What the form's template needs."""
    everybody = _("Everybody") if seat().scope.everything else _("All of your teams")
    return {
        "fields": fields,
        "problems": problems,
        "survey_options": list(offered.surveys.items()),
        "team_options": [
            ("", everybody),
            *((str(id), name) for id, name in offered.teams.items()),
        ],
        "period_options": [
            *((preset, _(PRESET_NAMES[preset])) for preset in OFFERED),
            (OWN, _("From … to …")),
        ],
        "paper_options": [("a4", _("A4")), ("letter", _("Letter"))],
    }
