"""The list of campaigns."""

from flask import render_template

from widget.extensions import db
from widget.storage.campaign_lists import listed_campaigns
from widget.web.console.access import blueprint, needs, seat


@blueprint.get("/campaigns")
@needs("read_responses")
def campaigns() -> str:
    """The newest campaigns with what came of them, within the scope of whoever looks."""
    return render_template(
        "console/campaigns/list.html",
        campaigns=listed_campaigns(db.session(), seat().workspace_id, seat().scope),
        may_change=seat().may("manage_workspace"),
    )
