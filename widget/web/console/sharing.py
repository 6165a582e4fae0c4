"""Sharing, as the workspace decides it: review sites, public pages; and how much it is used."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from widget.actions.change_sharing import change_sharing, remove_review_site
from widget.domain.errors import AddressRefused
from widget.domain.sharing import (
    CHANNEL_NAMES,
    PAGE,
    REVIEW_NAME_LIMIT,
    ReviewOffer,
    ReviewSite,
    SharingRules,
    read_address,
)
from widget.extensions import db
from widget.storage.ids import new_public_id
from widget.storage.share_counts import Uses, uses_by_channel
from widget.storage.shares import sharing_rules
from widget.storage.survey_editing import survey_names
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

_DAYS = 30
_NOTHING = Uses()


@blueprint.route("/sharing", methods=["GET", "POST"])
@needs("manage_workspace")
def sharing() -> str | Response:
    """The rules, and what was offered and used in the last 30 days; a POST changes the rules."""
    if not FlaskForm().validate_on_submit():
        return _page({})
    offer: ReviewOffer = "every" if request.form.get("offer_reviews") == "every" else "none"

    def change(rules: SharingRules) -> SharingRules:
        return replace(
            rules,
            offer_reviews=offer,
            lists_pages="lists_pages" in request.form,
            names_members="names_members" in request.form,
        )

    change_sharing(db.session(), seat().workspace_id, change)
    flash(_("Saved. Surveys follow within a second."))
    return redirect(url_for("console.sharing"), 303)


@blueprint.post("/sharing/review-sites")
@needs("manage_workspace")
def sharing_review_site() -> Response | tuple[str, int]:
    """Add a site where customers may review the company."""
    name = " ".join(request.form.get("name", "").split())
    problems = {}
    if not 0 < len(name) <= REVIEW_NAME_LIMIT:
        problems["name"] = _("Give the site a name of at most %(n)s letters.", n=REVIEW_NAME_LIMIT)
    try:
        site = ReviewSite(new_public_id(), name, read_address(request.form.get("url", "")))
        if not problems:
            change_sharing(
                db.session(),
                seat().workspace_id,
                lambda rules: replace(rules, review_sites=(*rules.review_sites, site)),
            )
    except AddressRefused as error:
        problems["url"] = str(error)
    if problems:
        return _page(problems), 422
    flash(_("Added."))
    return redirect(url_for("console.sharing"), 303)


@blueprint.post("/sharing/review-sites/<review_site_id>/remove")
@needs("manage_workspace")
def sharing_review_site_remove(review_site_id: str) -> Response:
    """Offer a review site no longer."""
    remove_review_site(db.session(), seat().workspace_id, review_site_id)
    flash(_("Removed."))
    return redirect(url_for("console.sharing"), 303)


def _page(problems: dict[str, str]) -> str:
    workspace_id = seat().workspace_id
    rules = sharing_rules(db.session(), workspace_id)
    surveys = survey_names(db.session(), workspace_id)
    chosen = request.args.get("survey", "")
    if chosen not in dict(surveys):
        chosen = ""
    today = now().astimezone(ZoneInfo(seat().time_zone)).date()
    found = uses_by_channel(
        db.session(),
        workspace_id,
        since=today - timedelta(days=_DAYS - 1),
        survey=chosen or None,
    )
    return render_template(
        "console/sharing/page.html",
        rules=rules,
        problems=problems,
        surveys=surveys,
        chosen=chosen,
        counts=_named(rules, found),
        days=_DAYS,
    )


def _named(rules: SharingRules, found: dict[str, Uses]) -> list[tuple[str, Uses]]:
    """Each way to share with its counts, by the name that people know it by. A review site that
    is gone stands there while it has counts."""
    names: dict[str, str] = {PAGE: _("Making a page")}
    names |= {str(channel): name for channel, name in CHANNEL_NAMES.items()}
    names |= {site.channel: site.name for site in rules.review_sites}
    names |= {channel: _("A review site that was removed") for channel in found.keys() - names}
    return [(name, found.get(channel, _NOTHING)) for channel, name in names.items()]
