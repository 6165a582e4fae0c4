"""What a workspace decides about its members, and the order of its profile questions."""

import re

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, post

PAGE = "/console/workspace/members"


def questions(client: FlaskClient) -> dict[str, str]:
    """The texts by id, in order."""
    page = client.get(PAGE).text
    return dict(re.findall(r'name="question\.(\w+)" value="([^"]*)"', page))


def save(client: FlaskClient, **said: str) -> str:
    """Press a button of the form as it stands; returns the page that follows."""
    fields = {f"question.{id}": text for id, text in questions(client).items()}
    answer = post(client, PAGE, **{"review_profiles": "1", **fields, **said})
    if answer.status_code == 303:
        return client.get(answer.headers["Location"]).text
    return answer.text


def test_questions_are_added_worded_ordered_and_removed(acme: Workspace) -> None:
    client = acme.signed_in()
    for text in ("Weekend?", "Hobby?", "Food?"):
        save(client, add=text)
    assert list(questions(client).values()) == ["Weekend?", "Hobby?", "Food?"]
    first, second, third = questions(client)
    page = save(client, move=f"{third}.up")
    assert list(questions(client)) == [first, third, second]
    # Who moves by keyboard goes on where they were.
    assert re.search(rf'value="{third}\.up"[^>]*autofocus', page)
    page = save(client, move=f"{third}.up")
    assert re.search(rf'value="{third}\.down"[^>]*autofocus', page)
    save(client, **{f"question.{first}": "Your weekend?"}, move=f"{first}.down")
    assert list(questions(client).values()) == ["Food?", "Hobby?", "Your weekend?"]
    save(client, remove=second)
    assert list(questions(client)) == [third, first]


def test_a_question_that_cannot_be_asked_says_why_beside_it(acme: Workspace) -> None:
    client = acme.signed_in()
    save(client, add="Weekend?")
    assert "asked already" in save(client, add="weekend?")
    id = next(iter(questions(client)))
    page = save(client, **{f"question.{id}": " "})
    assert "Write the question, or remove it." in page
    for number in range(4):
        save(client, add=f"Q{number}?")
    assert 'id="add"' not in client.get(PAGE).text


def test_switches_are_kept_and_other_rules_stay(acme: Workspace) -> None:
    client = acme.signed_in()
    page = client.get(PAGE).text
    assert re.findall(r'name="(\w+)" value="1" checked', page) == [
        "review_profiles",
        "leaderboards",
    ]
    post(client, PAGE, members_see_team="1")
    page = client.get(PAGE).text
    assert re.findall(r'name="(\w+)" value="1" checked', page) == ["members_see_team"]


def test_how_many_answers_a_rank_needs_is_the_workspaces_choice(acme: Workspace) -> None:
    client = acme.signed_in()
    acme.member("Ana", email="ana@a.example")
    for _answer in range(6):
        answer_survey(acme, acme.survey(), 5, member="ana@a.example")
    assert "6 of 10 answers" in client.get("/console/leaderboard").text
    save(client, leaderboards="1", ranked_from="6")
    assert "not ranked yet" not in client.get("/console/leaderboard").text


@pytest.mark.parametrize("typed", ["4", "1001", "-5", "ten", "", "²", "9" * 5_000])
def test_a_rank_from_too_few_answers_is_refused_beside_the_field(
    acme: Workspace, typed: str
) -> None:
    client = acme.signed_in()
    assert "Write a number from 5 to 1000" in save(client, ranked_from=typed)
    assert 'name="ranked_from" type="number" value="10"' in client.get(PAGE).text
