"""API keys: made here, shown once, revoked here."""

from flask import abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from widget.actions.create_api_key import create_api_key
from widget.actions.revoke_api_key import revoke_api_key
from widget.domain.roles import KEY_ABILITIES, KeyAbility
from widget.extensions import db
from widget.storage.accounts import api_keys
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

# Where the session keeps a key between making it and showing it.
_MADE = "made_key"


class KeyForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        "What the key is for", [InputRequired("Say what will use the key."), Length(max=120)]
    )
    is_test = BooleanField("A test key")
    may_read = BooleanField("Read", default=True)
    may_write = BooleanField("Write")

    def abilities(self) -> frozenset[KeyAbility]:
        """What the key is to do."""
        given: dict[KeyAbility, bool] = {
            "read": self.may_read.data,
            "write": self.may_write.data,
        }
        return frozenset(ability for ability, ticked in given.items() if ticked)


@blueprint.route("/keys", methods=["GET", "POST"])
@needs("manage_workspace")
def keys() -> str | Response | tuple[str, int]:
    """The list, and a form for one more; a new key is on the page after, and nowhere else."""
    form = KeyForm()
    is_good = form.validate_on_submit()
    if form.is_submitted() and not form.abilities():
        form.may_read.errors = ["Tick at least one: a key that may do nothing is of no use."]
        is_good = False
    if is_good:
        made = create_api_key(
            db.session(),
            seat().workspace_id,
            name=form.name.data.strip(),
            user_id=current_user.id,
            at=now(),
            is_test=form.is_test.data,
            abilities=form.abilities(),
        )
        # In the cookie of the browser that is about to show it, until it has.
        session[_MADE] = made
        return redirect(url_for("console.keys"), 303)
    page = render_template(
        "console/keys/list.html",
        form=form,
        made=None if form.is_submitted() else session.pop(_MADE, None),
        abilities=KEY_ABILITIES,
        keys=api_keys(db.session(), seat().workspace_id),
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/keys/<int(max=2147483647):key_id>/revoke", methods=["GET", "POST"])
@needs("manage_workspace")
def key_revoke(key_id: int) -> str | Response:
    """Ask, then end a key."""
    found = next(
        (key for key in api_keys(db.session(), seat().workspace_id) if key.id == key_id), None
    )
    if found is None or found.revoked_at is not None:
        abort(404, "There is no such live key in this workspace.")
    form = FlaskForm()
    if not form.validate_on_submit():
        return render_template("console/keys/revoke.html", key=found)
    revoke_api_key(db.session(), seat().workspace_id, key_id, at=now())
    flash(_("Revoked: programs that use it are refused from now on."))
    return redirect(url_for("console.keys"), 303)
