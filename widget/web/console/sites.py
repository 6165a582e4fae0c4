"""Where surveys may be shown."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from widget.actions.change_site import delete_site, save_site
from widget.domain.errors import OriginRefused, SiteInUse
from widget.domain.sites import read_origins
from widget.extensions import db
from widget.storage.sites import SiteRow, site_row, site_rows
from widget.storage.survey_editing import survey_names
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat


class SiteForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Name", [InputRequired("Give the site a name."), Length(max=120)])
    origins = TextAreaField("Allowed origins")


@blueprint.get("/sites")
@needs("edit_surveys")
def sites() -> str:
    """Every site, and which surveys stand on it."""
    return render_template(
        "console/sites/list.html", sites=site_rows(db.session(), seat().workspace_id)
    )


@blueprint.route("/sites/new", methods=["GET", "POST"], defaults={"site_id": None})
@blueprint.route("/sites/<int(max=2147483647):site_id>", methods=["GET", "POST"])
@needs("edit_surveys")
def site(site_id: int | None) -> str | Response | tuple[str, int]:
    """A site's form."""
    workspace_id = seat().workspace_id
    found = site_row(db.session(), workspace_id, site_id) if site_id else None
    form = SiteForm(
        name=found.name if found else "", origins="\n".join(found.origins) if found else ""
    )
    if form.validate_on_submit():
        try:
            origins = read_origins(form.origins.data or "")
        except OriginRefused as error:
            form.origins.errors = [str(error)]
        else:
            save_site(
                db.session(),
                workspace_id,
                site_id,
                name=form.name.data.strip(),
                origins=origins,
                surveys=request.form.getlist("surveys"),
                at=now(),
            )
            flash(_("Saved. Pages follow within a second."))
            return redirect(url_for("console.sites"), 303)
    page = render_template(
        "console/sites/one.html",
        form=form,
        site=found,
        surveys=survey_names(db.session(), workspace_id),
        standing=_standing(found),
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/sites/<int(max=2147483647):site_id>/delete")
@needs("edit_surveys")
def site_delete(site_id: int) -> Response:
    """Delete a site on which no survey stands."""
    try:
        delete_site(db.session(), seat().workspace_id, site_id)
        flash(_("Deleted."))
    except SiteInUse as error:
        flash(str(error), "error")
    return redirect(url_for("console.sites"), 303)


def _standing(found: SiteRow | None) -> list[str]:
    if request.method == "POST":
        return request.form.getlist("surveys")
    return [public_id for public_id, _name in found.surveys] if found else []
