"""What a workspace decides about its members, and the order of its profile questions."""

import re

from flask.testing import FlaskClient

from tests.builders import Workspace, post

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
