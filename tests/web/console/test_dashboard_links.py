"""From a number of the dashboard to the answers behind it."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, ask, deliveries, send_due_requests
from tests.web.console.test_dashboard import PAGE, say, tag
from widget.actions.note_delivery import note_sent
from widget.extensions import db

LISTED = re.compile(r'data-label="When"')


def listed(client: FlaskClient, address: str) -> int:
    """How many responses an address of the console lists."""
    return len(LISTED.findall(client.get(unescape(address)).text))


def tile_links(client: FlaskClient, query: str = "") -> dict[str, str]:
    """Where each tile's number leads, "" for nowhere."""
    page = client.get(f"{PAGE}?{query}").text
    tiles = re.findall(r'<li class="card tile">\s*<h2>(.*?)</h2>(.*?)<details', page, re.DOTALL)
    return {name: (re.findall(r'href="([^"]+)"', said) or [""])[0] for name, said in tiles}


def row_links(client: FlaskClient, query: str) -> dict[str, list[str]]:
    """Where a breakdown's number and count lead, by the words of its row."""
    page = client.get(f"{PAGE}?{query}").text
    found = {}
    for row in re.findall(r'<tr><th scope="row" dir="auto">.*?</tr>', page, re.DOTALL):
        words = re.sub(r"<[^>]+>", "", row.split("</th>")[0]).removeprefix("<tr>")
        found[words] = re.findall(r'href="(/console/responses[^"]+)"', row)
    return found


def test_a_number_leads_to_the_answers_that_it_counts(acme: Workspace) -> None:
    stars, nps = acme.survey(), acme.survey("nps")
    say(acme, stars, 5, 5, 4, 3, 1, channel="chat", comment="Fine")
    say(acme, stars, 5, channel="chat")
    say(acme, nps, 10, 5, channel="chat")
    say(acme, stars, 5, channel="email")
    say(acme, stars, 5, channel="chat", days_ago=40)
    client = acme.signed_in()
    links = tile_links(client, "channel=chat")
    assert {name: listed(client, link) for name, link in links.items() if link} == {
        "Stars": 6,
        "Five stars": 3,
        "Positive": 4,
        "Negative": 2,
        "NPS": 2,
        "Comment rate": 5,
    }


def test_a_share_leads_to_what_it_counts_and_its_n_to_all_that_it_is_of(acme: Workspace) -> None:
    say(acme, acme.survey("csat"), 5, 4, 3, 1)
    say(acme, acme.survey(), 5, 2, comment="Fine")
    client = acme.signed_in()
    page = client.get(PAGE).text
    found = {}
    tiles = re.findall(r'<li class="card tile">\s*<h2>(.*?)</h2>(.*?)<details', page, re.DOTALL)
    for name, said in tiles:
        links = re.findall(r'href="([^"]+)"', said)
        found[name] = tuple(listed(client, link) for link in links)
    assert found["CSAT"] == (2, 4)
    assert found["Positive"] == (1, 2)
    assert found["Stars"] == (2, 2)
    assert found["Comment rate"] == (2, 6)


def test_a_response_rate_leads_to_its_requests_where_their_list_knows_the_filter(
    acme: Workspace,
) -> None:
    survey = acme.survey()
    ask(acme, survey, email="kim@c.example")
    send_due_requests(acme)
    [mail] = deliveries(acme)
    with acme.world.app.app_context():
        note_sent(db.session, acme.id, mail.id, acme.world.clock())
    client = acme.signed_in()
    links = tile_links(client, f"span=last_7&survey={survey}")
    address = unescape(links["Response rate"])
    assert address.startswith(f"/console/requests?survey={survey}&from=")
    assert "kim@c.example" in client.get(address).text
    assert tile_links(client, "span=last_7&member=none")["Response rate"] == ""


def test_what_is_not_of_answers_leads_nowhere(acme: Workspace) -> None:
    say(acme, acme.survey(), 5, reward="x")
    assert tile_links(acme.signed_in())["Rewards"] == ""


def test_the_course_and_the_distribution_lead_to_their_own_answers(acme: Workspace) -> None:
    survey, nps = acme.survey(), acme.survey("nps")
    say(acme, survey, 5, 5, 2, days_ago=1)
    say(acme, survey, 5)
    say(acme, nps, 5, 9)
    client = acme.signed_in()
    page = client.get(f"{PAGE}?metric=five_star").text
    [course] = re.findall(r'<table id="trend">(.*?)</table>', page, re.DOTALL)
    assert [listed(client, link) for link in re.findall(r'href="([^"]+)"', course)] == [2, 1]
    bars = re.findall(r'<table class="bars">(.*?)</table>', page, re.DOTALL)
    counts = [
        (listed(client, link), int(count))
        for table in bars
        for link, count in re.findall(r'href="([^"]+)">(\d+)<', table)
    ]
    # Five of NPS is not five stars.
    assert counts == [(3, 3), (1, 1), (1, 1), (1, 1)]


@pytest.mark.parametrize("by", ["channel", "client", "survey", "version", "language", "source"])
def test_a_row_leads_to_its_own_answers(acme: Workspace, by: str) -> None:
    stars, nps = acme.survey(name="Shop"), acme.survey("nps", "Year")
    say(acme, stars, 5, 5, 1, channel="chat", attributes={"client": "Globex"})
    say(acme, stars, 5, channel="email")
    say(acme, nps, 9, channel="chat")
    client = acme.signed_in()
    links = row_links(client, f"by={by}&metric=five_star")
    found = {
        words: [listed(client, link) for link in links_of] for words, links_of in links.items()
    }
    two = [2, 3], [1, 1]
    assert (
        found
        == {
            "channel": dict(zip(("chat", "email"), two, strict=True)),
            "client": dict(zip(("Globex", "None"), two, strict=True)),
            "survey": {"Shop": [3, 4]},
            "version": {"Shop, version 1": [3, 4]},
            "language": {"en": [3, 4]},
            "source": {"widget": [3, 4]},
        }[by]
    )


def test_a_row_that_no_filter_finds_leads_nowhere(acme: Workspace) -> None:
    above = acme.team("Desk")
    below = acme.team("Night", parent=above)
    for team, name in ((above, "Ana"), (below, "Ben")):
        acme.put_in(team, acme.member(name, email=f"{name.lower()}@a.example"))
    survey = acme.survey()
    for name in ("ana", "ben"):
        say(acme, survey, 5, member=f"{name}@a.example")
    response = answer_survey(acme, survey, 5)
    tag(acme, response, "refund", "vip")
    client = acme.signed_in()
    links = row_links(client, "by=team&metric=stars")
    # The list of a team's responses has those of the teams below it, and "no team" is no team.
    assert {words: bool(found) for words, found in links.items()} == {
        "Desk": False,
        "Desk / Night": True,
        "No team": False,
    }
    links = row_links(client, "by=tag&metric=stars&tag=refund")
    assert {words: bool(found) for words, found in links.items()} == {"refund": True, "vip": False}


def test_whoever_is_rated_is_led_to_what_was_said_of_them_alone(acme: Workspace) -> None:
    ben = acme.member("Ben", email="ben@a.example")
    acme.member("Ana", email="ana@a.example")
    survey = acme.survey()
    say(acme, survey, 5, 5, member="ben@a.example")
    say(acme, survey, 5, member="ana@a.example")
    client = acme.person("ben@acme.example", "member", member=ben)
    assert listed(client, tile_links(client)["Stars"]) == 2
