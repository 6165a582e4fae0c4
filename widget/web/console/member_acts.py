"""What is done to a member besides changing their form."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import change_member
from widget.domain.errors import LogoRefused, PersonLinked
from widget.extensions import db
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.member_forms import uploaded_photo
from widget.web.console.member_page import led_member


@blueprint.post("/members/<int(max=2147483647):member_id>/photo")
@needs("lead")
def member_photo(member_id: int) -> Response:
    """Give a member the uploaded photo, or none."""
    led_member(member_id)
    upload = uploaded_photo()
    try:
        if "remove" in request.form:
            _set_photo(member_id, None)
            flash(_("The photo is gone."))
        elif upload is not None:
            _set_photo(member_id, upload)
            flash(_("Saved."))
        else:
            flash(_("Choose a picture first."), "error")
    except LogoRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.member", member_id=member_id), 303)


@blueprint.post("/members/<int(max=2147483647):member_id>/<any(archive,restore):verb>")
@needs("lead")
def member_archive_or_restore(member_id: int, verb: str) -> Response:
    """Archive a member, or bring them back."""
    led_member(member_id)
    archived = verb == "archive"
    change_member.set_archived(
        db.session(),
        seat().workspace_id,
        member_id,
        archived=archived,
        scope=seat().scope,
        at=now(),
    )
    flash(_("Archived: pages cannot name them any more.") if archived else _("Back again."))
    return redirect(url_for("console.member", member_id=member_id), 303)


@blueprint.post("/members/<int(max=2147483647):member_id>/<any(approve,unapprove):verb>")
@needs("lead")
def member_approve_or_not(member_id: int, verb: str) -> Response:
    """Let customers see a member's profile, or no more than the name."""
    led_member(member_id)
    is_approved = verb == "approve"
    change_member.set_approved(
        db.session(),
        seat().workspace_id,
        member_id,
        is_approved=is_approved,
        scope=seat().scope,
    )
    flash(
        _("Approved: customers see the profile.")
        if is_approved
        else _("Customers see no more than the name now.")
    )
    return redirect(url_for("console.member", member_id=member_id), 303)


@blueprint.post("/members/<int(max=2147483647):member_id>/person")
@needs("manage_workspace")
def member_person(member_id: int) -> Response:
    """Say who signs in as a member."""
    user_id = request.form.get("user", type=int)
    try:
        change_member.set_user(db.session(), seat().workspace_id, member_id, user_id)
        flash(_("Saved."))
    except PersonLinked as error:
        flash(str(error), "error")
    return redirect(url_for("console.member", member_id=member_id), 303)


def _set_photo(member_id: int, upload: bytes | None) -> None:
    change_member.set_photo(
        db.session(), seat().workspace_id, member_id, upload, scope=seat().scope, at=now()
    )
