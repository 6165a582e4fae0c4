"""Plan campaigns, copy them, throw plans away, and say which one others are compared with."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from widget.domain.addresses import shown
from widget.domain.campaigns import CampaignPlan, is_editable, plan_problems
from widget.domain.errors import (
    CampaignRefused,
    KeyConflict,
    PlanRefused,
    UnknownAudience,
    UnknownSurvey,
)
from widget.domain.events import EventName
from widget.storage.asking import asking_of
from widget.storage.audiences import audience_row
from widget.storage.campaign_events import note_campaign
from widget.storage.campaigns import (
    StoredCampaign,
    baseline_of,
    campaign_by_form,
    campaign_of,
    clear_baseline,
    locked_campaign,
)
from widget.storage.engine import joining, writing
from widget.storage.models import Campaign
from widget.storage.people import lock_workspace

NAME_LIMIT = 100
# As long as what forms have.
_FORM_KEY = 32


@dataclass(frozen=True)
class CampaignDraft:
    """What is typed of a campaign. `survey` is a public id; `audience_id` None is everybody, and
    `excluded_id` None nobody."""

    name: str
    survey: str
    audience_id: int | None
    excluded_id: int | None
    plan: CampaignPlan


def save_campaign(
    session: Session,
    workspace_id: int,
    id: int | None,
    draft: CampaignDraft,
    *,
    user_id: int | None,
    at: datetime,
    form_key: str | None = None,
    by_key: str = "",
) -> int:
    """Keep a plan, as a new campaign or as the one with this id; returns the id.

    `form_key` is the same for two presses of one form's button: the later changes what the earlier
    has made.

    Raises PlanRefused with what is wrong by field, UnknownCampaign, and CampaignRefused for one
    that was launched.
    """
    with joining(session):
        draft = replace(draft, name=shown(draft.name, NAME_LIMIT))
        survey_id = _checked(session, workspace_id, draft)
        if id is None and form_key:
            lock_workspace(session, workspace_id)
            id = campaign_by_form(session, workspace_id, form_key)
        if id is None:
            row = Campaign(
                workspace_id=workspace_id,
                form_key=form_key or None,
                seed=secrets.token_hex(8),
                status="draft",
                is_baseline=False,
                made_by=user_id,
                created_at=at,
            )
            session.add(row)
        else:
            row = locked_campaign(session, workspace_id, id)
            if not is_editable(row.status):
                raise CampaignRefused("This campaign was launched; copy it to change its plan.")
        row.name, row.survey_id, row.plan = draft.name, survey_id, draft.plan.to_json()
        row.audience_id, row.excluded_id = draft.audience_id, draft.excluded_id
        session.flush()
        note_campaign(session, "campaign.planned", row, user_id, at, by_key)
        return row.id


def plan_once(
    session: Session,
    workspace_id: int,
    draft: CampaignDraft,
    *,
    key: str,
    by_key: str,
    at: datetime,
) -> int:
    """Keep a program's plan as a new campaign; returns its id. With the same `key`, unless that is
    "", it is kept once, however often the program says it. `by_key` names its API key.

    Raises PlanRefused, and KeyConflict when the key was used for another plan, or the campaign that
    it made has another by now.
    """
    with writing(session):
        form_key = sha256(f"api:{key}".encode()).hexdigest()[:_FORM_KEY] if key else None
        lock_workspace(session, workspace_id)
        known = campaign_by_form(session, workspace_id, form_key) if form_key else None
        if known is None:
            return save_campaign(
                session,
                workspace_id,
                None,
                draft,
                user_id=None,
                at=at,
                form_key=form_key,
                by_key=by_key,
            )
        if not _is_as_planned(campaign_of(session, workspace_id, known), draft):
            raise KeyConflict("This idempotency key was used before, for a different campaign.")
        return known


def _is_as_planned(found: StoredCampaign, draft: CampaignDraft) -> bool:
    planned = (found.name, found.survey_public_id, found.audience_id, found.excluded_id, found.plan)
    name = shown(draft.name, NAME_LIMIT)
    return planned == (name, draft.survey, draft.audience_id, draft.excluded_id, draft.plan)


def _checked(session: Session, workspace_id: int, draft: CampaignDraft) -> int:
    """The id of its survey. Raises PlanRefused."""
    wrong = plan_problems(draft.plan)
    if not draft.name:
        wrong["name"] = "A campaign needs a name."
    survey_id = 0
    try:
        survey = asking_of(session, workspace_id, draft.survey)
        survey_id = survey.survey_id
        if not survey.is_open:
            wrong["survey"] = "Choose a survey that is published and open."
    except UnknownSurvey:
        wrong["survey"] = "Choose a survey."
    for field, id in (("audience", draft.audience_id), ("excluded", draft.excluded_id)):
        try:
            if id is not None:
                audience_row(session, workspace_id, id)
        except UnknownAudience:
            wrong[field] = "Choose an audience."
    if draft.excluded_id is not None and draft.excluded_id == draft.audience_id:
        wrong["excluded"] = "Whoever leaves out those who are asked asks nobody."
    if wrong:
        raise PlanRefused(wrong)
    return survey_id


def duplicate_campaign(
    session: Session, workspace_id: int, id: int, *, name: str, user_id: int | None, at: datetime
) -> int:
    """Make a draft with another campaign's plan, to begin at once and with a seed of its own;
    returns its id. Raises UnknownCampaign."""
    with writing(session):
        found = locked_campaign(session, workspace_id, id)
        plan = replace(CampaignPlan.from_json(found.plan), starts_on=None)
        row = Campaign(
            workspace_id=workspace_id,
            name=shown(name, NAME_LIMIT),
            survey_id=found.survey_id,
            audience_id=found.audience_id,
            excluded_id=found.excluded_id,
            plan=plan.to_json(),
            seed=secrets.token_hex(8),
            status="draft",
            is_baseline=False,
            made_by=user_id,
            created_at=at,
        )
        session.add(row)
        session.flush()
        note_campaign(session, "campaign.planned", row, user_id, at)
        return row.id


def remove_draft(
    session: Session, workspace_id: int, id: int, *, at: datetime, by: int | None = None
) -> None:
    """Throw away a campaign that was never launched. Raises UnknownCampaign, CampaignRefused."""
    with writing(session):
        row = locked_campaign(session, workspace_id, id)
        if not is_editable(row.status):
            raise CampaignRefused("This campaign was launched; it stays, with what came of it.")
        note_campaign(session, "campaign.removed", row, by, at)
        session.delete(row)


def mark_baseline(
    session: Session,
    workspace_id: int,
    id: int,
    *,
    is_baseline: bool,
    at: datetime,
    by: int | None = None,
) -> None:
    """Compare the campaigns of this one's kind of survey with it, and with no other any more; or
    with none. `by` is a user's id. Raises UnknownCampaign, and CampaignRefused for a draft."""
    with writing(session):
        # Or two at once would both find no other.
        lock_workspace(session, workspace_id)
        row = locked_campaign(session, workspace_id, id)
        if is_editable(row.status):
            raise CampaignRefused("Launch a campaign before others are compared with it.")
        kind = campaign_of(session, workspace_id, id).kind
        other = baseline_of(session, workspace_id, kind)
        if is_baseline and other is not None:
            clear_baseline(session, workspace_id, other.id)
        row.is_baseline = is_baseline
        name: EventName = "campaign.made_baseline" if is_baseline else "campaign.unmade_baseline"
        note_campaign(session, name, row, by, at)
