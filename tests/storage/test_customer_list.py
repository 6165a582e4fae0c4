"""The directory on each database: filters, search, pages, and whose customers somebody sees."""

from typing import Any

import pytest
from sqlalchemy import update

from tests.builders import Workspace, add_customer, add_request, ask
from widget.domain.mail_addresses import address_digest
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage import customer_list
from widget.storage.customer_list import CustomerFilter, customer_count, customers_page
from widget.storage.engine import writing
from widget.storage.models import Request
from widget.storage.suppressions import suppress


def found(acme: Workspace, scope: Scope = EVERYTHING, **wanted: Any) -> list[str]:
    with acme.world.app.app_context():
        page = customers_page(db.session(), acme.id, CustomerFilter(scope, **wanted), limit=50)
        return [one.row.email or one.row.external_id for one in page.items]


def unsubscribe(acme: Workspace, email: str) -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        digest = address_digest(acme.world.settings.address_key, email)
        suppress(session, acme.id, digest, "unsubscribed", acme.world.clock())


@pytest.fixture
def three(any_acme: Workspace) -> Workspace:
    """Kim, Lee and Zoë, made in this order."""
    add_customer(any_acme, "kim@c.example", name="Kim Larsen", client="Initech", language="da")
    add_customer(any_acme, "lee@c.example", name="Lee", segment="Trial", external_id="crm-77")
    add_customer(any_acme, "zoe@other.example", name="Zoë Ü", client="Initech", segment="Paid")
    return any_acme


def test_the_newest_come_first_and_filters_narrow(three: Workspace) -> None:
    assert found(three) == ["zoe@other.example", "lee@c.example", "kim@c.example"]
    assert found(three, client="Initech") == ["zoe@other.example", "kim@c.example"]
    assert found(three, client="Initech", segment="Paid") == ["zoe@other.example"]
    assert found(three, language="da") == ["kim@c.example"]
    assert found(three, client="initech") == []
    assert found(three, email="LEE@c.example") == ["lee@c.example"]
    assert found(three, external_id="crm-77") == ["lee@c.example"]


def test_attributes_and_counts_narrow_as_the_list_does(three: Workspace) -> None:
    add_customer(three, "kim@c.example", attributes={"Plan B": "Gold"})
    add_customer(three, "lee@c.example", attributes={"Plan B": "Free"})
    assert found(three, attribute=("Plan B", "GOLD")) == ["kim@c.example"]
    assert found(three, attribute=("Plan B", "")) == ["lee@c.example", "kim@c.example"]
    assert found(three, attribute=("Plan", "")) == []
    nobody = Scope(everything=False)
    with three.world.app.app_context():
        for wanted, number in (
            (CustomerFilter(), 3),
            (CustomerFilter(search="c.example"), 2),
            (CustomerFilter(attribute=("Plan B", "gold")), 1),
            (CustomerFilter(nobody), 0),
            (CustomerFilter(unsubscribed=False), None),
        ):
            assert customer_count(db.session(), three.id, wanted) == number


@pytest.mark.parametrize(
    ("search", "who"),
    [
        ("larsen", ["kim@c.example"]),
        ("lar", ["kim@c.example"]),
        ("zoe", ["zoe@other.example"]),
        ("kim@c.example", ["kim@c.example"]),
        ("c.example", ["lee@c.example", "kim@c.example"]),
        ("crm-77", ["lee@c.example"]),
        ("initech zoe", ["zoe@other.example"]),
        ("larsen zoe", []),
        ("!!!", ["zoe@other.example", "lee@c.example", "kim@c.example"]),
    ],
)
def test_a_search_finds_every_word_anywhere(three: Workspace, search: str, who: list[str]) -> None:
    assert found(three, search=search) == who


def test_who_has_another_name_is_found_by_it_and_not_by_the_old_one(three: Workspace) -> None:
    add_customer(three, "kim@c.example", name="Kim Olsen")
    assert found(three, search="olsen") == ["kim@c.example"]
    assert found(three, search="larsen") == []


def test_who_was_asked_and_who_answered_tests_apart(three: Workspace) -> None:
    survey = three.survey()
    add_request(three, survey, email="sent@c.example", status="sent")
    add_request(three, survey, email="test@c.example", status="sent", is_test=True)
    answered, _mail = add_request(three, survey, email="answered@c.example", status="sent")
    with three.world.app.app_context(), writing(db.session) as session:
        at = three.world.clock()
        session.execute(update(Request).where(Request.id == answered).values(answered_at=at))
    assert set(found(three, asked=True)) == {"sent@c.example", "answered@c.example"}
    assert found(three, answered=True) == ["answered@c.example"]
    assert "test@c.example" in found(three, asked=False)
    assert "sent@c.example" in found(three, answered=False)


def test_who_has_unsubscribed_is_found_by_digest(three: Workspace) -> None:
    unsubscribe(three, "lee@c.example")
    assert found(three, unsubscribed=True) == ["lee@c.example"]
    assert found(three, unsubscribed=False) == ["zoe@other.example", "kim@c.example"]


def test_pages_go_back_and_forth(three: Workspace) -> None:
    with three.world.app.app_context():
        session, everybody = db.session(), CustomerFilter()
        first = customers_page(session, three.id, everybody, limit=2)
        assert [one.row.name for one in first.items] == ["Zoë Ü", "Lee"]
        assert first.newer is None
        second = customers_page(session, three.id, everybody, limit=2, older_than=first.older)
        assert [one.row.name for one in second.items] == ["Kim Larsen"]
        assert second.older is None
        back = customers_page(session, three.id, everybody, limit=2, newer_than=second.newer)
        assert [one.row.name for one in back.items] == ["Zoë Ü", "Lee"]
        assert back.newer is None
        searched = CustomerFilter(search="example")
        first = customers_page(session, three.id, searched, limit=2)
        second = customers_page(session, three.id, searched, limit=2, older_than=first.older)
        assert [one.row.name for one in second.items] == ["Kim Larsen"]


def test_a_page_says_where_to_look_further_when_it_has_looked_at_many(
    three: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_list, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(customer_list, "_LOOKED_AT_ONCE", 1)
    unsubscribe(three, "kim@c.example")
    wanted = CustomerFilter(unsubscribed=True)
    with three.world.app.app_context():
        page = customers_page(db.session(), three.id, wanted, limit=50)
        assert (page.items, page.is_unfinished) == ([], True)
        page = customers_page(db.session(), three.id, wanted, limit=50, older_than=page.older)
        assert [one.row.name for one in page.items] == ["Kim Larsen"]


def test_a_manager_sees_who_was_asked_about_their_members(any_acme: Workspace) -> None:
    acme = any_acme
    survey, team = acme.survey(), acme.team("Support")
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    acme.put_in(team, ana)
    ask(acme, survey, "kim@c.example", member_email="ana@a.example")
    ask(acme, survey, "lee@c.example", member_email="bo@a.example")
    ask(acme, survey, "zoe@c.example")
    add_customer(acme, "nobody@c.example")
    assert found(acme, Scope(teams=frozenset({team}))) == ["kim@c.example"]
    assert found(acme, Scope(member_id=bo)) == ["lee@c.example"]
    assert found(acme, Scope()) == []


def test_another_workspace_sees_nobody(three: Workspace) -> None:
    with three.world.app.app_context():
        assert customers_page(db.session(), three.id + 1, CustomerFilter(), limit=9).items == []
        wanted = CustomerFilter(search="kim")
        assert customers_page(db.session(), three.id + 1, wanted, limit=9).items == []
