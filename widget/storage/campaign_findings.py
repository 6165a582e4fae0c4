"""What a campaign's page and the API tell of it: how far it has come, and what a wave found, as far
as somebody sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.campaign_results import (
    AskedStratum,
    GroupRow,
    Progress,
    StrataResults,
    by_group,
    by_stratum,
    mood_counts,
    progress,
)
from widget.domain.errors import UnknownWave
from widget.domain.response_filters import Mood
from widget.domain.roles import Scope
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.storage.baselines import baseline_counts, baseline_wave, is_recounted
from widget.storage.campaign_results import By, answered_counts, status_counts, unsubscribed_count
from widget.storage.campaigns import StoredCampaign
from widget.storage.dashboards import CountedSurvey, counted_surveys
from widget.storage.waves import StoredWave


@dataclass(frozen=True)
class _Baseline:
    """The first wave of another campaign, or a campaign's own first, counted as the campaign's own
    survey counts.

    `is_recounted`: its survey calls other answers positive than the campaign's own.
    """

    campaign: StoredCampaign
    counts: Counts
    segments: dict[str, Counts]
    clients: dict[str, Counts]
    is_recounted: bool


@dataclass(frozen=True)
class Findings:
    """What a wave found, within a scope. Without a baseline `baseline`, `baseline_id` and `against`
    are None. `moods`: how many answers were how good. A group of name "" is of those whose segment,
    or client, nobody knows."""

    score: Score
    moods: dict[Mood, int]
    baseline: Score | None
    baseline_id: int | None
    baseline_name: str
    is_recounted: bool
    against: Comparison | None
    strata: StrataResults
    segments: list[GroupRow]
    clients: list[GroupRow]


def progress_of(
    session: Session, workspace_id: int, scope: Scope, waves: Sequence[StoredWave]
) -> Progress:
    """How far a campaign has come, by its waves."""
    ids = [wave.id for wave in waves]
    return progress(
        status_counts(session, workspace_id, scope, ids),
        wanted=sum(wave.size for wave in waves),
        made=sum(wave.made for wave in waves),
        is_made=all(wave.status == "made" for wave in waves),
        unsubscribed=unsubscribed_count(session, workspace_id, scope, ids),
    )


def wave_named(waves: Sequence[StoredWave], number: int | None) -> StoredWave | None:
    """The wave with a number, or for None the last one; None of a campaign without any. `waves`:
    the last first. Raises UnknownWave for a number that none has."""
    if number is None:
        return waves[0] if waves else None
    found = next((wave for wave in waves if wave.number == number), None)
    if found is None:
        raise UnknownWave("This campaign has no such wave.")
    return found


def findings_of(
    session: Session, scope: Scope, campaign: StoredCampaign, wave: StoredWave
) -> Findings:
    """What a campaign's wave found, beside the baseline where it began later than that."""
    reads = _Reads(session, campaign.workspace_id, scope)
    everybody = reads.counts(wave.id).get(None, Counts())
    # How many customers each stratum has, and its name, is of the whole workspace.
    of_strata = reads.counts(wave.id, "stratum") if scope.everything else {}
    strata = [
        AskedStratum(one.values, one.population, one.asked)
        for one in wave.strata
        if scope.everything
    ]
    baseline = _baseline(reads, campaign, wave)
    counts = baseline.counts if baseline else None
    kind = campaign.kind
    return Findings(
        score=score_of(kind, everybody),
        moods=mood_counts(everybody),
        baseline=score_of(kind, counts) if counts else None,
        baseline_id=baseline.campaign.id if baseline else None,
        baseline_name=baseline.campaign.name if baseline else "",
        is_recounted=baseline is not None and baseline.is_recounted,
        against=compare(kind, counts, everybody) if counts else None,
        strata=by_stratum(kind, strata, of_strata),
        segments=by_group(
            kind, reads.counts(wave.id, "segment"), baseline.segments if baseline else None
        ),
        clients=by_group(
            kind, reads.counts(wave.id, "client"), baseline.clients if baseline else None
        ),
    )


class _Reads:
    """Counts of waves within one scope; surveys are looked up once."""

    def __init__(self, session: Session, workspace_id: int, scope: Scope) -> None:
        self.session, self.workspace_id, self.scope = session, workspace_id, scope
        self.surveys: dict[int, CountedSurvey] = counted_surveys(session, workspace_id)

    def counts(self, wave_id: int, by: By | None = None) -> dict[Any, Counts]:
        return answered_counts(
            self.session, self.workspace_id, self.scope, [wave_id], self.surveys, by=by
        )


def _baseline(reads: _Reads, campaign: StoredCampaign, wave: StoredWave) -> _Baseline | None:
    """What a wave is compared with: the first wave of the baseline, where it began later."""
    first = baseline_wave(reads.session, reads.workspace_id, campaign.kind)
    if first is None or first.wave.id == wave.id or first.wave.began_at >= wave.began_at:
        return None
    about = (first, reads.surveys, campaign.survey_id)
    sorts: tuple[By | None, ...] = (None, "segment", "client")
    everybody, segments, clients = (
        baseline_counts(reads.session, reads.scope, *about, by) for by in sorts
    )
    return _Baseline(
        first.campaign, everybody.get(None, Counts()), segments, clients, is_recounted(*about)
    )
