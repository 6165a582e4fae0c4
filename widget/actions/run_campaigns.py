"""The worker's part of campaigns: waves begin, whom they ask is drawn, their requests are made."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.ask_times import zone_named
from widget.domain.audiences import Trait, traits_named
from widget.domain.campaigns import CampaignPlan, mail_at, next_wave
from widget.domain.retries import Backoff
from widget.domain.samples import sized
from widget.domain.sampling import MOST_STRATA
from widget.storage.asking import Asking, askings
from widget.storage.audiences import Frame, count_strata, lock_audiences
from widget.storage.campaigns import (
    StoredCampaign,
    campaign_of,
    campaigns_to_call_off,
    campaigns_to_run,
    frame_of,
    locked_campaign,
)
from widget.storage.customers import customers_there
from widget.storage.engine import writing
from widget.storage.wave_draws import DrawnCustomer, draw_bars, drawn_after
from widget.storage.wave_merges import asked_as_others, drawn_by_merging
from widget.storage.wave_requests import (
    WaveMail,
    add_wave_requests,
    call_off,
    has_unmade_waves,
    is_any_open,
)
from widget.storage.waves import (
    StoredWave,
    StratumRow,
    add_wave,
    last_wave_number,
    locked_wave,
    strata_to_json,
    unmade_waves,
)

_log = logging.getLogger(__name__)

_BATCH = 1_000
# Fewer than are made at once: those who store answers wait for each batch.
_CALLED_OFF = 2_000


def run_campaigns(
    engine: Engine,
    now: datetime,
    budget_s: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
    backoff: Backoff[int] | None = None,
) -> int:
    """Work on campaigns for about `budget_s` seconds; returns how many requests were made or called
    off, and waves begun.

    Requests are made in batches, each in one transaction with how far the wave has come: killed at
    any moment, the next call goes on where the last batch ended. Several workers may do this at
    once. A campaign that fails is logged, and left alone for as long as `backoff` says.
    """
    backoff = backoff or campaign_backoff()
    end = clock() + budget_s
    with Session(engine) as session:
        done = _each(_begin_or_end, campaigns_to_run(session, now), session, now, backoff)
        while clock() < end:
            left = backoff.waiting(now)
            waves = [wave for wave in unmade_waves(session) if wave.campaign_id not in left]
            stopped = [one for one in campaigns_to_call_off(session, now) if one.id not in left]
            if not waves and not stopped:
                break
            done += _each(_call_off, stopped, session, now, backoff)
            for wave in waves:
                done += _advance_or_leave(session, wave, now, backoff)
    return done


def campaign_backoff() -> Backoff[int]:
    """How long a campaign that failed is left alone, by its id."""
    return Backoff(timedelta(minutes=1), timedelta(hours=1))


def _each(
    work: Callable[[Session, StoredCampaign, datetime], int],
    campaigns: list[StoredCampaign],
    session: Session,
    now: datetime,
    backoff: Backoff[int],
) -> int:
    session.rollback()
    done = 0
    for campaign in campaigns:
        if campaign.id in backoff.waiting(now):
            continue
        try:
            done += work(session, campaign, now)
        except Exception:  # noqa: BLE001 - logged, and tried again
            until = backoff.failed(campaign.id, now)
            _log.exception("Campaign %d cannot go on; left alone until %s.", campaign.id, until)
    return done


def _begin_or_end(session: Session, campaign: StoredCampaign, now: datetime) -> int:
    """Begin the wave that is due, or note that nothing more will become of a campaign."""
    if campaign.next_wave_at is not None and campaign.next_wave_at <= now:
        return _begin_wave(session, campaign, now)
    is_over = (
        campaign.next_wave_at is None
        and not has_unmade_waves(session, campaign.id)
        and not is_any_open(session, campaign.workspace_id, campaign.id)
    )
    if is_over:
        with writing(session):
            row = locked_campaign(session, campaign.workspace_id, campaign.id)
            if row.status == "running":
                row.status, row.finished_at = "done", now
    return 0


def _begin_wave(session: Session, campaign: StoredCampaign, now: datetime) -> int:
    asking = askings(session, [campaign.survey_id])[campaign.survey_id]
    with writing(session):
        row = locked_campaign(session, campaign.workspace_id, campaign.id)
        is_due = row.next_wave_at is not None and row.next_wave_at <= now
        if row.status not in ("scheduled", "running") or not is_due:
            return 0
        assert row.first_wave_at is not None
        zone, plan = zone_named(asking.time_zone), campaign.plan
        number = last_wave_number(session, row.id) + 1
        due = next_wave(plan, row.first_wave_at, number, zone, now)
        row.next_wave_at = due.following
        if due.number is None:
            return 0
        # Whoever changes an audience meanwhile waits, and then sees that there is a wave.
        lock_audiences(session, row.workspace_id, (row.audience_id, row.excluded_id))
        add_wave(session, row, due.number, at=now)
        row.status = "running"
        return 1


def _advance_or_leave(
    session: Session, wave: StoredWave, now: datetime, backoff: Backoff[int]
) -> int:
    """Do the next step of a wave; returns how many requests were made, or 1 for a draw."""
    try:
        campaign = campaign_of(session, wave.workspace_id, wave.campaign_id)
        asking = askings(session, [campaign.survey_id])[campaign.survey_id]
        frame = frame_of(session, campaign, wave.began_at)
        done = (
            _draw(session, campaign, frame, wave)
            if wave.status == "draw"
            else _make(session, campaign, asking, frame, wave, now)
        )
        backoff.succeeded(campaign.id)
        return done
    except Exception:  # noqa: BLE001 - logged, and tried again
        session.rollback()
        until = backoff.failed(wave.campaign_id, now)
        _log.exception("Wave %d cannot go on; it is left alone until %s.", wave.id, until)
        return 0


def _draw(session: Session, campaign: StoredCampaign, frame: Frame, wave: StoredWave) -> int:
    traits = traits_named(campaign.plan.traits)
    population = count_strata(session, frame, traits, MOST_STRATA + 1)
    if len(population) > MOST_STRATA:
        # Their number has grown since the campaign was launched: ask without strata.
        traits = []
        population = count_strata(session, frame, traits, 1)
    asked = sized(campaign.plan, campaign.kind, population, wave.seed)
    is_everybody = asked == population
    bars = (
        {}
        if is_everybody
        else draw_bars(session, frame, traits, wave.seed, asked=asked, population=population)
    )
    strata = [
        StratumRow(values, number, asked[values], bars.get(values))
        for values, number in sorted(population.items())
    ]
    with writing(session):
        row = locked_wave(session, wave.id)
        if row.status == "draw":
            row.population = sum(population.values())
            row.size = sum(asked.values())
            row.strata = strata_to_json(strata)
            row.status = "making"
    return 1


def _make(
    session: Session,
    campaign: StoredCampaign,
    asking: Asking,
    frame: Frame,
    wave: StoredWave,
    now: datetime,
) -> int:
    """Make the requests of the next batch, unless another worker has or the campaign was halted."""
    traits = _traits_of_wave(campaign, wave)
    drawn = drawn_after(session, frame, traits, wave, _BATCH)
    with writing(session):
        row = locked_wave(session, wave.id)
        halted = locked_campaign(session, wave.workspace_id, wave.campaign_id).status != "running"
        if halted or row.status != "making" or row.reached != wave.reached:
            return 0
        if drawn:
            row.made += _add(session, campaign, asking, wave, drawn, now)
            row.reached = drawn[-1].id
            return len(drawn)
        # In a transaction of their own: whoever locks customers does it in order of their ids.
        late = drawn_by_merging(session, frame, traits, wave)
        if late:
            row.made += _add(session, campaign, asking, wave, late, now)
            return len(late)
        row.status, row.made_at = "made", now
        return 1


def _add(
    session: Session,
    campaign: StoredCampaign,
    asking: Asking,
    wave: StoredWave,
    drawn: Sequence[DrawnCustomer],
    now: datetime,
) -> int:
    """Make requests of those who are still there; returns how many. Since they were drawn somebody
    may have been erased, or have become one with somebody whom the wave has asked."""
    there = customers_there(session, wave.workspace_id, [one.id for one in drawn])
    there -= asked_as_others(session, wave, there)
    left = [one for one in drawn if one.id in there]
    add_wave_requests(session, asking, wave, _mails(campaign.plan, asking, wave, left), now)
    return len(left)


def _mails(
    plan: CampaignPlan, asking: Asking, wave: StoredWave, drawn: Sequence[DrawnCustomer]
) -> list[WaveMail]:
    @cache
    def due_at(time_zone: str, place: float) -> datetime:
        return mail_at(plan, wave.began_at, zone_named(time_zone, asking.time_zone), place)

    # All of a zone are asked at once unless they are spread: worked out for each zone then.
    is_spread = plan.spread_days > 1
    time_to_answer = timedelta(days=asking.rules.expires_days)
    due = [due_at(one.time_zone, one.place if is_spread else 0.0) for one in drawn]
    return [WaveMail(one, at, at + time_to_answer) for one, at in zip(drawn, due, strict=True)]


def _traits_of_wave(campaign: StoredCampaign, wave: StoredWave) -> list[Trait]:
    """What its strata were told apart by: nothing where there were too many of them."""
    is_stratified = any(one.values for one in wave.strata)
    return traits_named(campaign.plan.traits) if is_stratified else []


def _call_off(session: Session, campaign: StoredCampaign, now: datetime) -> int:
    with writing(session):
        done = call_off(session, campaign.workspace_id, campaign.id, _CALLED_OFF, now)
        if not done:
            row = locked_campaign(session, campaign.workspace_id, campaign.id)
            row.finished_at = row.finished_at or now
        return done
