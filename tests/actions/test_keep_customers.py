"""Putting customers into the directory, on each database: who is meant, and what is new."""

import pytest
from sqlalchemy import select

from tests.builders import Workspace, add_customer, answer_survey, ask
from widget.actions.keep_customers import Kept, change_customer, keep_customers, look_at
from widget.domain.customers import Details
from widget.domain.errors import CustomerRefused, UnknownCustomer
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Customer
from widget.storage.suppressions import suppress, suppression_of


def keep(acme: Workspace, *said: dict[str, str]) -> list[Kept]:
    with acme.world.app.app_context():
        details = [Details(fields) for fields in said]
        return keep_customers(db.session, acme.id, details, acme.world.clock())


def known(acme: Workspace) -> list[tuple[str | None, str, str]]:
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Customer).order_by(Customer.email, Customer.external_id))
        return [(row.email, row.external_id, row.name) for row in rows]


def test_who_is_known_by_address_or_id_is_changed_and_others_are_made(any_acme: Workspace) -> None:
    ask(any_acme, any_acme.survey(), "kim@c.example", name="Kim")
    kept = keep(
        any_acme,
        {"email": "KIM@c.example", "external_id": "7"},
        {"email": "lee@c.example", "name": "Lee"},
        {"external_id": "7", "name": "Kim Larsen"},
        {"external_id": "7", "name": "Kim Larsen"},
    )
    assert [one.outcome for one in kept] == ["changed", "new", "changed", "same"]
    assert kept[0].id == kept[2].id == kept[3].id
    assert known(any_acme) == [("kim@c.example", "7", "Kim Larsen"), ("lee@c.example", "", "Lee")]


def test_the_teams_own_id_tells_who_has_another_address_now(any_acme: Workspace) -> None:
    add_customer(any_acme, "kim@old.example", external_id="7")
    keep(any_acme, {"email": "kim@new.example", "external_id": "7"})
    assert known(any_acme) == [("kim@new.example", "7", "")]


@pytest.mark.parametrize("how", ["by hand", "by id"])
def test_a_wish_for_no_mail_goes_to_the_new_address(any_acme: Workspace, how: str) -> None:
    acme, at = any_acme, any_acme.world.clock()
    kim = add_customer(acme, "kim@old.example", external_id="7")
    key = acme.world.settings.address_key
    with acme.world.app.app_context(), writing(db.session) as session:
        suppress(session, acme.id, address_digest(key, "kim@old.example"), "unsubscribed", at)
    if how == "by hand":
        with acme.world.app.app_context():
            change_customer(db.session, acme.id, kim, Details({"email": "kim@new.example"}), at)
    else:
        keep(acme, {"email": "kim@new.example", "external_id": "7"})
    with acme.world.app.app_context():
        digest = address_digest(key, "kim@new.example")
        assert suppression_of(db.session(), acme.id, digest) is not None


def test_responses_name_their_customer_by_the_new_address(any_acme: Workspace) -> None:
    acme = any_acme
    add_customer(acme, "kim@old.example", external_id="7")
    answer_survey(acme, acme.survey(), 5, customer_email="Kim@Old.example", customer_id="")
    keep(acme, {"email": "kim@new.example", "external_id": "7"})
    assert [row.customer_email for row in acme.responses()] == ["kim@new.example"]


def test_an_address_and_an_id_of_two_customers_change_neither(any_acme: Workspace) -> None:
    add_customer(any_acme, "kim@c.example")
    add_customer(any_acme, "lee@c.example", external_id="7")
    [kept] = keep(any_acme, {"email": "kim@c.example", "external_id": "7", "name": "X"})
    assert (kept.outcome, list(kept.problems)) == ("error", ["external_id"])
    assert known(any_acme) == [("kim@c.example", "", ""), ("lee@c.example", "7", "")]


def test_what_is_not_said_stays_and_an_empty_text_takes_away(any_acme: Workspace) -> None:
    add_customer(
        any_acme, client="Initech", segment="Trial", attributes={"plan": "S", "seats": "3"}
    )
    add_customer(any_acme, segment="", attributes={"plan": ""})
    with any_acme.world.app.app_context():
        [kim] = db.session.scalars(select(Customer))
        assert (kim.client, kim.segment, kim.attributes) == ("Initech", "", {"seats": "3"})


def test_no_customer_gets_more_attributes_than_may_be(any_acme: Workspace) -> None:
    acme = any_acme
    some = {f"a{number}": "x" for number in range(30)}
    others = {f"b{number}": "x" for number in range(30)}
    kim = add_customer(acme, attributes=some)
    fits = {**others, **dict.fromkeys(list(some)[:10], "")}
    with acme.world.app.app_context():
        at = acme.world.clock()
        said = [Details({"email": "kim@c.example"}, others)]
        [kept] = keep_customers(db.session, acme.id, said, at)
        assert list(kept.problems) == ["attributes"]
        with pytest.raises(CustomerRefused, match="at most 50"):
            change_customer(db.session, acme.id, kim, said[0], at)
        change_customer(db.session, acme.id, kim, Details(said[0].fields, fits), at)
        assert len(db.session.scalars(select(Customer.attributes)).one()) == 50


def test_looking_changes_nothing(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        said = [Details({"email": "kim@c.example"}), Details({"email": "kim@c.example"})]
        seen = look_at(db.session(), any_acme.id, said, any_acme.world.clock())
        assert [one.outcome for one in seen] == ["new", "same"]
    assert known(any_acme) == []


def test_another_workspaces_customers_are_nobody_here(acme: Workspace) -> None:
    kim = add_customer(acme, "kim@c.example", name="Kim")
    details, at = Details({"email": "kim@c.example"}), acme.world.clock()
    with acme.world.app.app_context(), pytest.raises(UnknownCustomer):
        change_customer(db.session, acme.id + 1, kim, details, at)


def test_one_customer_may_get_another_address_but_nobody_elses(any_acme: Workspace) -> None:
    kim = add_customer(any_acme, "kim@c.example")
    add_customer(any_acme, "lee@c.example")
    at = any_acme.world.clock()
    with any_acme.world.app.app_context():
        change_customer(db.session, any_acme.id, kim, Details({"email": "kim@new.example"}), at)
        with pytest.raises(CustomerRefused, match="two different customers"):
            change_customer(db.session, any_acme.id, kim, Details({"email": "lee@c.example"}), at)
    assert [email for email, *_rest in known(any_acme)] == ["kim@new.example", "lee@c.example"]
