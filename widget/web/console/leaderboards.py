"""Who is ahead: by week, month or quarter, of a team or of everybody."""

from collections.abc import Mapping

from flask import abort, render_template, request
from flask_babel import gettext as _

from widget.domain.leaderboards import standings
from widget.domain.scales import KIND_NAMES, KINDS, POSITIVE_FROM, Kind
from widget.extensions import db
from widget.storage.dashboards import CountedSurvey, counted_surveys
from widget.storage.leaderboards import rated_members, tallies_of, teams_from
from widget.storage.teams import team_tree
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.days import asked_period, today

PAGE = 50


@blueprint.get("/leaderboard")
@needs("see_own")
def leaderboard() -> str:
    """Everybody's line in a period, the ranked ones first."""
    rules, workspace_id = seat().rules, seat().workspace_id
    if not rules.leaderboards:
        abort(404, "This workspace ranks nobody.")
    period, kind, team = asked_period(), _kind(), request.args.get("team", type=int)
    teams = teams_from(db.session(), workspace_id, team) if team is not None else None
    surveys = counted_surveys(db.session(), workspace_id)
    tallies = tallies_of(db.session(), workspace_id, period, kind, surveys, teams=teams)
    lines = standings(tallies, rules.ranked_from)
    number = min(max(request.args.get("page", 1, type=int), 1), len(lines) // PAGE + 1)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "console/leaderboard.html",
        lines=shown,
        members=rated_members(db.session(), workspace_id, [line.member_id for line in shown]),
        period=period,
        is_current=period.last >= today(),
        periods=[("week", _("Week")), ("month", _("Month")), ("quarter", _("Quarter"))],
        kind=kind,
        kinds=[(known, KIND_NAMES[known]) for known in KINDS],
        thresholds=_thresholds(kind, surveys),
        ranked_from=rules.ranked_from,
        team=team if teams else None,
        teams=team_tree(db.session(), workspace_id),
        number=number,
        pages=(len(lines) + PAGE - 1) // PAGE,
        mine=seat().member_id,
    )


def _thresholds(kind: Kind, surveys: Mapping[int, CountedSurvey]) -> list[int]:
    """From where a kind's scores are positive in the surveys that ask for it first; the usual
    where none does."""
    known = {survey.positive_from for survey in surveys.values() if survey.kind == kind}
    return sorted(known or {POSITIVE_FROM[kind]})


def _kind() -> Kind:
    wanted = request.args.get("kind", "")
    return next((known for known in KINDS if known == wanted), "stars")
