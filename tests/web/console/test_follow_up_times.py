"""The page of response times: what it counts, of which period, and for whom."""

import re

from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, post
from tests.following import follow_ups, raise_alerts, set_alerts, user_id


def cells(client: FlaskClient, query: str = "") -> dict[str, list[str]]:
    """The cells of each line by its name, the words of a cell as one text; the first wins."""
    page = client.get(f"/console/follow-ups/times{query}").text
    found: dict[str, list[str]] = {}
    for name, rest in re.findall(
        r'<tr><th scope="row" dir="auto">(.*?)</th>(.*?)</tr>', page, re.S
    ):
        texts = re.findall(r"<td[^>]*>(.*?)</td>", rest, re.S)
        plain = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in texts]
        found.setdefault(name, plain)
    return found


def handle(acme: Workspace, client: FlaskClient, *, member: str = "", minutes: int) -> None:
    """A bad answer is replied to after some minutes, and resolved after twice as many."""
    answer_survey(acme, acme.survey(), 1, member=member)
    raise_alerts(acme)
    row = max(follow_ups(acme), key=lambda one: (one.opened_at, one.id))
    path = f"/console/follow-ups/{row.id}"
    post(client, f"{path}/assignee", path, assignee=str(user_id(acme, acme.owner)))
    acme.world.clock.pass_time(minutes=minutes)
    post(client, f"{path}/notes", path, note="Called", is_reply="1")
    acme.world.clock.pass_time(minutes=minutes)
    post(client, f"{path}/resolve", path, outcome="")


def test_without_anything_there_are_dashes(acme: Workspace) -> None:
    page = cells(acme.signed_in())
    assert page == {"Together": ["–", "–", "–"]}


def test_times_are_told_by_person_and_team(any_acme: Workspace) -> None:
    acme = any_acme
    set_alerts(acme, assign="nobody")
    support = acme.team("Support")
    acme.put_in(support, acme.member("Ana", email="ana@acme.example"))
    client = acme.signed_in()
    handle(acme, client, member="ana@acme.example", minutes=10)
    handle(acme, client, minutes=30)
    found = cells(client)
    assert found["Together"][:2] == ["20 min n = 2", "40 min n = 2"]
    assert found["Support"][:2] == ["10 min n = 1", "20 min n = 1"]
    assert found["Of no team"][:2] == ["30 min n = 1", "60 min n = 1"]
    assert found["alice@acme.example"][:2] == ["20 min n = 2", "40 min n = 2"]


def test_a_period_has_its_own(acme: Workspace) -> None:
    client = acme.signed_in()
    handle(acme, client, minutes=10)
    assert cells(client, "?period=week")["Together"][0] == "10 min n = 1"
    assert cells(client, "?period=week&day=2026-11-16")["Together"][0] == "–"


def test_of_what_was_due_those_in_time_are_told(acme: Workspace) -> None:
    client = acme.signed_in()
    handle(acme, client, minutes=10)
    answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    # Nothing is due yet, so nothing was kept or missed.
    assert cells(client)["Together"][2] == "–"
    acme.world.clock.pass_time(days=5)
    assert cells(client)["Together"][2] == "1 of 2"


def test_a_scope_has_its_own(acme: Workspace) -> None:
    set_alerts(acme, assign="nobody")
    support, sales = acme.team("Support"), acme.team("Sales")
    acme.put_in(support, acme.member("Ana", email="ana@acme.example"))
    acme.put_in(sales, acme.member("Bo", email="bo@acme.example"))
    owner = acme.signed_in()
    handle(acme, owner, member="ana@acme.example", minutes=10)
    handle(acme, owner, member="bo@acme.example", minutes=90)
    sam = acme.person("sam@acme.example", "manager", leads=(support,))
    found = cells(sam)
    assert found["Together"][0] == "10 min n = 1"
    assert "Sales" not in found
