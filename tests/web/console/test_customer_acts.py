"""Erasing, merging, and giving customers their data, as owners do it in the console."""

import json

from sqlalchemy import select

from tests.actions.test_import_customers import upload, work
from tests.builders import Workspace, add_customer, ask, csrf_token, customer_of, post
from tests.campaigning import customer_list, launched
from tests.traces import NEEDLES, leave_traces, needles_in
from widget.actions.keep_customers import change_customer
from widget.domain.customers import Details
from widget.extensions import db
from widget.storage.models import Customer, Event


def test_nobody_is_erased_until_their_address_is_typed(acme: Workspace) -> None:
    kim = add_customer(acme, "kim@c.example", name="Kim")
    client = acme.signed_in()
    path = f"/console/customers/{kim}/erase"
    assert post(client, path, confirm="yes").status_code == 422
    assert client.get(f"/console/customers/{kim}").status_code == 200
    assert post(client, path, confirm=" KIM@c.example ").status_code == 303
    assert client.get(f"/console/customers/{kim}").status_code == 404
    assert "kim@c.example" not in client.get("/console/customers").text


def test_the_page_says_what_goes_and_what_stays(acme: Workspace) -> None:
    request = ask(acme, acme.survey())
    kim = customer_of(acme, request)
    text = acme.signed_in().get(f"/console/customers/{kim}/erase").text
    assert "What 1 request says of them" in text
    assert "Whatever they wrote in 0 responses" in text


def test_a_customers_data_has_everything_of_every_table(acme: Workspace) -> None:
    traced = leave_traces(acme)
    path = f"/console/customers/{traced.customer}"
    client = acme.signed_in()
    assert client.get(f"{path}/data").status_code == 405
    answer = post(client, f"{path}/data", page=path)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert set(needles_in(answer.text)) == set(NEEDLES)
    data = json.loads(answer.text)
    assert data["customer"]["email"] == "quillon.zephyrine@trace.example"
    assert [one["why"] for one in data["not_written_to"]] == ["unsubscribed"]
    assert data["messages_about_them"][0]["content"]["link"]
    assert data["in_audit"][0]["texts"] == ["quillon.zephyrine@trace.example"]
    assert {one["file"] for one in data["in_files"]} == {"list.csv"}
    assert len(data["requests"]) == 3
    assert len(data["responses"]) == 2
    assert any(request["mails"] for request in data["requests"])
    assert any(request["answers_set_aside"] for request in data["requests"])
    [answered, on_page] = sorted(data["responses"], key=lambda one: one["score"], reverse=True)
    assert len(answered["changes"]) == 2
    assert answered["shared_pages"]
    assert on_page["follow_ups"][0]["thread"]
    assert "T-9" not in answer.text
    with acme.world.app.app_context():
        event = db.session.scalars(select(Event).where(Event.name == "customer.exported")).one()
        assert event.data["customer"] == str(traced.customer)


def test_two_entries_are_compared_and_merged_and_the_old_address_leads_on(acme: Workspace) -> None:
    kim = add_customer(acme, "kim@c.example", name="Kim", segment="Paid")
    old = add_customer(acme, "kim@old.example", name="Kim Larsen", client="Initech")
    client = acme.signed_in()
    path = f"/console/customers/{kim}/merge"
    assert str(old) in client.get(f"{path}?search=old.example").text
    page = client.get(f"{path}?other={old}").text
    assert "Kim Larsen" in page
    assert "Segment" in page
    fields = {"other": str(old), "name": "other", "email": "kept"}
    assert post(client, path, page=f"{path}?other={old}", **fields).status_code == 303
    answer = client.get(f"/console/customers/{old}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/console/customers/{kim}")
    with acme.world.app.app_context():
        row = db.session.scalars(select(Customer)).one()
        assert (row.name, row.client, row.segment) == ("Kim Larsen", "Initech", "Paid")


def test_nobody_is_merged_with_themselves(acme: Workspace) -> None:
    kim = add_customer(acme)
    client = acme.signed_in()
    assert client.get(f"/console/customers/{kim}/merge?other={kim}").status_code == 422


def test_a_second_press_finds_done_what_the_first_has_done(acme: Workspace) -> None:
    kim, old = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    client = acme.signed_in()
    merging, erasing = f"/console/customers/{kim}/merge", f"/console/customers/{kim}/erase"
    token = csrf_token(client.get(f"{merging}?other={old}").text)
    for _press in range(2):
        answer = client.post(merging, data={"csrf_token": token, "other": str(old)})
        assert (answer.status_code, answer.location) == (303, f"/console/customers/{kim}")
    page = client.get(erasing).text
    proof = page.split('name="proof" value="')[1].split('"')[0]
    sent = {"csrf_token": token, "confirm": "kim@c.example", "proof": proof}
    for _press in range(2):
        answer = client.post(erasing, data=sent)
        assert (answer.status_code, answer.location) == (303, "/console/customers")
    assert client.post(erasing, data=sent | {"proof": ""}).status_code == 404
    assert client.post(erasing.replace(str(kim), str(old)), data=sent).status_code == 404


def test_a_merged_entry_leads_only_those_on_who_may_see_the_other(acme: Workspace) -> None:
    team = acme.team("Support")
    kim, old = add_customer(acme, "kim@c.example"), add_customer(acme, "kim@old.example")
    path = f"/console/customers/{kim}/merge"
    post(acme.signed_in(), path, page=f"{path}?other={old}", other=str(old))
    leader = acme.person("lead@acme.example", "manager", leads=(team,))
    assert leader.get(f"/console/customers/{old}").status_code == 404


def test_data_says_lists_campaigns_files_and_former_addresses_in_words(acme: Workspace) -> None:
    kim = add_customer(acme, "kim@old.example", segment="Paid")
    customer_list(acme, ["kim@old.example"], name="VIPs")
    launched(acme, acme.survey("nps"), name="Autumn", traits=("segment",))
    upload(acme, "email,name\nkim@old.example,Kim\nlee@c.example,Lee\n", "crm.csv")
    work(acme)
    with acme.world.app.app_context():
        details = Details({"email": "kim@new.example"})
        change_customer(db.session, acme.id, kim, details, acme.world.clock())
    path = f"/console/customers/{kim}"
    data = json.loads(post(acme.signed_in(), f"{path}/data", page=path).text)
    assert data["known_before_as"] == ["kim@old.example"]
    assert data["on_lists"] == ["VIPs"]
    [asked] = data["requests"]
    assert (asked["campaign"], asked["stratum"]) == ("Autumn", ["Paid"])
    says = {"email": "kim@old.example", "name": "Kim"}
    assert data["in_files"] == [{"file": "crm.csv", "row": 2, "says": says}]
    assert "Lee" not in json.dumps(data)
