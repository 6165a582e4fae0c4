"""A campaign's page: whom it would ask, how far it has come, and what it found."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.campaigns import (
    CampaignPlan,
    is_editable,
    may,
    passes_over_its_own,
    plan_problems,
)
from widget.domain.guidance import GROUPS
from widget.domain.response_filters import Mood
from widget.domain.scores.estimates import METHODS
from widget.domain.scores.metrics import METRICS
from widget.extensions import db
from widget.storage.campaign_findings import findings_of, progress_of, wave_named
from widget.storage.campaigns import StoredCampaign, campaign_of
from widget.storage.waves import StoredWave, waves_of
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.campaign_samples import Sample, sample_of
from widget.web.console.group_words import group_words
from widget.web.console.request_words import reason
from widget.web.console.response_filters import mood_options


@dataclass(frozen=True)
class GroupCount:
    """How many answered how well, and where these answers are."""

    words: str
    number: int
    address: str


@blueprint.get("/campaigns/<int(max=2147483647):campaign_id>")
@needs("read_responses")
def campaign(campaign_id: int) -> Response | str:
    """One campaign; for htmx how far it has come."""
    found = campaign_of(db.session(), seat().workspace_id, campaign_id)
    waves = waves_of(db.session(), seat().workspace_id, campaign_id)
    values = {
        "campaign": found,
        "plan": found.plan,
        "waves": waves,
        "progress": progress_of(db.session(), seat().workspace_id, seat().scope, waves),
        "reason": reason,
        "may_change": seat().may("manage_workspace"),
        "may_do": lambda verb: may(verb, found.status),
        "is_draft": is_editable(found.status),
        "passes_over": passes_over_its_own(found.plan),
        "sees_all": seat().scope.everything,
    }
    if htmx.wants_partial():
        page = render_template("console/campaigns/_progress.html", **values)
        return htmx.page_or_partial(page, page)
    if is_editable(found.status):
        values["sample"] = _sample(found)
    wave = wave_named(waves, request.args.get("wave", type=int))
    if wave is not None:
        results = findings_of(db.session(), seat().scope, found, wave)
        values |= {"wave": wave, "results": results, "metric": found.kind}
        values["moods"] = _moods(found, wave, results.moods)
    page = render_template("console/campaigns/one.html", metrics=METRICS, methods=METHODS, **values)
    return htmx.page_or_partial(page, page)


def _sample(found: StoredCampaign) -> Sample | None:
    """Whom a draft would ask, for whoever may launch it."""
    if not seat().may("manage_workspace") or plan_problems(found.plan):
        return None
    return sample_of(
        found.plan,
        found.kind,
        found.audience_id,
        found.excluded_id,
        found.seed,
        counts_refusals="forecast" in request.args,
    )


def _moods(found: StoredCampaign, wave: StoredWave, counts: dict[Mood, int]) -> list[GroupCount]:
    """How many answers were how good, each with the list of just those."""
    words = dict(mood_options())
    where: dict[str, Any] = {"campaign": found.id}
    if found.plan.every != "once":
        where["wave"] = wave.number
    if found.kind == "nps":
        where |= {"kind": "nps"}
        words = {mood: group_words(mood) for mood in GROUPS}
    return [
        GroupCount(words[mood], number, url_for("console.responses", **where, mood=mood))
        for mood, number in counts.items()
    ]


@blueprint.app_template_filter("when_words")
def when_words(plan: CampaignPlan) -> str:
    """How often a campaign asks."""
    if plan.every == "once":
        return str(_("once"))
    if plan.every == "week":
        if plan.repeat == 1:
            return str(_("every week"))
        return str(_("every %(number)s weeks", number=plan.repeat))
    if plan.repeat == 1:
        return str(_("every month"))
    return str(_("every %(number)s months", number=plan.repeat))
