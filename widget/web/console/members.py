"""The people whom customers rate, and how pages name them."""

from typing import TypedDict

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Email, InputRequired, Length, Optional

from widget.actions import change_member
from widget.actions.create_member import create_member
from widget.domain.errors import LogoRefused, MemberExists
from widget.domain.logos import MAX_UPLOAD_BYTES
from widget.extensions import db
from widget.storage.members import member_row, member_rows
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat


class MemberForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Name", [InputRequired("Customers see this name."), Length(max=120)])
    title = StringField("Title", [Length(max=120)])
    email = StringField("Email", [Optional(), Email("This is no email address."), Length(max=200)])
    employee_id = StringField("Employee id", [Length(max=100)])
    bio = StringField("About them, in a sentence", [Length(max=300)])

    def known_by(self) -> "KnownBy":
        """What the form says, as an action takes it."""
        return {
            "name": self.name.data.strip(),
            "title": (self.title.data or "").strip(),
            "email": (self.email.data or "").strip().lower() or None,
            "employee_id": (self.employee_id.data or "").strip() or None,
            "bio": (self.bio.data or "").strip(),
        }


class KnownBy(TypedDict):
    name: str
    title: str
    email: str | None
    employee_id: str | None
    bio: str


@blueprint.route("/members", methods=["GET", "POST"])
@needs("edit_surveys")
def members() -> str | Response | tuple[str, int]:
    """The list, and a form for one more."""
    form = MemberForm()
    if form.validate_on_submit():
        try:
            create_member(db.session(), seat().workspace_id, **form.known_by(), at=now())
        except MemberExists as error:
            form.email.errors = [str(error)]
        else:
            flash(_("Added."))
            return redirect(url_for("console.members"), 303)
    rows = member_rows(db.session(), seat().workspace_id)
    page = render_template("console/members/list.html", form=form, members=rows)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/members/<int(max=2147483647):member_id>", methods=["GET", "POST"])
@needs("edit_surveys")
def member(member_id: int) -> str | Response | tuple[str, int]:
    """One member's form."""
    found = member_row(db.session(), seat().workspace_id, member_id)
    form = MemberForm(obj=found)
    if form.validate_on_submit():
        try:
            change_member.change_member(
                db.session(), seat().workspace_id, member_id, **form.known_by()
            )
        except MemberExists as error:
            form.email.errors = [str(error)]
        else:
            flash(_("Saved."))
            return redirect(url_for("console.members"), 303)
    page = render_template("console/members/one.html", form=form, member=found)
    return (page, 422) if form.is_submitted() else page


class PhotoForm(FlaskForm):  # type: ignore[misc]
    photo = FileField("Photo", [FileRequired("Choose a picture first.")])


@blueprint.post("/members/<int(max=2147483647):member_id>/photo")
@needs("edit_surveys")
def member_photo(member_id: int) -> Response:
    """Give a member the uploaded photo, or none."""
    form, workspace_id = PhotoForm(), seat().workspace_id
    member_row(db.session(), workspace_id, member_id)
    try:
        if "remove" in request.form:
            change_member.set_photo(db.session(), workspace_id, member_id, None, at=now())
            flash(_("The photo is gone."))
        elif form.validate_on_submit():
            upload = form.photo.data.read(MAX_UPLOAD_BYTES + 1)
            change_member.set_photo(db.session(), workspace_id, member_id, upload, at=now())
            flash(_("Saved."))
        else:
            flash(form.photo.errors[0] if form.photo.errors else _("Choose a picture first."))
    except LogoRefused as error:
        flash(str(error))
    return redirect(url_for("console.member", member_id=member_id), 303)


@blueprint.post("/members/<int(max=2147483647):member_id>/<any(archive,restore):verb>")
@needs("edit_surveys")
def member_archive_or_restore(member_id: int, verb: str) -> Response:
    """Archive a member, or bring them back."""
    archived = verb == "archive"
    change_member.set_archived(
        db.session(), seat().workspace_id, member_id, archived=archived, at=now()
    )
    flash(_("Archived: pages cannot name them any more.") if archived else _("Back again."))
    return redirect(url_for("console.members"), 303)
