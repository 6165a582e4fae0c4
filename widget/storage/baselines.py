"""The baseline that others are compared with: the first wave of the campaign that is marked, and
what was answered to it, counted as another survey counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from widget.domain.campaign_results import counted_from
from widget.domain.roles import Scope
from widget.domain.scales import Kind
from widget.domain.scores.metrics import METRICS
from widget.domain.scores.scoring import Counts
from widget.storage.campaign_results import By, answered_counts
from widget.storage.campaigns import StoredCampaign, baseline_of
from widget.storage.dashboards import CountedSurvey
from widget.storage.waves import StoredWave, waves_of


@dataclass(frozen=True)
class BaselineWave:
    """The campaign that is the baseline of a kind of score, and its first wave."""

    campaign: StoredCampaign
    wave: StoredWave

    def began_on(self, time_zone: str) -> date:
        """The day in a time zone on which it began."""
        return self.wave.began_at.astimezone(ZoneInfo(time_zone)).date()


def baseline_wave(session: Session, workspace_id: int, kind: Kind) -> BaselineWave | None:
    """What others of a kind are compared with; None where no campaign is marked, or the one that is
    has not asked anybody yet."""
    marked = baseline_of(session, workspace_id, kind)
    waves = waves_of(session, workspace_id, marked.id) if marked else []
    return BaselineWave(marked, waves[-1]) if marked and waves else None


def baseline_counts(
    session: Session,
    scope: Scope,
    baseline: BaselineWave,
    surveys: Mapping[int, CountedSurvey],
    survey_id: int,
    by: By | None = None,
) -> dict[Any, Counts]:
    """What was answered to the baseline within a scope, as `answered_counts` has it, with those
    answers as the positive ones that are it for the survey that is compared with it."""
    workspace_id, wave_ids = baseline.campaign.workspace_id, [baseline.wave.id]
    found = answered_counts(session, workspace_id, scope, wave_ids, surveys, by=by)
    return {key: counted_from(one, surveys[survey_id].positive_from) for key, one in found.items()}


def is_recounted(
    baseline: BaselineWave, surveys: Mapping[int, CountedSurvey], survey_id: int
) -> bool:
    """Whether the baseline's survey calls other answers positive than the survey that is compared
    with it, so that its number here is not the one on its own page."""
    mine, theirs = surveys[survey_id], surveys[baseline.campaign.survey_id]
    unit = METRICS[baseline.campaign.kind].unit
    return unit == "percent" and mine.positive_from != theirs.positive_from
