"""Saved filters: the menu of a page, the list of them, and keeping, changing and deleting one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.keep_filter import change_filter, forget_filter, keep_filter, replace_filter
from widget.domain.errors import FilterRefused
from widget.domain.saved_filters import (
    PAGES,
    SEES_SHARED,
    Page,
    SavedFilter,
    canonical,
    parameters,
)
from widget.extensions import db
from widget.storage.saved_filters import saved_filters, seen_filter
from widget.storage.subscriptions import subscribers_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

_FILTER = "/filters/<int(max=2147483647):filter_id>"


@dataclass(frozen=True)
class Menu:
    """What a page offers of saved filters. `query` is what would be kept of its address, and
    `current` the saved filter that says the same, one's own first."""

    page: Page
    query: str
    mine: list[SavedFilter]
    shared: list[SavedFilter]
    current: SavedFilter | None

    @property
    def parameters(self) -> dict[str, list[str]]:
        return parameters(self.query)


def menu_of(page: Page) -> Menu:
    """The menu of a page at this request's address."""
    found = _of_page(page)
    mine = [one for one in found if one.user_id == seat().user_id]
    shared = [one for one in found if one.user_id != seat().user_id]
    query = canonical(page, request.args.to_dict(flat=False))
    current = next((one for one in (*mine, *shared) if one.query == query), None)
    return Menu(page, query, mine, shared, current)


@blueprint.get("/filters")
@needs("see_own")
def filters() -> str:
    """Every filter of one's own, and those that others share."""
    found = [one for page in PAGES for one in _of_page(page)]
    return render_template(
        "console/filters/list.html",
        mine=[one for one in found if one.user_id == seat().user_id],
        shared=[one for one in found if one.user_id != seat().user_id],
        may_change=_may_change,
    )


@blueprint.route("/filters/new", methods=["GET", "POST"])
@needs("see_own")
def filter_new() -> Response:
    """Keep the filter in the address, `page` says which page's it is."""
    page, query = _page(request.args.get("page", "")), request.args.to_dict(flat=False)
    kept, problem = canonical(page, query), ""
    if request.method == "POST":
        try:
            keep_filter(
                db.session(),
                seat().workspace_id,
                seat().user_id,
                page,
                request.form.get("name", ""),
                kept,
                is_shared=_wants_sharing(),
                at=now(),
            )
        except FilterRefused as error:
            problem = str(error)
        else:
            flash(_("Saved."))
            return _to_page(page, kept)
    body = render_template(
        "console/filters/new.html",
        page=page,
        address=page_address(page, kept),
        typed=request.form,
        problem=problem,
        may_share=_may_share(),
        mine=[one for one in _of_page(page) if one.user_id == seat().user_id],
        parameters=parameters(kept),
    )
    return make_response(body, 422 if problem else 200)


@blueprint.route(_FILTER, methods=["GET", "POST"])
@needs("see_own")
def filter_edit(filter_id: int) -> Response:
    """Rename a filter, and share it or not."""
    found, problem = _changeable(filter_id), ""
    if request.method == "POST":
        try:
            is_there = change_filter(
                db.session(),
                seat().workspace_id,
                seat().user_id,
                filter_id,
                request.form.get("name", ""),
                is_shared=_wants_sharing(found.is_shared),
                manages=seat().may("manage_workspace"),
                at=now(),
            )
        except FilterRefused as error:
            problem = str(error)
        else:
            flash(_("Saved.") if is_there else _("Deleted: “%(name)s”.", name=found.name))
            return redirect(url_for("console.filters"), 303)
    body = render_template(
        "console/filters/one.html",
        found=found,
        address=page_address(found.page, found.query),
        name=request.form.get("name", found.name),
        is_shared=_wants_sharing(found.is_shared) if request.form else found.is_shared,
        problem=problem,
        may_share=_may_share(),
        subscribers=subscribers_of(db.session(), seat().workspace_id, filter_id),
    )
    return make_response(body, 422 if problem else 200)


@blueprint.post(f"{_FILTER}/query")
@needs("see_own")
def filter_replace(filter_id: int) -> Response:
    """Let a filter hold what the address says."""
    found = _changeable(filter_id)
    query = canonical(found.page, request.args.to_dict(flat=False))
    manages = seat().may("manage_workspace")
    place = (db.session(), seat().workspace_id, seat().user_id, filter_id)
    try:
        replace_filter(*place, query, manages=manages)
    except FilterRefused as error:
        flash(str(error), "error")
    else:
        flash(_("“%(name)s” is this filter from now on.", name=found.name))
    return _to_page(found.page, query)


@blueprint.post(f"{_FILTER}/remove")
@needs("see_own")
def filter_remove(filter_id: int) -> Response:
    """Delete a filter."""
    found = _changeable(filter_id)
    forget_filter(
        db.session(),
        seat().workspace_id,
        seat().user_id,
        filter_id,
        manages=seat().may("manage_workspace"),
        at=now(),
    )
    flash(_("Deleted: “%(name)s”.", name=found.name))
    return redirect(url_for("console.filters"), 303)


def page_address(page: Page, query: str) -> str:
    """Where a filter is looked at."""
    return url_for(f"console.{page}") + (f"?{query}" if query else "")


@blueprint.app_template_filter("filter_address")
def filter_address(found: SavedFilter) -> str:
    """Where a saved filter is looked at."""
    return page_address(found.page, found.query)


def found_filter(filter_id: int) -> SavedFilter:
    """A filter that is theirs to see. Raises UnknownFilter."""
    place = (db.session(), seat().workspace_id, seat().user_id, filter_id)
    return seen_filter(*place, sees_shared=seat().may(SEES_SHARED))


def _changeable(filter_id: int) -> SavedFilter:
    found = found_filter(filter_id)
    if not _may_change(found):
        abort(404, _("Only who shares a filter, and admins, may change it."))
    return found


def _of_page(page: Page) -> Sequence[SavedFilter]:
    return saved_filters(
        db.session(), seat().workspace_id, seat().user_id, page, sees_shared=seat().may(SEES_SHARED)
    )


def _may_change(found: SavedFilter) -> bool:
    return found.may_be_changed_by(seat().user_id, manages=seat().may("manage_workspace"))


def _may_share() -> bool:
    # It stands in everybody's menu.
    return seat().may("lead")


def _wants_sharing(before: bool = False) -> bool:
    """What the form says; of who may not share, that it stays as it was."""
    return "is_shared" in request.form if _may_share() else before


def _page(name: str) -> Page:
    found = next((known for known in PAGES if known == name), None)
    if found is None:
        abort(404, _("There is no filter to keep at this address."))
    return found


def _to_page(page: Page, query: str) -> Response:
    return redirect(page_address(page, query), 303)


@blueprint.app_template_filter("page_words")
def page_words(page: Page) -> str:
    """What a page is called."""
    words: dict[Page, str] = {"dashboard": _("Dashboard"), "responses": _("Responses")}
    return str(words[page])
