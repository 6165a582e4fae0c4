"""Ticking responses and changing them, and choosing what the list shows, in the console."""

from datetime import timedelta

import pytest

from tests.builders import MONDAY, Workspace, answer_survey, csrf_token, post
from tests.web.console.test_responses import listed
from widget.domain.bulk_changes import AT_ONCE

CHANGE = "/console/responses/change"


@pytest.fixture
def three(acme: Workspace) -> list[str]:
    """Three responses of one survey, by chat, mail and chat."""
    survey = acme.survey()
    return [
        answer_survey(
            acme, survey, 5, ref=f"T-{n}", channel=channel, at=MONDAY + timedelta(hours=n)
        )
        for n, channel in enumerate(("chat", "mail", "chat"))
    ]


def test_what_is_ticked_gets_a_tag_and_the_page_says_how_many(
    acme: Workspace, three: list[str]
) -> None:
    client = acme.signed_in()
    fields = {"act": "tag", "tag": " #Late  Shop", "response": three[:2]}
    answer = post(client, f"{CHANGE}?channel=chat&channel=mail", "/console/responses", **fields)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/console/responses?channel=chat&channel=mail"
    assert "2 responses were changed." in client.get("/console/responses").text
    page = client.get("/console/responses?tag=Late+shop").text
    assert listed(page) == ["1", "0"]
    assert '<option value="late shop" selected>' in page
    post(client, CHANGE, "/console/responses", act="untag", tag="late shop", response=three)
    told = client.get("/console/responses").text
    assert "2 responses were changed." in told
    assert "1 stays as it was." in told
    assert listed(client.get("/console/responses?tag=late+shop").text) == []


def test_all_that_fit_are_changed_after_a_question(acme: Workspace, three: list[str]) -> None:
    client = acme.signed_in()
    address = f"{CHANGE}?channel=chat"
    fields = {"act": "hide", "reason": "Spam", "all": "1"}
    question = post(client, address, "/console/responses", **fields)
    assert question.status_code == 200
    assert "2 responses fit the filter." in question.text
    assert listed(client.get("/console/responses").text) == ["2", "1", "0"]
    token = csrf_token(question.text)
    answer = client.post(address, data={"csrf_token": token, "number": "2", **fields})
    assert answer.status_code == 303
    assert listed(client.get("/console/responses").text) == ["1"]
    assert listed(client.get("/console/responses?hidden=1").text) == ["2", "1", "0"]


def test_what_came_after_the_question_is_not_meant(acme: Workspace, three: list[str]) -> None:
    client = acme.signed_in()
    late = MONDAY + timedelta(hours=9)
    answer_survey(acme, acme.survey(), 1, ref="T-9", channel="chat", at=late)
    fields = {"act": "hide", "reason": "Spam", "all": "1", "number": "2"}
    post(client, f"{CHANGE}?channel=chat", "/console/responses", **fields)
    assert listed(client.get("/console/responses").text) == ["9", "1"]


def test_a_damaged_filter_changes_nothing(acme: Workspace, three: list[str]) -> None:
    client = acme.signed_in()
    fields = {"act": "hide", "reason": "Spam", "all": "1", "number": "3"}
    post(client, f"{CHANGE}?from=yesterday", "/console/responses", **fields)
    page = client.get("/console/responses").text
    assert "Write the day like 2026-11-23." in page
    assert listed(page) == ["2", "1", "0"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"act": "tag", "tag": "x"}, "Tick the responses that are meant first."),
        ({"act": "tag", "tag": "x", "response": "nonsense"}, "Tick the responses"),
        ({"act": "tag", "tag": ""}, "Write a tag."),
        ({"act": "hide"}, "Please say why"),
        ({"act": "bogus"}, "Choose what to do with the responses."),
        ({}, "Choose what to do with the responses."),
    ],
)
def test_what_is_missing_is_said(
    acme: Workspace, three: list[str], fields: dict[str, str], says: str
) -> None:
    client = acme.signed_in()
    assert post(client, CHANGE, "/console/responses", **fields).status_code == 303
    page = client.get("/console/responses").text
    assert says in page
    assert listed(page) == ["2", "1", "0"]


def test_an_unknown_member_is_nobody_to_assign_to(acme: Workspace, three: list[str]) -> None:
    client = acme.signed_in()
    fields = {"act": "assign", "member": "unknown", "response": three}
    post(client, CHANGE, "/console/responses", **fields)
    page = client.get("/console/responses").text
    assert "0 responses were changed." in page
    assert "3 stay as they were. There is no such member" in page


def test_many_are_left_to_the_worker_and_the_page_says_how_far_it_is(acme: Workspace) -> None:
    survey = acme.survey()
    for _ in range(AT_ONCE + 1):
        answer_survey(acme, survey, 5)
    client = acme.signed_in()
    fields = {"act": "tag", "tag": "late", "all": "1", "number": "501"}
    post(client, CHANGE, "/console/responses", **fields)
    page = client.get("/console/responses").text
    assert "501 responses are being changed." in page
    assert "A change of 501 responses is under way: 0 done." in page


def test_who_reads_alone_has_nothing_to_tick(acme: Workspace, three: list[str]) -> None:
    viewer = acme.person("vi@acme.example", "viewer")
    page = viewer.get("/console/responses").text
    assert listed(page) == ["2", "1", "0"]
    assert 'name="response"' not in page
    assert CHANGE not in page


def test_a_team_lead_cannot_assign(acme: Workspace) -> None:
    team = acme.team("Phone")
    acme.put_in(team, acme.member("Ana", email="ana@a.example"))
    id = answer_survey(acme, acme.survey(), 5, member="ana@a.example")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    assert 'value="assign"' not in lead.get("/console/responses").text
    fields = {"act": "assign", "member": "x", "response": id}
    post(lead, CHANGE, "/console/responses", **fields)
    assert "Your role (manager) does not allow this." in lead.get("/console/responses").text


def test_a_responses_own_page_gives_and_takes_tags(acme: Workspace, three: list[str]) -> None:
    client, page = acme.signed_in(), f"/console/responses/{three[0]}"
    assert post(client, f"{page}/tag", page, tag="Late").status_code == 303
    assert "/console/responses?tag=late" in client.get(page).text
    assert "gave the tag" in client.get(page).text
    post(client, f"{page}/tag", page, tag=" ")
    assert "Write a tag." in client.get(page).text
    post(client, f"{page}/untag", page, tag="late")
    assert "/console/responses?tag=late" not in client.get(page).text


def test_columns_are_chosen_and_remembered_for_each_person(
    acme: Workspace, three: list[str]
) -> None:
    client, viewer = acme.signed_in(), acme.person("vi@acme.example", "viewer")
    assert ">Channel</th>" in client.get("/console/responses").text
    answer = post(
        client,
        "/console/responses/columns?channel=chat",
        columns=["language", "ref", "bogus"],
    )
    assert answer.headers["Location"] == (
        "/console/responses?channel=chat&columns=ref&columns=language"
    )
    for path in ("/console/responses", answer.headers["Location"]):
        page = client.get(path).text
        assert ">Language</th>" in page
        assert ">Channel</th>" not in page
    assert ">Channel</th>" in viewer.get("/console/responses").text
    of_address = client.get("/console/responses?columns=channel").text
    assert ">Channel</th>" in of_address
    assert ">Language</th>" not in of_address
    post(client, "/console/responses/columns")
    bare = client.get("/console/responses").text
    assert ">Score</th>" in bare
    assert ">Language</th>" not in bare
