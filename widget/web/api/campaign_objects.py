"""A campaign as one object: what the API tells of it, by the numbers of its page."""

from typing import Any

from widget.domain.campaign_results import GroupRow, Progress, StrataResults, StratumResult
from widget.domain.campaigns import CampaignPlan
from widget.domain.requests import why_in_words
from widget.domain.roles import EVERYTHING
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS
from widget.domain.scores.poststratified import Poststratified
from widget.extensions import db
from widget.storage.campaign_findings import Findings, findings_of, progress_of, wave_named
from widget.storage.campaign_lists import ListedCampaign
from widget.storage.campaigns import StoredCampaign
from widget.storage.waves import StoredWave, waves_of


def listed_object(listed: ListedCampaign) -> dict[str, Any]:
    """A campaign as lists have it."""
    found = listed.campaign
    return {
        "id": found.id,
        "name": found.name,
        "survey": found.survey_public_id,
        "metric": found.kind,
        "status": found.status,
        "baseline": found.is_baseline,
        "audience": _audience(found.audience_id, found.audience_name),
        "excluded": _audience(found.excluded_id, found.excluded_name),
        "sent": listed.sent,
        "answered": listed.answered,
        "created_at": found.created_at,
        "first_wave_at": found.first_wave_at,
        "next_wave_at": found.next_wave_at,
        "finished_at": found.finished_at,
    }


def campaign_object(found: StoredCampaign, wave: int | None) -> dict[str, Any]:
    """A campaign with its plan, how far it has come, and what a wave found: the one with a number,
    else the last. Raises UnknownWave."""
    session = db.session()
    waves = waves_of(session, found.workspace_id, found.id)
    progress = progress_of(session, found.workspace_id, EVERYTHING, waves)
    chosen = wave_named(waves, wave)
    findings = findings_of(session, EVERYTHING, found, chosen) if chosen else None
    return {
        **listed_object(ListedCampaign(found, progress.sent, progress.refused, progress.answered)),
        "plan": _plan(found.plan),
        "seed": found.seed,
        "waves": waves,
        "progress": _progress(progress) if waves else None,
        "results": _results(found, chosen, findings) if chosen and findings else None,
    }


def _audience(id: int | None, name: str) -> dict[str, Any] | None:
    return None if id is None else {"id": id, "name": name}


def _plan(plan: CampaignPlan) -> dict[str, Any]:
    return {**plan.to_json(), "starts_on": plan.starts_on}


def _progress(progress: Progress) -> dict[str, Any]:
    return {
        "wanted": progress.wanted,
        "made": progress.made,
        "complete": progress.is_made,
        "scheduled": progress.scheduled,
        "sent": progress.sent,
        "bounced": progress.bounced,
        "answered": progress.answered,
        "unsubscribed": progress.unsubscribed,
        "not_sent": progress.refused,
        "reasons": [
            {"why": why, "why_text": why_in_words(why), "number": number}
            for why, number in progress.not_sent
        ],
    }


def _results(found: StoredCampaign, wave: StoredWave, findings: Findings) -> dict[str, Any]:
    baseline, strata = findings.baseline, findings.strata
    return {
        **_estimate(findings.score),
        "wave": wave.number,
        "metric": found.kind,
        "unit": METRICS[found.kind].unit,
        "method": findings.score.method,
        "baseline": None
        if baseline is None
        else {
            **_estimate(baseline),
            "id": findings.baseline_id,
            "name": findings.baseline_name,
            "recounted": findings.is_recounted,
        },
        "change": findings.against,
        "weighted": _weighted(strata.weighted),
        "unequal": strata.is_unequal,
        "strata": [_stratum(one) for one in strata.shown],
        "smaller_strata": _smaller(strata),
        "segments": [_group(one) for one in findings.segments],
        "clients": [_group(one) for one in findings.clients],
    }


def _estimate(score: Score) -> dict[str, Any]:
    return {"value": score.value, "low": score.low, "high": score.high, "n": score.n}


def _weighted(weighted: Poststratified | None) -> dict[str, Any] | None:
    if weighted is None:
        return None
    return {**_estimate(weighted.score), "missing_share": weighted.missing_share}


def _stratum(one: StratumResult) -> dict[str, Any]:
    return {
        "values": list(one.values),
        "customers": one.population,
        "to_be_asked": one.asked,
        "response_rate": one.rate,
        "against_others": one.against_others,
        "score": one.score,
    }


def _smaller(strata: StrataResults) -> dict[str, Any] | None:
    """The strata of so few customers that each would tell of people, folded into one."""
    number, customers, asked, sent = strata.smaller
    if not number:
        return None
    return {"strata": number, "customers": customers, "to_be_asked": asked, "sent": sent}


def _group(row: GroupRow) -> dict[str, Any]:
    return {"name": row.name, **_estimate(row.score), "change": row.against}
