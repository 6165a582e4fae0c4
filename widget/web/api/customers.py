"""`/api/v1/customers`: the directory, for the systems that know the customers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import abort as stop
from flask import current_app, request
from flask.views import MethodView
from flask_smorest import abort

from widget.actions.erase_customer import erase_customer
from widget.actions.keep_customers import Kept, keep_customers
from widget.domain.customers import FIELDS, Details
from widget.domain.errors import EraseLater
from widget.domain.roles import EVERYTHING
from widget.domain.search_words import SEARCH_LIMIT
from widget.extensions import db
from widget.storage.customer_list import (
    CustomerFilter,
    ListedCustomer,
    customers_page,
    listed_customer,
)
from widget.storage.customer_traces import merged_into
from widget.storage.responses import Place
from widget.web.api.cursors import cursor_of, place_in
from widget.web.api.customer_schemas import (
    MOST_BYTES,
    CustomerPageSchema,
    CustomerQuery,
    CustomersToPut,
    ErasedSchema,
    KnownCustomerSchema,
    PutCustomersSchema,
)
from widget.web.api.keys import api_workspace, needs, refuse_tests
from widget.web.api.responses import blueprint
from widget.web.clock import now

# The directory is in the order of ids, so a place's moment says nothing.
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
# What the API calls a field otherwise than the directory does.
_PUBLIC: dict[str, str] = {"external_id": "custom_id"}


@blueprint.before_request
def _let_many_in() -> None:
    # Before anything reads the body. A thousand customers with all their attributes.
    if request.endpoint == "api.Customers":
        request.max_content_length = MOST_BYTES


@blueprint.route("/customers")
class Customers(MethodView):
    @needs("write")
    @blueprint.arguments(CustomersToPut, location="json")
    @blueprint.response(200, PutCustomersSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make customers, or change those who are known by address or id.

        At most 1,000 at a time. What cannot be kept of one is said at its place, and the others are
        kept all the same.
        """
        refuse_tests("customers")
        readable = [one for one in body["customers"] if "wrong" not in one]
        said = [_details(one) for one in readable]
        kept = iter(keep_customers(db.session(), api_workspace(), said, now()))
        return {
            "items": [
                _outcome(Kept("error", None, one["wrong"]) if "wrong" in one else next(kept))
                for one in body["customers"]
            ]
        }

    @needs("read")
    @blueprint.arguments(CustomerQuery, location="query")
    @blueprint.response(200, CustomerPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List customers, newest first."""
        refuse_tests("customers")
        after = place_in(query)
        same = ("email", "client", "segment", "language", "asked", "answered", "unsubscribed")
        page = customers_page(
            db.session(),
            api_workspace(),
            CustomerFilter(
                search=query.get("search", "")[:SEARCH_LIMIT],
                external_id=query.get("custom_id"),
                **{name: query[name] for name in same if name in query},
            ),
            limit=query["limit"],
            older_than=after.id if after else None,
        )
        return {
            "items": [_as_json(one) for one in page.items],
            "next": cursor_of(Place(_ANY_MOMENT, page.older)) if page.older else None,
        }


@blueprint.route("/customers/<uuid:customer_id>")
class OneCustomer(MethodView):
    @needs("read")
    @blueprint.response(200, KnownCustomerSchema)
    def get(self, customer_id: UUID) -> dict[str, Any]:
        """One customer. The id of one who was merged into another gives the other."""
        refuse_tests("customers")
        id = merged_into(db.session(), api_workspace(), customer_id) or customer_id
        found = listed_customer(db.session(), api_workspace(), id, EVERYTHING)
        if found is None:
            stop(404, "There is no such customer in this workspace.")
        return _as_json(found)

    @needs("write")
    @blueprint.response(200, ErasedSchema)
    @blueprint.alt_response(409, description="A mail to them is being sent; try again.")
    def delete(self, customer_id: UUID) -> dict[str, Any]:
        """Erase a customer, for good: who they are and what they wrote.

        Their scores stay, with nobody to them.
        """
        refuse_tests("customers")
        try:
            erased = erase_customer(
                db.session(),
                api_workspace(),
                customer_id,
                data=current_app.config["SAYSO_DATA"],
                asked_by="api",
                user_id=None,
                at=now(),
            )
        except EraseLater as error:
            abort(409, message=str(error))
        return {"id": erased.id, "counts": erased.counts}


def _details(said: dict[str, Any]) -> Details:
    return Details(
        {
            name: said[_PUBLIC.get(name, name)]
            for name in FIELDS
            if said.get(_PUBLIC.get(name, name)) is not None
        },
        said["attributes"],
    )


def _outcome(kept: Kept) -> dict[str, Any]:
    return {
        "outcome": kept.outcome,
        "id": kept.id,
        "problems": {_PUBLIC.get(name, name): text for name, text in kept.problems.items()},
    }


def _as_json(found: ListedCustomer) -> dict[str, Any]:
    row = found.row
    return {
        "id": row.id,
        **{_PUBLIC.get(name, name): getattr(row, name) or "" for name in FIELDS},
        "attributes": row.attributes or {},
        "no_mail": found.refusal,
        "last_asked_at": found.asked_at,
        "last_answered_at": found.answered_at,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
