"""What owners and admins do with a customer: erase them, give them their data, merge two."""

import json
from uuid import UUID

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from widget.actions.erase_customer import erase_customer
from widget.actions.export_customer import export_customer
from widget.actions.merge_customers import merge_customers
from widget.domain.addresses import customer_email, storable
from widget.domain.customers import FIELDS
from widget.domain.errors import EraseLater, UnknownCustomer
from widget.domain.merging import Difference, Side, differences
from widget.extensions import db
from widget.storage.customer_list import (
    CustomerFilter,
    ListedCustomer,
    customers_page,
    listed_customer,
)
from widget.storage.customer_merging import known_of
from widget.storage.customer_traces import merged_into, traces_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.customers import found_customer

# As many are offered as somebody can look through.
_OFFERED = 10


@blueprint.route("/customers/<uuid:customer_id>/erase", methods=["GET", "POST"])
@needs("manage_workspace")
def customer_erase(customer_id: UUID) -> Response | str | tuple[str, int]:
    """Erase a customer, once whoever asks has typed whom."""
    if request.method == "POST" and _is_erased_since(customer_id):
        # Pressed twice: the first press has done it.
        return _erased()
    found = found_customer(customer_id)
    problem = ""
    if request.method == "POST":
        if _is_same(request.form.get("confirm", ""), _named(found)):
            try:
                erase_customer(
                    db.session(),
                    seat().workspace_id,
                    customer_id,
                    data=current_app.config["SAYSO_DATA"],
                    asked_by="console",
                    user_id=seat().user_id,
                    at=now(),
                )
            except EraseLater as error:
                problem = str(error)
            except UnknownCustomer:
                return _erased()
            else:
                return _erased()
        else:
            problem = _("This is not what stands there. Nothing was erased.")
    traces = traces_of(db.session(), found.row)
    page = render_template(
        "console/customers/erase.html",
        found=found,
        row=found.row,
        named=_named(found),
        requests=len(traces.requests),
        responses=len(traces.responses),
        problem=problem,
        proof=_proofs().dumps([seat().workspace_id, str(customer_id)]),
    )
    return (page, 422) if problem else page


def _erased() -> Response:
    flash(_("Erased. Their scores stay, with nobody to them."))
    return redirect(url_for("console.customers"), 303)


def _proofs() -> URLSafeSerializer:
    assert current_app.secret_key is not None
    return URLSafeSerializer(current_app.secret_key, salt="erase a customer")


def _is_erased_since(customer_id: UUID) -> bool:
    """Whether a customer is gone whose form this is: nothing else tells that there was one."""
    if listed_customer(db.session(), seat().workspace_id, customer_id, seat().scope) is not None:
        return False
    try:
        offered = _proofs().loads(request.form.get("proof", ""))
    except BadData:
        return False
    return bool(offered == [seat().workspace_id, str(customer_id)])


@blueprint.post("/customers/<uuid:customer_id>/data")
@needs("manage_workspace")
def customer_data(customer_id: UUID) -> Response:
    """Everything stored of a customer, as a file to give them."""
    data = export_customer(
        db.session(), seat().workspace_id, customer_id, user_id=seat().user_id, at=now()
    )
    answer = make_response(json.dumps(data, ensure_ascii=False, indent=2))
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.json"'
    return answer


@blueprint.route("/customers/<uuid:customer_id>/merge", methods=["GET", "POST"])
@needs("manage_workspace")
def customer_merge(customer_id: UUID) -> Response | str:
    """Choose whom a customer is the same as, then field by field what stays of both."""
    found = found_customer(customer_id)
    if request.method == "POST" and _is_merged(customer_id):
        # Pressed twice: the first press has done it.
        return _merged(customer_id)
    other = _other(customer_id)
    if request.method == "POST":
        if other is None:
            abort(422, _("Choose the other entry first."))
        try:
            merge_customers(
                db.session(),
                seat().workspace_id,
                customer_id,
                other.row.id,
                _chosen(),
                user_id=seat().user_id,
                at=now(),
            )
        except UnknownCustomer:
            if not _is_merged(customer_id):
                raise
        return _merged(customer_id)
    if other is None:
        return _choose(found)
    return render_template(
        "console/customers/merge.html",
        row=found.row,
        other=other.row,
        differences=differences(known_of(found.row), known_of(other.row)),
    )


def _is_merged(customer_id: UUID) -> bool:
    """Whether the entry that a form names as the other is part of a customer already."""
    try:
        other = UUID(request.form.get("other", ""))
    except ValueError:
        return False
    return merged_into(db.session(), seat().workspace_id, other) == customer_id


def _merged(customer_id: UUID) -> Response:
    flash(_("Merged. Links to the other entry lead here now."))
    return redirect(url_for("console.customer", customer_id=customer_id), 303)


@blueprint.app_template_filter("customer_field")
def customer_field(one: Difference) -> str:
    """A field of a customer as people know it; an attribute by its own name."""
    words: dict[str, str] = {
        "email": _("Email"),
        "name": _("Name"),
        "external_id": _("Your own id"),
        "client": _("Client"),
        "segment": _("Segment"),
        "language": _("Language"),
        "country": _("Country"),
        "time_zone": _("Time zone"),
    }
    return one.name if one.is_attribute else str(words[one.name])


def _choose(found: ListedCustomer) -> str:
    search = storable(request.args.get("search", ""))
    wanted = CustomerFilter(scope=seat().scope, search=search)
    page = customers_page(db.session(), seat().workspace_id, wanted, limit=_OFFERED + 1)
    others = [one for one in page.items if one.row.id != found.row.id] if search else []
    return render_template(
        "console/customers/merge_with.html", row=found.row, search=search, others=others[:_OFFERED]
    )


def _other(customer_id: UUID) -> ListedCustomer | None:
    """Whom the address or the form names as the other; None when nobody yet."""
    try:
        other = UUID(request.values.get("other", ""))
    except ValueError:
        return None
    if other == customer_id:
        abort(422, _("This is one and the same customer."))
    return found_customer(other)


def _chosen() -> dict[str, Side]:
    sides: dict[str, Side] = {"kept": "kept", "other": "other"}
    names = [*FIELDS, *(name for name in request.form if name.startswith("attribute:"))]
    return {name: sides[request.form[name]] for name in names if request.form.get(name) in sides}


def _named(found: ListedCustomer) -> str:
    """What is to be typed so that nobody is erased by a slip."""
    row = found.row
    return row.email or row.external_id or row.name


def _is_same(typed: str, named: str) -> bool:
    return typed.strip() == named or customer_email(typed) == customer_email(named)
