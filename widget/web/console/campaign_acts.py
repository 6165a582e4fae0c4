"""What is done with a campaign: launched, halted, copied, rehearsed, made the baseline."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.change_campaigns import duplicate_campaign, mark_baseline, remove_draft
from widget.actions.steer_campaign import (
    launch_campaign,
    pause_campaign,
    resume_campaign,
    stop_campaign,
)
from widget.domain.errors import CampaignRefused
from widget.extensions import db
from widget.storage.audiences import languages_in
from widget.storage.campaigns import campaign_of, frame_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.mail import send_campaign_to_oneself


@blueprint.post(
    "/campaigns/<int(max=2147483647):campaign_id>/<any(launch,pause,resume,stop,baseline,not_baseline,remove):verb>"
)
@needs("manage_workspace")
def campaign_act(campaign_id: int, verb: str) -> Response:
    """Do something with a campaign that needs nothing more to be said."""
    act, said = _acts(campaign_id)[verb]
    try:
        act()
        flash(said)
    except CampaignRefused as error:
        flash(str(error), "error")
    else:
        if verb == "remove":
            return redirect(url_for("console.campaigns"), 303)
    return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)


def _acts(id: int) -> dict[str, tuple[Callable[[], None], str]]:
    session, workspace_id = db.session(), seat().workspace_id
    who: dict[str, Any] = {"at": now(), "by": current_user.id}
    return {
        "launch": (
            lambda: launch_campaign(session, workspace_id, id, **who),
            _("Launched. The server sends its mails by itself from now on."),
        ),
        "pause": (
            lambda: pause_campaign(session, workspace_id, id, **who),
            _("Paused: no further mail leaves until it is resumed."),
        ),
        "resume": (
            lambda: resume_campaign(session, workspace_id, id, **who),
            _("Resumed."),
        ),
        "stop": (
            lambda: stop_campaign(session, workspace_id, id, **who),
            _("Stopped: no further mail leaves. What was sent can still be answered."),
        ),
        "baseline": (
            lambda: mark_baseline(session, workspace_id, id, is_baseline=True, **who),
            _("Later campaigns are compared with this one."),
        ),
        "not_baseline": (
            lambda: mark_baseline(session, workspace_id, id, is_baseline=False, **who),
            _("No longer the baseline."),
        ),
        "remove": (
            lambda: remove_draft(session, workspace_id, id, **who),
            _("Removed."),
        ),
    }


@blueprint.post("/campaigns/<int(max=2147483647):campaign_id>/duplicate")
@needs("manage_workspace")
def campaign_duplicate(campaign_id: int) -> Response:
    """Plan another campaign like this one."""
    session, workspace_id = db.session(), seat().workspace_id
    found = campaign_of(session, workspace_id, campaign_id)
    id = duplicate_campaign(
        session,
        workspace_id,
        campaign_id,
        name=_("%(name)s (copy)", name=found.name[:90]),
        user_id=current_user.id,
        at=now(),
    )
    flash(_("Copied. Look it over before you launch it."))
    return redirect(url_for("console.campaign_plan", campaign_id=id), 303)


@blueprint.post("/campaigns/<int(max=2147483647):campaign_id>/rehearse")
@needs("manage_workspace")
def campaign_rehearse(campaign_id: int) -> Response:
    """Send the campaign's mail to whoever asks for it, and to nobody else, in each language that
    its customers would have it in: answers to it are tests."""
    session = db.session()
    found = campaign_of(session, seat().workspace_id, campaign_id)
    languages = languages_in(session, frame_of(session, found, now()))
    flash(*send_campaign_to_oneself(found.survey_public_id, languages))
    return redirect(url_for("console.campaign", campaign_id=campaign_id), 303)
