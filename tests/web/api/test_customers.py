"""`/api/v1/customers`."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import MONDAY, Workspace, add_customer, ask, customer_of, make_workspace
from widget.actions.create_api_key import create_api_key
from widget.extensions import db


class Program:
    """Something that calls the API with a workspace's key."""

    def __init__(self, acme: Workspace, *, is_test: bool = False) -> None:
        self.client = acme.world.client()
        with acme.world.app.app_context():
            key = create_api_key(
                db.session, acme.id, name="CRM", user_id=None, at=MONDAY, is_test=is_test
            )
        self.headers = {"Authorization": f"Bearer {key}"}

    def put(self, *customers: dict[str, Any]) -> TestResponse:
        body = {"customers": list(customers)}
        return self.client.put("/api/v1/customers", json=body, headers=self.headers)

    def get(self, path: str = "") -> TestResponse:
        return self.client.get(f"/api/v1/customers{path}", headers=self.headers)

    def emails(self, query: str = "") -> list[str]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        return [item["email"] for item in answer.get_json()["items"]]


def test_customers_are_made_and_changed_and_each_is_told_what_became_of_it(acme: Workspace) -> None:
    program = Program(acme)
    answer = program.put(
        {"email": "Kim@C.example", "custom_id": "7", "attributes": {"plan": "S"}},
        {"custom_id": "7", "client": "Initech"},
        {"name": "Nobody"},
    )
    assert answer.status_code == 200, answer.text
    items = answer.get_json()["items"]
    assert [item["outcome"] for item in items] == ["new", "changed", "error"]
    assert items[2]["problems"] == {"email": "Write an email address, or an id of your own."}
    kim = program.get(f"/{items[0]['id']}").get_json()
    assert {name: kim[name] for name in ("email", "custom_id", "client", "attributes")} == {
        "email": "kim@c.example",
        "custom_id": "7",
        "client": "Initech",
        "attributes": {"plan": "S"},
    }


def test_what_cannot_be_read_of_one_refuses_no_others(acme: Workspace) -> None:
    program = Program(acme)
    answer = program.put(
        {"email": 5},
        {"email": "kim@c.example", "attributes": None},
        {"email": "kim@c.example", "attributes": {"plan": ["S"]}},
        "kim@c.example",  # type: ignore[arg-type]
        {"email": "lee@c.example"},
    )
    assert answer.status_code == 200, answer.text
    items = answer.get_json()["items"]
    assert [item["outcome"] for item in items] == ["error"] * 4 + ["new"]
    wrong = [list(item["problems"]) for item in items]
    assert wrong == [["email"], ["attributes"], ["attributes"], ["customer"], []]
    assert program.emails() == ["lee@c.example"]


def test_a_thousand_fit_into_one_call_and_no_more(acme: Workspace) -> None:
    program = Program(acme)
    many = [{"email": f"c{number}@c.example"} for number in range(1_000)]
    answer = program.put(*many)
    assert {item["outcome"] for item in answer.get_json()["items"]} == {"new"}
    assert program.put(*many, {"email": "kim@c.example"}).status_code == 422
    assert program.put().status_code == 422


def test_the_list_is_filtered_and_goes_on_where_it_ended(acme: Workspace) -> None:
    for name in ("kim", "lee", "zoe"):
        add_customer(acme, f"{name}@c.example", external_id=f"id-{name}", client="Initech")
    add_customer(acme, "other@c.example")
    program = Program(acme)
    assert program.emails("?email=KIM@c.example") == ["kim@c.example"]
    assert program.emails("?custom_id=id-lee") == ["lee@c.example"]
    assert program.emails("?search=zoe") == ["zoe@c.example"]
    first = program.get("?client=Initech&limit=2").get_json()
    assert [item["email"] for item in first["items"]] == ["zoe@c.example", "lee@c.example"]
    assert program.emails(f"?client=Initech&limit=2&cursor={first['next']}") == ["kim@c.example"]
    assert program.get("?cursor=x").status_code == 400


def test_who_was_asked_says_when(acme: Workspace) -> None:
    kim = customer_of(acme, ask(acme, acme.survey()))
    row = Program(acme).get(f"/{kim}").get_json()
    assert (row["last_asked_at"], row["last_answered_at"], row["no_mail"]) == (None, None, None)


def test_a_customer_is_erased_once(acme: Workspace) -> None:
    kim = add_customer(acme)
    program = Program(acme)
    path = f"/api/v1/customers/{kim}"
    answer = program.client.delete(path, headers=program.headers)
    assert answer.status_code == 200
    assert answer.get_json()["counts"] == {"customers": 1}
    assert program.client.delete(path, headers=program.headers).status_code == 404
    assert program.emails() == []


@pytest.mark.parametrize("path", ["", "/00000000-0000-0000-0000-000000000001"])
def test_a_key_for_tests_knows_no_customers(acme: Workspace, path: str) -> None:
    add_customer(acme)
    program = Program(acme, is_test=True)
    assert program.get(path).status_code == 403
    assert program.put({"email": "kim@c.example"}).status_code == 403


def test_another_workspaces_customers_are_not_there(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = add_customer(rival)
    program = Program(acme)
    assert program.emails() == []
    assert program.get(f"/{theirs}").status_code == 404
    gone = program.client.delete(f"/api/v1/customers/{theirs}", headers=program.headers)
    assert gone.status_code == 404
