"""What became of mails, and which addresses are not written to."""

from datetime import timedelta
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.lift_suppression import lift_suppression
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.storage.mail_pages import delivery_counts, newest_deliveries
from widget.storage.suppressions import Suppression, suppressed_counts, suppression_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.sns_confirmations import confirmation

STATUSES = ("due", "sending", "accepted", "sent", "delivered", "bounced", "failed", "not_sent")
_PAGE = 50
_COUNTED = timedelta(days=30)


@blueprint.get("/deliveries")
@needs("edit_surveys")
def deliveries() -> str:
    """The last mails, what went wrong, and why an address gets none."""
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    rows = newest_deliveries(
        db.session(),
        seat().workspace_id,
        status=status,
        older_than=_id(request.args.get("after", "")),
        limit=_PAGE + 1,
    )
    address = request.args.get("address", "").strip()
    return render_template(
        "console/mail/deliveries.html",
        rows=rows[:_PAGE],
        next=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        status=status,
        statuses=STATUSES,
        counts=delivery_counts(db.session(), seat().workspace_id, now() - _COUNTED),
        suppressed=suppressed_counts(db.session(), seat().workspace_id),
        address=address,
        found=_suppression(address) if address else None,
        to_files=current_app.extensions["sayso_settings"].mail_server is None,
        confirm_url=_confirmation(),
    )


@blueprint.post("/deliveries/lift")
@needs("manage_workspace")
def deliveries_lift() -> Response:
    """Write to an address again."""
    address = request.form.get("address", "").strip()
    key = current_app.config["SAYSO_ADDRESS_KEY"]
    if lift_suppression(db.session(), seat().workspace_id, address, key=key):
        flash(_("%(address)s may be written to again.", address=address))
    else:
        flash(_("Nothing that this workspace can lift stands against this address."), "error")
    return redirect(url_for("console.deliveries"), 303)


def _suppression(address: str) -> Suppression | None:
    digest = address_digest(current_app.config["SAYSO_ADDRESS_KEY"], address)
    return suppression_of(db.session(), seat().workspace_id, digest)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _confirmation() -> str:
    """The address that Amazon SNS wants opened by hand, for whoever may set such things up."""
    if not seat().may("manage_workspace"):
        return ""
    return confirmation(current_app.config["SAYSO_DATA"], seat().workspace_id, now())
