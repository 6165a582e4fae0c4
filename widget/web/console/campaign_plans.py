"""Planning a campaign: the form, and whom the plan would ask while somebody fills it in."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.change_campaigns import CampaignDraft, save_campaign
from widget.domain.campaigns import MOST_TRAITS, CampaignPlan, is_editable, plan_problems
from widget.domain.errors import CampaignRefused, PlanRefused, UnknownAudience, UnknownSurvey
from widget.domain.scales import KINDS, Kind
from widget.extensions import db
from widget.storage.asking import open_surveys
from widget.storage.audiences import audiences_of
from widget.storage.campaigns import campaign_of
from widget.storage.dashboards import counted_surveys
from widget.storage.surveys import survey_of
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.campaign_forms import form_key, options, read_draft
from widget.web.console.campaign_samples import Sample, sample_of
from widget.web.console.filter_values import suggested_values


@blueprint.route("/campaigns/new", methods=["GET", "POST"], defaults={"campaign_id": None})
@blueprint.route("/campaigns/<int(max=2147483647):campaign_id>/plan", methods=["GET", "POST"])
@needs("manage_workspace")
def campaign_plan(campaign_id: int | None) -> Response | str | tuple[str, int]:
    """The plan of a campaign that was not launched yet."""
    stored = _stored(campaign_id)
    if stored is None:
        flash(_("This campaign was launched; copy it to change its plan."), "error")
        return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)
    if request.method == "GET":
        return _page(campaign_id, stored, {})
    typed = read_draft()
    if "look" in request.form:
        return _page(campaign_id, typed, plan_problems(typed.plan))
    try:
        id = save_campaign(
            *(db.session(), seat().workspace_id, campaign_id, typed),
            user_id=current_user.id,
            at=now(),
            form_key=form_key(),
        )
    except PlanRefused as error:
        return _page(campaign_id, typed, error.problems), 422
    except CampaignRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)
    return redirect(url_for("console.campaign", campaign_id=id), 303)


@blueprint.post("/campaigns/sample")
@needs("manage_workspace")
def campaign_sample() -> Response:
    """Whom a form's plan would ask, while somebody fills it in."""
    sample = _sample(read_draft())
    page = render_template("console/campaigns/_sample.html", sample=sample, plan=read_draft().plan)
    return htmx.page_or_partial(page, page)


def _stored(campaign_id: int | None) -> CampaignDraft | None:
    """The draft of an address; None for a campaign that was launched."""
    if campaign_id is None:
        return CampaignDraft("", "", None, None, CampaignPlan())
    found = campaign_of(db.session(), seat().workspace_id, campaign_id)
    if not is_editable(found.status):
        return None
    return CampaignDraft(
        found.name, found.survey_public_id, found.audience_id, found.excluded_id, found.plan
    )


def _sample(draft: CampaignDraft) -> Sample | None:
    """Whom a draft would ask; None while it is not filled in."""
    if plan_problems(draft.plan):
        return None
    try:
        return sample_of(draft.plan, _kind(draft.survey), draft.audience_id, draft.excluded_id)
    except (UnknownAudience, UnknownSurvey):
        return None


def _kind(survey: str) -> Kind:
    """What a survey asks; nps, which needs most answers, while none is chosen."""
    if not survey:
        return "nps"
    kind = survey_of(db.session(), seat().workspace_id, survey).kind
    return next(one for one in KINDS if one == kind)


def _likely(surveys: Sequence[tuple[str, str]]) -> str:
    """The survey that a new campaign asks unless another is chosen: the first that asks for NPS,
    which is about all that a customer has to do with a company, else the first."""
    known = counted_surveys(db.session(), seat().workspace_id).values()
    of_nps = {one.public_id for one in known if one.kind == "nps"}
    return next((id for id, _name in surveys if id in of_nps), surveys[0][0])


def _attribute_lines(plan: CampaignPlan) -> list[str]:
    """The attributes of a plan, and empty lines up to as many as it may have."""
    keys = [name.partition(":")[2] for name in plan.traits if name.startswith("attribute:")]
    return keys + [""] * (MOST_TRAITS - len(keys))


def _page(campaign_id: int | None, draft: CampaignDraft, wrong: dict[str, str]) -> str:
    surveys = open_surveys(db.session(), seat().workspace_id)
    if not draft.survey and surveys:
        draft = replace(draft, survey=_likely(surveys))
    found = audiences_of(db.session(), seat().workspace_id)
    return render_template(
        "console/campaigns/plan.html",
        campaign_id=campaign_id,
        draft=draft,
        plan=draft.plan,
        problems=wrong,
        surveys=surveys,
        audiences=[(str(one.id), one.name) for one in found],
        attributes=_attribute_lines(draft.plan),
        known=suggested_values(),
        sample=_sample(draft),
        form_key=form_key() or secrets.token_hex(16),
        typed=request.form,
        **options(),
    )
