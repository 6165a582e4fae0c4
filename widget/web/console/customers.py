"""The directory of customers: finding somebody, adding them, changing what is known of them."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.keep_customers import change_customer, keep_customers
from widget.domain.addresses import storable
from widget.domain.customers import FIELDS, Details
from widget.domain.errors import CustomerRefused
from widget.domain.search_words import SEARCH_LIMIT
from widget.extensions import db
from widget.storage.customer_imports import open_imports
from widget.storage.customer_list import (
    MOST_COUNTED,
    CustomerFilter,
    ListedCustomer,
    customer_count,
    customers_page,
    is_any_customer,
    listed_customer,
)
from widget.translations import LANGUAGES
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

PAGE = 50
FILTERS = (
    *("search", "client", "segment", "language", "attribute", "attribute_value"),
    *("asked", "answered", "unsubscribed"),
)
# Empty lines of the form for further attributes.
_FURTHER_LINES = 2


@blueprint.get("/customers")
@needs("read_responses")
def customers() -> Response:
    """Customers, the newest first, filtered by the query."""
    chosen = {name: storable(request.args[name]) for name in FILTERS if request.args.get(name)}
    workspace_id = seat().workspace_id
    wanted = _filter(chosen)
    page = customers_page(
        db.session(),
        workspace_id,
        wanted,
        limit=PAGE,
        older_than=_place("older"),
        newer_than=_place("newer"),
    )
    values = {
        "page": page,
        "total": customer_count(db.session(), workspace_id, wanted) if page.items else None,
        "most_counted": MOST_COUNTED,
        "chosen": chosen,
        "languages": _languages(),
        "imports": open_imports(db.session(), workspace_id) if _may_manage() else [],
        "may_manage": _may_manage(),
        "may_add": seat().may("edit_surveys"),
        "is_empty": not page.items and not is_any_customer(db.session(), workspace_id),
    }
    return htmx.page_or_partial(
        render_template("console/customers/list.html", **values),
        render_template("console/customers/_rows.html", **values),
    )


@blueprint.route("/customers/new", methods=["GET", "POST"])
@needs("edit_surveys")
def customer_new() -> Response | str | tuple[str, int]:
    """Add one customer; whoever is known already by address or id is changed."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        [kept] = keep_customers(db.session(), seat().workspace_id, [_details()], now())
        if kept.id is not None:
            words = {
                "new": _("Added."),
                "changed": _("This customer was known already; what is new was noted."),
                "same": _("This customer was known already."),
            }
            flash(words[kept.outcome])
            return redirect(url_for("console.customer", customer_id=kept.id), 303)
        problems = kept.problems
    return _form(_("Add a customer"), _typed(), problems, None)


@blueprint.route("/customers/<uuid:customer_id>/edit", methods=["GET", "POST"])
@needs("edit_surveys")
def customer_edit(customer_id: UUID) -> Response | str | tuple[str, int]:
    """Change what is known of a customer."""
    found = found_customer(customer_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        details = _details()
        # What was struck out of the form is taken away.
        gone = {name: "" for name in found.row.attributes or {} if name not in details.attributes}
        details = Details(details.fields, {**gone, **details.attributes})
        try:
            change_customer(db.session(), seat().workspace_id, customer_id, details, now())
        except CustomerRefused as error:
            problems = error.problems
        else:
            flash(_("Saved."))
            return redirect(url_for("console.customer", customer_id=customer_id), 303)
    typed = _typed() if request.method == "POST" else _known(found)
    return _form(_("Change a customer"), typed, problems, found)


def found_customer(customer_id: UUID) -> ListedCustomer:
    """A customer within the scope of whoever asks; aborts when there is none."""
    found = listed_customer(db.session(), seat().workspace_id, customer_id, seat().scope)
    if found is None:
        abort(404, "There is no such customer in this workspace, or they are not yours to see.")
    return found


def _filter(chosen: dict[str, str]) -> CustomerFilter:
    attribute = chosen.get("attribute", "").strip()
    switches = {"yes": True, "no": False}
    return CustomerFilter(
        scope=seat().scope,
        search=chosen.get("search", "")[:SEARCH_LIMIT],
        client=chosen.get("client"),
        segment=chosen.get("segment"),
        language=chosen.get("language"),
        attribute=(attribute, chosen.get("attribute_value", "").strip()) if attribute else None,
        asked=switches.get(chosen.get("asked", "")),
        answered=switches.get(chosen.get("answered", "")),
        unsubscribed=switches.get(chosen.get("unsubscribed", "")),
    )


def _place(name: str) -> UUID | None:
    try:
        return UUID(request.args[name]) if request.args.get(name) else None
    except ValueError:
        abort(422, _("This address is damaged. Please open the list of customers anew."))


def _may_manage() -> bool:
    return seat().may("manage_workspace")


def _languages() -> list[tuple[str, str]]:
    return [(tag.code, tag.name) for tag in LANGUAGES.values()]


def _form(
    title: str, typed: dict[str, str], problems: dict[str, str], found: ListedCustomer | None
) -> str | tuple[str, int]:
    page = render_template(
        "console/customers/form.html",
        title=title,
        typed=typed,
        problems=problems,
        row=found.row if found else None,
        languages=_languages(),
        attributes=_attribute_lines(found),
    )
    return (page, 422) if problems else page


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _known(found: ListedCustomer) -> dict[str, str]:
    return {name: getattr(found.row, name) or "" for name in FIELDS}


def _details() -> Details:
    names = request.form.getlist("attribute_name")
    values = request.form.getlist("attribute_value")
    return Details(
        {name: storable(request.form.get(name, "")) for name in FIELDS},
        {
            storable(name).strip(): storable(value)
            for name, value in zip(names, values, strict=False)
            if name.strip()
        },
    )


def _attribute_lines(found: ListedCustomer | None) -> list[tuple[str, str]]:
    """Name and value of each line of the form, some of them empty."""
    if request.method == "POST":
        typed = zip(
            request.form.getlist("attribute_name"),
            request.form.getlist("attribute_value"),
            strict=False,
        )
        lines = [line for line in typed if any(line)]
    else:
        lines = list((found.row.attributes or {}).items()) if found else []
    return lines + [("", "")] * _FURTHER_LINES
