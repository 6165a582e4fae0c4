"""Audiences: rules with a live count of whom they fit, and lists."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.change_audiences import (
    MOST_NAMES,
    names_in,
    remove_audience,
    save_audience,
    save_list,
)
from widget.domain.addresses import shown
from widget.domain.audiences import problems
from widget.domain.condition_groups import MOST_DEPTH, Group
from widget.domain.errors import AudienceInUse, AudienceRefused, RulesRefused
from widget.extensions import db
from widget.storage.audiences import (
    Example,
    StoredAudience,
    audience_of,
    audiences_of,
    count_matching,
    examples_of,
)
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat, signed_in_seat
from widget.web.console.audience_forms import NEW_RULE, changed, rules_in
from widget.web.console.audience_words import field_options, match_options, mood_options
from widget.web.console.filter_values import suggested_values

EXAMPLES = 5
# As many names as a list takes at a time, each as long as an address is, and as forms write them.
_LIST_BYTES = MOST_NAMES * 100
NAMES_SHOWN = 20


@dataclass(frozen=True)
class Matches:
    """How many customers an audience has, and some of them; None while its rules are not filled
    in."""

    number: int | None
    examples: list[Example]


@blueprint.before_app_request
def _let_long_lists_in() -> None:
    is_list = request.endpoint in ("console.audience", "console.audience_list_new")
    if is_list and request.method == "POST":
        found = signed_in_seat()
        if found is not None and found.may("manage_workspace"):
            request.max_content_length = request.max_form_memory_size = _LIST_BYTES


@blueprint.get("/audiences")
@needs("manage_workspace")
def audiences() -> str:
    """Every audience; how many customers each has is on its page."""
    found = audiences_of(db.session(), seat().workspace_id)
    return render_template("console/audiences/list.html", audiences=found)


@blueprint.route("/audiences/new", methods=["GET", "POST"], defaults={"audience_id": 0})
@blueprint.route("/audiences/<int(max=2147483647):audience_id>", methods=["GET", "POST"])
@needs("manage_workspace")
def audience(audience_id: int) -> Response | str | tuple[str, int]:
    """An audience's rules, or its list."""
    stored = _stored(audience_id)
    if stored.rules is None:
        return _list(stored)
    if request.method == "GET":
        return _page(stored, {})
    typed = _typed(stored)
    wrong: dict[str, str] = {}
    if "change" in request.form:
        typed, wrong = _changed(typed, request.form["change"])
        return _rules(typed, wrong)
    try:
        save_audience(db.session(), seat().workspace_id, typed, at=now(), by=current_user.id)
    except AudienceRefused as error:
        return _page(typed, error.problems), 422
    flash(_("Saved."))
    return redirect(url_for("console.audiences"), 303)


@blueprint.post("/audiences/matches")
@needs("manage_workspace")
def audience_matches() -> str:
    """How many customers the rules of a form fit, while somebody types them."""
    return render_template("console/audiences/_matches.html", matches=_matches(_typed(_stored(0))))


@blueprint.route("/audiences/lists/new", methods=["GET", "POST"])
@needs("manage_workspace")
def audience_list_new() -> Response | str | tuple[str, int]:
    """A new list."""
    return _list(StoredAudience(0, "", None))


@blueprint.post("/audiences/<int(max=2147483647):audience_id>/remove")
@needs("manage_workspace")
def audience_remove(audience_id: int) -> Response:
    """Remove an audience that no campaign asks."""
    try:
        remove_audience(
            db.session(), seat().workspace_id, audience_id, at=now(), by=current_user.id
        )
        flash(_("Removed."))
    except AudienceInUse as error:
        flash(str(error), "error")
    return redirect(url_for("console.audiences"), 303)


def _stored(audience_id: int) -> StoredAudience:
    """The audience of an address; for 0 a new one, with one rule to fill in."""
    if audience_id:
        return audience_of(db.session(), seat().workspace_id, audience_id)
    return StoredAudience(0, "", Group("all", (NEW_RULE,)))


def _typed(stored: StoredAudience) -> StoredAudience:
    try:
        rules = rules_in(request.form)
    except RulesRefused as error:
        abort(422, str(error))
    return StoredAudience(stored.id, shown(request.form.get("name", ""), 200), rules)


def _changed(typed: StoredAudience, change: str) -> tuple[StoredAudience, dict[str, str]]:
    """The audience after a press of a button of its rules, and what kept that from happening."""
    assert typed.rules is not None
    try:
        return StoredAudience(typed.id, typed.name, changed(typed.rules, change)), {}
    except RulesRefused as error:
        return typed, {"rules": str(error)}


def _rules(typed: StoredAudience, wrong: dict[str, str]) -> Response:
    """The form's rules as they are now: for htmx without the page around them."""
    values = _values(typed, wrong)
    return htmx.page_or_partial(
        render_template("console/audiences/rules.html", **values),
        render_template("console/audiences/_rules.html", **values),
        422 if wrong else 200,
    )


def _page(audience: StoredAudience, wrong: dict[str, str]) -> str:
    return render_template("console/audiences/rules.html", **_values(audience, wrong))


def _values(audience: StoredAudience, wrong: dict[str, str]) -> dict[str, object]:
    return {
        "audience": audience,
        "problems": wrong,
        "matches": _matches(audience),
        "fields": field_options(),
        "groupings": match_options(),
        "moods": mood_options(),
        "most_depth": MOST_DEPTH,
        # htmx leaves the page's as they are.
        "known": None if htmx.wants_partial() else suggested_values(),
    }


def _matches(audience: StoredAudience) -> Matches:
    if audience.rules is not None and problems(audience.rules):
        return Matches(None, [])
    session, workspace_id = db.session(), seat().workspace_id
    number = count_matching(session, workspace_id, audience, now())
    return Matches(number, examples_of(session, workspace_id, audience, now(), EXAMPLES))


def _list(stored: StoredAudience) -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return _list_page(stored, {})
    typed = StoredAudience(stored.id, request.form.get("name", ""), None)
    try:
        listed = save_list(
            db.session(),
            seat().workspace_id,
            typed,
            names_in(request.form.get("names", "")),
            replaces="replaces" in request.form,
            at=now(),
            by=current_user.id,
        )
    except AudienceRefused as error:
        return _list_page(typed, error.problems), 422
    flash(
        ngettext("Saved: %(num)s customer was named.", "Saved: %(num)s were named.", listed.known)
    )
    if listed.unknown:
        names = ", ".join(listed.unknown[:NAMES_SHOWN])
        flash(
            ngettext(
                "%(num)s is none of your customers: %(names)s",
                "%(num)s are none of your customers: %(names)s",
                len(listed.unknown),
                names=names + ("…" if len(listed.unknown) > NAMES_SHOWN else ""),
            ),
            "error",
        )
    return redirect(url_for("console.audience", audience_id=listed.id), 303)


def _list_page(audience: StoredAudience, wrong: dict[str, str]) -> str:
    return render_template(
        "console/audiences/customers.html",
        audience=audience,
        problems=wrong,
        matches=_matches(audience) if audience.id else Matches(0, []),
        typed=request.form,
    )
