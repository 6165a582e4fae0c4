"""A campaign's page: whom it would ask, how far it has come, and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.campaign_results import (
    AskedStratum,
    GroupRow,
    Progress,
    StrataResults,
    by_group,
    by_stratum,
    counted_from,
    mood_counts,
    progress,
)
from widget.domain.campaigns import (
    CampaignPlan,
    is_editable,
    may,
    passes_over_its_own,
    plan_problems,
)
from widget.domain.guidance import GROUPS
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import METHODS, Score
from widget.domain.scores.metrics import METRICS
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.extensions import db
from widget.storage.campaign_results import By, answered_counts, status_counts, unsubscribed_count
from widget.storage.campaigns import StoredCampaign, baseline_of, campaign_of
from widget.storage.dashboards import CountedSurvey, counted_surveys
from widget.storage.waves import StoredWave, waves_of
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.campaign_samples import Sample, sample_of
from widget.web.console.group_words import group_words
from widget.web.console.request_words import reason
from widget.web.console.response_filters import mood_options


@dataclass(frozen=True)
class Baseline:
    """What a campaign is compared with: the first wave of another, or its own first.

    `is_recounted`: its survey calls other answers positive than the campaign's own, by which they
    are counted here.
    """

    name: str
    counts: Counts
    segments: dict[str, Counts]
    clients: dict[str, Counts]
    is_recounted: bool


@dataclass(frozen=True)
class GroupCount:
    """How many answered how well, and where these answers are."""

    words: str
    number: int
    address: str


@dataclass(frozen=True)
class Results:
    """What a wave found, within a scope. `against` is None without a baseline."""

    score: Score
    moods: list[GroupCount]
    baseline: Score | None
    baseline_name: str
    is_recounted: bool
    against: Comparison | None
    strata: StrataResults
    segments: list[GroupRow]
    clients: list[GroupRow]


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
        "progress": _progress(waves),
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
    wave = _wave(waves)
    if wave is not None:
        values |= {"wave": wave, "results": _results(found, wave), "metric": found.kind}
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


def _wave(waves: Sequence[StoredWave]) -> StoredWave | None:
    """The wave that the address names, else the last."""
    number = request.args.get("wave", type=int)
    newest = waves[0] if waves else None
    return next((wave for wave in waves if wave.number == number), newest)


def _progress(waves: Sequence[StoredWave]) -> Progress:
    place, ids = seat(), [wave.id for wave in waves]
    session = db.session()
    return progress(
        status_counts(session, place.workspace_id, place.scope, ids),
        wanted=sum(wave.size for wave in waves),
        made=sum(wave.made for wave in waves),
        is_made=all(wave.status == "made" for wave in waves),
        unsubscribed=unsubscribed_count(session, place.workspace_id, place.scope, ids),
    )


def _results(found: StoredCampaign, wave: StoredWave) -> Results:
    session, place = db.session(), seat()
    surveys = counted_surveys(session, place.workspace_id)
    where = (place.workspace_id, place.scope, [wave.id], surveys)
    everybody = answered_counts(session, *where).get(None, Counts())
    of_strata = answered_counts(session, *where, by="stratum") if place.scope.everything else {}
    baseline = _baseline(found, wave, surveys)
    counts = baseline.counts if baseline else None
    # How many customers each stratum has, and its name, is of the whole workspace.
    strata = [
        AskedStratum(one.values, one.population, one.asked)
        for one in wave.strata
        if place.scope.everything
    ]
    return Results(
        score=score_of(found.kind, everybody),
        moods=_moods(found, wave, everybody),
        baseline=score_of(found.kind, counts) if counts else None,
        baseline_name=baseline.name if baseline else "",
        is_recounted=baseline is not None and baseline.is_recounted,
        against=compare(found.kind, counts, everybody) if counts else None,
        strata=by_stratum(found.kind, strata, of_strata),
        segments=by_group(
            found.kind,
            _groups(wave.id, surveys, "segment"),
            baseline.segments if baseline else None,
        ),
        clients=by_group(
            found.kind, _groups(wave.id, surveys, "client"), baseline.clients if baseline else None
        ),
    )


def _moods(found: StoredCampaign, wave: StoredWave, counts: Counts) -> list[GroupCount]:
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
        for mood, number in mood_counts(counts).items()
    ]


def _groups(wave_id: int, surveys: dict[int, CountedSurvey], by: By) -> dict[str, Counts]:
    """What was answered, by segment or client."""
    place = seat()
    found = answered_counts(
        db.session(), place.workspace_id, place.scope, [wave_id], surveys, by=by
    )
    return {key or _("None"): counts for key, counts in found.items()}


def _baseline(
    found: StoredCampaign, wave: StoredWave, surveys: dict[int, CountedSurvey]
) -> Baseline | None:
    """What a wave is compared with: the first wave of the baseline, where it began later."""
    session, place = db.session(), seat()
    marked = baseline_of(session, place.workspace_id, found.kind)
    if marked is None:
        return None
    waves = waves_of(session, place.workspace_id, marked.id)
    first = waves[-1] if waves else None
    if first is None or first.id == wave.id or first.began_at >= wave.began_at:
        return None
    counts = answered_counts(session, place.workspace_id, place.scope, [first.id], surveys)
    mine, theirs = surveys[found.survey_id], surveys[marked.survey_id]
    everybody, segments, clients = (
        {key: counted_from(one, mine.positive_from) for key, one in groups.items()}
        for groups in (
            counts,
            _groups(first.id, surveys, "segment"),
            _groups(first.id, surveys, "client"),
        )
    )
    is_recounted = (
        METRICS[found.kind].unit == "percent" and mine.positive_from != theirs.positive_from
    )
    return Baseline(marked.name, everybody.get(None, Counts()), segments, clients, is_recounted)


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
