"""What forms about customers suggest, on both databases."""

from unittest.mock import patch

from tests.builders import Workspace, make_workspace
from tests.campaigning import add_customer, add_customers
from widget.extensions import db
from widget.storage import customer_values as module
from widget.storage.customer_values import CustomerValues, customer_values
from widget.storage.time_limits import TookTooLong


def found(acme: Workspace, most: int = 200) -> CustomerValues:
    with acme.world.app.app_context():
        return customer_values(db.session(), acme.id, most)


def known(acme: Workspace) -> None:
    add_customers(acme, 2, client="Zeta", segment="Gold")
    add_customer(acme, "ana@c.example", client="Acme", attributes={"plan": "pro", "size": ""})
    add_customer(acme, "bo@c.example", client="Beta", attributes={"plan": "a", 'o"dd': "b"})
    add_customer(acme, "cy@c.example", attributes={"seats": "2"})


def test_those_of_most_customers_come_first_and_nobody_elses(any_acme: Workspace) -> None:
    known(any_acme)
    other = make_workspace(any_acme.world, "other", "bob@other.example")
    add_customer(
        other, "x@c.example", client="Secret", segment="Secret", attributes={"secret": "1"}
    )
    # An attribute that no rule can name is none to suggest, nor is one that is empty.
    everything = CustomerValues(["Zeta", "Acme", "Beta"], ["Gold"], ["plan", "seats"])
    assert found(any_acme) == everything
    assert found(any_acme, 1) == CustomerValues(["Zeta"], ["Gold"], ["plan"])


def test_where_counting_takes_too_long_the_newest_customers_tell(any_acme: Workspace) -> None:
    known(any_acme)
    with patch.object(module, "within", side_effect=TookTooLong):
        assert found(any_acme) == CustomerValues(
            ["Zeta", "Acme", "Beta"], ["Gold"], ["plan", "seats"]
        )
    add_customers(any_acme, 3, prefix="d", client="New")
    with (
        patch.object(module, "within", side_effect=TookTooLong),
        patch.object(module, "_NEWEST", 3),
    ):
        assert found(any_acme) == CustomerValues(["New"], [], [])
