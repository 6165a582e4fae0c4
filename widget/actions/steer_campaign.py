"""Launch a campaign, and pause, resume or stop it: what is claimed later goes by its state, so each
of these takes no longer for a hundred thousand customers than for a few thousand.

Each notes who did it: `by` is a user's id, `by_key` names the API key of a program.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.take_back_mails import take_back_mails
from widget.domain.ask_times import zone_named
from widget.domain.audiences import traits_named
from widget.domain.campaigns import CampaignPlan, Verb, first_wave_at, may, plan_problems
from widget.domain.errors import CampaignRefused
from widget.domain.sampling import MOST_STRATA
from widget.storage.asking import askings
from widget.storage.audiences import count_strata
from widget.storage.campaign_events import note_campaign
from widget.storage.campaigns import campaign_of, frame_of, locked_campaign
from widget.storage.engine import writing
from widget.storage.waves import has_waves

_REFUSED: dict[Verb, str] = {
    "launch": "This campaign was launched already.",
    "pause": "Only a campaign that is under way can be paused.",
    "resume": "Only a paused campaign can be resumed.",
    "stop": "This campaign is over.",
}


def launch_campaign(
    session: Session,
    workspace_id: int,
    id: int,
    *,
    at: datetime,
    by: int | None = None,
    by_key: str = "",
) -> None:
    """Let a campaign's first wave begin when its plan says so: the worker does the rest.

    Raises UnknownCampaign, and CampaignRefused when it was launched already, its survey is not
    open, nobody would be asked, it has too many strata, or its plan cannot be.
    """
    # Counting may take long, and nobody need wait for it.
    campaign = campaign_of(session, workspace_id, id)
    traits = traits_named(campaign.plan.traits)
    strata = count_strata(session, frame_of(session, campaign, at), traits, MOST_STRATA + 1)
    if not strata:
        raise CampaignRefused("Nobody of this audience has an address, so nobody would be asked.")
    if len(strata) > MOST_STRATA:
        raise CampaignRefused(
            f"There are more than {MOST_STRATA} strata; choose attributes with fewer values."
        )
    with writing(session):
        row = locked_campaign(session, workspace_id, id)
        _check("launch", row.status)
        asking = askings(session, [row.survey_id])[row.survey_id]
        if not asking.is_open:
            raise CampaignRefused("Its survey is closed or was never published.")
        plan = CampaignPlan.from_json(row.plan)
        if wrong := plan_problems(plan):
            raise CampaignRefused(next(iter(wrong.values())))
        row.first_wave_at = first_wave_at(plan, zone_named(asking.time_zone), at)
        row.next_wave_at, row.status = row.first_wave_at, "scheduled"
        note_campaign(session, "campaign.launched", row, by, at, by_key)


def pause_campaign(
    session: Session,
    workspace_id: int,
    id: int,
    *,
    at: datetime,
    by: int | None = None,
    by_key: str = "",
) -> None:
    """Let no further mail leave, for now. Mails that were made go back to their requests: whoever
    they are for was not asked, and all rules are looked at again when it is resumed.

    Raises UnknownCampaign, CampaignRefused.
    """
    with writing(session):
        row = locked_campaign(session, workspace_id, id)
        _check("pause", row.status)
        row.status = "paused"
        take_back_mails(session, workspace_id, id, at)
        note_campaign(session, "campaign.paused", row, by, at, by_key)


def resume_campaign(
    session: Session,
    workspace_id: int,
    id: int,
    *,
    at: datetime,
    by: int | None = None,
    by_key: str = "",
) -> None:
    """Go on where it was paused. Of a campaign that repeats, waves that were missed meanwhile are
    left out.

    Raises UnknownCampaign, CampaignRefused.
    """
    with writing(session):
        row = locked_campaign(session, workspace_id, id)
        _check("resume", row.status)
        row.status = "running" if has_waves(session, id) else "scheduled"
        note_campaign(session, "campaign.resumed", row, by, at, by_key)


def stop_campaign(
    session: Session,
    workspace_id: int,
    id: int,
    *,
    at: datetime,
    by: int | None = None,
    by_key: str = "",
) -> None:
    """Let no further mail leave, ever; the worker notes so at each request. What was sent can
    still be answered. Raises UnknownCampaign, CampaignRefused."""
    with writing(session):
        row = locked_campaign(session, workspace_id, id)
        _check("stop", row.status)
        row.status, row.next_wave_at = "stopped", None
        note_campaign(session, "campaign.stopped", row, by, at, by_key)


def _check(verb: Verb, status: str) -> None:
    if not may(verb, status):
        raise CampaignRefused(_REFUSED[verb])
