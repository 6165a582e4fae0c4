"""Audiences in the console: rules with and without htmx, lists, and what is refused."""

import re
from dataclasses import replace
from html import unescape

from flask.testing import FlaskClient

from tests.builders import Workspace, csrf_token, make_workspace, post
from tests.campaigning import add_customer, audience, campaign
from widget.domain.audiences import Rule
from widget.domain.condition_groups import MOST_DEPTH, MOST_ITEMS, Group
from widget.extensions import db
from widget.storage.audiences import StoredAudience, audiences_of

NEW = "/console/audiences/new"
RULE = {"match.": "all", "field.0": "client", "operator.0": "is", "value.0": "Acme"}


def stored(acme: Workspace) -> list[StoredAudience]:
    with acme.world.app.app_context():
        db.session.rollback()
        return audiences_of(db.session(), acme.id)


def swap(client: FlaskClient, path: str, **fields: str) -> str:
    """What htmx is answered."""
    token = csrf_token(client.get(NEW).text)
    answer = client.post(path, data={"csrf_token": token, **fields}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    return answer.text


def people(acme: Workspace) -> None:
    add_customer(acme, "ana@c.example", name="Ana", client="Acme", segment="Gold")
    add_customer(acme, "bo@c.example", client="Other")


def test_rules_are_typed_and_kept(acme: Workspace) -> None:
    client = acme.signed_in()
    fields = {
        **RULE,
        "match.1": "none",
        "field.1.0": "asked",
        "operator.1.0": "within",
        "value.1.0": "30",
    }
    answer = post(client, NEW, name="Acme, not lately", **fields)
    assert answer.status_code == 303
    [found] = stored(acme)
    assert found.name == "Acme, not lately"
    assert found.rules == Group(
        "all", (Rule("client", "is", "Acme"), Group("none", (Rule("asked", "within", "30"),)))
    )
    assert "Client is Acme and (not Last asked within 30 days)" in client.get(answer.location).text
    page = client.get(f"/console/audiences/{found.id}").text
    assert 'name="value.1.0"' in page
    assert 'value="30"' in page


def test_what_is_wrong_stands_beside_its_rule_and_nothing_typed_is_lost(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = post(client, NEW, name="", **{**RULE, "field.1": "asked", "operator.1": "within"})
    assert answer.status_code == 422
    assert "An audience needs a name." in answer.text
    assert "Give a number of days" in answer.text
    assert 'value="Acme"' in answer.text
    assert stored(acme) == []


def test_a_second_audience_of_a_name_is_refused(acme: Workspace) -> None:
    audience(acme, name="Some")
    answer = post(acme.signed_in(), NEW, name="Some", **RULE)
    assert answer.status_code == 422
    assert "Another audience has this name." in answer.text


def test_rules_are_added_grouped_and_removed_without_javascript(acme: Workspace) -> None:
    client = acme.signed_in()
    page = post(client, NEW, name="Kept", change="rule:", **RULE).text
    assert "<html" in page
    assert 'value="Kept"' in page
    assert re.findall(r'name="field\.(\d)"', page) == ["0", "1"]
    page = post(client, NEW, change="group:", **RULE).text
    assert 'name="field.1.0"' in page
    page = post(client, NEW, change="remove:0", **RULE).text
    assert 'name="field.0"' not in page
    assert "Without a rule this fits every customer." in page
    assert stored(acme) == []


def test_htmx_is_answered_with_the_rules_alone(acme: Workspace) -> None:
    people(acme)
    client = acme.signed_in()
    text = swap(client, NEW, change="rule:", **RULE)
    assert text.lstrip().startswith('<div id="rules"')
    assert "Fill in every rule" in text


def test_another_field_offers_what_can_be_said_of_it(acme: Workspace) -> None:
    fields = {**RULE, "field.0": "answered", "change": "look:"}
    text = swap(acme.signed_in(), NEW, **fields)
    assert "not within the last so many days" in text
    assert 'type="number"' in text
    text = swap(acme.signed_in(), NEW, **{**RULE, "field.0": "last_score", "change": "look:"})
    assert "bad (detractors, for NPS)" in text


def test_how_many_match_is_told_while_somebody_types(acme: Workspace) -> None:
    people(acme)
    text = swap(acme.signed_in(), "/console/audiences/matches", **RULE)
    assert "1 customer</strong>" in text
    assert "Ana" in text
    assert "Gold" in text
    assert "bo@c.example" not in text


def test_groups_go_only_so_deep_and_so_wide(acme: Workspace) -> None:
    client = acme.signed_in()
    deep = {"match.": "all", "match.0": "any", "match.0.0": "any", "field.0.0.0": "client"}
    page = client.get(NEW).text
    assert page.count('value="group:') == 1
    answer = post(client, NEW, change="group:0.0", **deep)
    assert answer.status_code == 422
    assert f"{MOST_DEPTH} deep" in answer.text
    wide = {f"field.{place}": "client" for place in range(MOST_ITEMS)}
    answer = post(client, NEW, change="rule:", **wide)
    assert answer.status_code == 422
    assert f"at most {MOST_ITEMS} rules" in answer.text


def test_what_no_form_of_ours_sends_is_refused_plainly(acme: Workspace) -> None:
    client = acme.signed_in()
    for fields in (
        {"match.": "most"},
        {"field.0": "password"},
        {f"field.{place}": "client" for place in range(MOST_ITEMS + 5)},
    ):
        assert post(client, NEW, name="x", **fields).status_code == 422
    assert post(client, NEW, change="remove:7", **RULE).status_code == 422
    assert post(client, NEW, change="rule:0", **RULE).status_code == 422


def test_a_list_takes_customers_who_are_known_and_names_those_who_are_not(
    acme: Workspace,
) -> None:
    people(acme)
    client = acme.signed_in()
    new = "/console/audiences/lists/new"
    answer = post(client, new, name="VIPs", names="ANA@c.example\n; nobody@c.example, ")
    page = client.get(answer.location).text
    assert "1 customer was named" in page
    assert "1 is none of your customers: nobody@c.example" in page
    assert "1 customer</strong>" in page
    post(client, answer.location, name="VIPs", names="bo@c.example")
    assert "2 customers</strong>" in client.get(answer.location).text
    post(client, answer.location, name="VIPs", names="bo@c.example", replaces="1")
    assert "1 customer</strong>" in client.get(answer.location).text


def test_a_list_of_many_long_names_comes_in(acme: Workspace) -> None:
    client = acme.signed_in()
    names = "\n".join(f"customer.number{n}@a-long.company.example" for n in range(60_000))
    assert len(names) > 2 * 1024 * 1024
    answer = post(client, "/console/audiences/lists/new", name="Many", names=names)
    assert answer.status_code == 303, answer.status_code
    assert "60000 are none of your customers" in client.get(answer.location).text


def test_a_list_of_nobody_is_refused(acme: Workspace) -> None:
    answer = post(acme.signed_in(), "/console/audiences/lists/new", name="VIPs", names=" ,\n")
    assert answer.status_code == 422
    assert "Name at least one customer." in answer.text


def test_an_audience_that_a_campaign_asks_stays(acme: Workspace) -> None:
    used, unused = audience(acme, name="Used"), audience(acme, name="Unused")
    campaign(acme, acme.survey("nps"), audience=used)
    client = acme.signed_in()
    for id in (unused, used):
        post(client, f"/console/audiences/{id}/remove", "/console/audiences")
    assert "it has to stay" in client.get("/console/audiences").text
    assert [one.name for one in stored(acme)] == ["Used"]


def test_nobody_opens_another_workspaces_audience(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "o@o.example")
    id = audience(other, Rule("client", "is", "secret"))
    client = acme.signed_in()
    assert client.get(f"/console/audiences/{id}").status_code == 404
    post(client, f"/console/audiences/{id}/remove", "/console/audiences")
    assert len(stored(other)) == 1


def test_a_rule_about_a_number_is_typed_and_said_in_words(acme: Workspace) -> None:
    client = acme.signed_in()
    rule = {
        "match.": "all",
        "field.0": "attribute",
        "key.0": "seats",
        "operator.0": "at_least",
        "value.0": "many",
    }
    path = "/console/audiences/new"
    refused = post(client, path, name="Large", **rule)
    assert refused.status_code == 422
    assert "Give a number such as 1200 or -3.5." in refused.text
    assert 'value="many"' in refused.text
    post(client, path, name="Large", **{**rule, "value.0": "50"})
    assert "seats is at least 50" in client.get("/console/audiences").text


def suggested(page: str, name: str) -> list[str]:
    """What the one list of this name in a page suggests."""
    [found] = re.findall(rf'<datalist id="known-{name}">(.*?)</datalist>', page)
    return [unescape(text) for text in re.findall(r'value="([^"]*)"', found)]


def test_rules_suggest_what_customers_have_each_list_once_for_all_rows(acme: Workspace) -> None:
    people(acme)
    add_customer(acme, "cy@c.example", client="Other", attributes={"plan": "pro", "size": ""})
    rows = [Rule("client", "is"), Rule("client", "contains"), Rule("segment", "is")]
    rows += [Rule("attribute", "is", "", "plan"), Rule("country", "is"), Rule("asked", "within")]
    id = audience(acme, *[replace(row, value=row.value or "7") for row in rows])
    client = acme.signed_in()
    page = client.get(f"/console/audiences/{id}").text
    assert suggested(page, "client") == ["Other", "Acme"]
    assert suggested(page, "segment") == ["Gold"]
    assert suggested(page, "attribute") == ["plan"]
    lists = dict(re.findall(r'<input id="((?:value|key)-\d)"[^>]*? list="([^"]+)"', page))
    assert lists == {
        **dict.fromkeys(("value-0", "value-1"), "known-client"),
        "value-2": "known-segment",
        "key-3": "known-attribute",
    }
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_htmx_draws_the_rules_alone_and_without_script_the_suggestions_come_again(
    acme: Workspace,
) -> None:
    people(acme)
    part = swap(acme.signed_in(), NEW, **RULE, change="rule:")
    assert 'list="known-client"' in part
    assert "<datalist" not in part
    page = post(acme.signed_in(), NEW, **RULE, change="rule:").text
    assert suggested(page, "client") == ["Acme", "Other"]
