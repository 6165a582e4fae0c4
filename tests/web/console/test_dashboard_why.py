"""Why: what is behind the dashboard's scores, within the same filter and scope."""

import re
from datetime import timedelta
from html import unescape
from math import log
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, post
from widget.actions.find_themes import FindThemes
from widget.actions.hide_response import set_hidden
from widget.domain.score_summary import Estimate
from widget.domain.themes.terms import Said, Term
from widget.extensions import db
from widget.storage import theme_comments
from widget.web.console.why_words import odds_words

PAGE = "/console/dashboard/why"
HTMX = {"HX-Request": "true"}


def say(acme: Workspace, survey: str, score: int, text: str, times: int, **details: object) -> None:
    days = details.pop("days_ago", 0)
    assert isinstance(days, int)
    at = acme.world.clock() - timedelta(days=days)
    for _ in range(times):
        answer_survey(acme, survey, score, comment=text, at=at, **details)


def work(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return FindThemes(lambda: False)(db.engine, acme.world.clock())


def found(acme: Workspace, client: FlaskClient, address: str = PAGE) -> str:
    """The page once the worker has done what it asks for."""
    client.get(address)
    work(acme)
    return client.get(address).text


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def link(page: str, name: str) -> str:
    [address] = set(re.findall(rf'<a href="([^"]+)">{re.escape(name)}</a>', page))
    return unescape(address)


def busy(acme: Workspace, **details: object) -> str:
    """A survey whose customers praise quick replies and miss refunds."""
    survey = acme.survey()
    say(acme, survey, 5, "Quick reply", 15, **details)
    say(acme, survey, 1, "No refund yet", 15, reasons=("slow",), **details)
    say(acme, survey, 3, "Still no refund yet", 15, **details)
    return survey


def test_opening_the_page_has_it_found(acme: Workspace) -> None:
    busy(acme)
    client = acme.signed_in()
    first = client.get(PAGE).text
    assert "Being found" in first
    # Without JavaScript there is a link, with it the page looks again by itself.
    assert f'<a href="{PAGE}">Look again</a>' in first
    assert 'hx-trigger="every 2s"' in first
    assert work(acme) == 1
    page = client.get(PAGE).text
    assert "every 2s" not in page
    assert "as of 23 Nov 2026, 09:00" in page
    # The term, a comment that has it, and how many do.
    assert "Quick reply Quick reply 15 of 15 (100 %)" in words(page)
    assert "0 of 30 (0 %)" in words(page)


def test_looking_again_swaps_nothing_until_there_is_something(acme: Workspace) -> None:
    busy(acme)
    client = acme.signed_in()
    waiting = client.get(PAGE).text
    again = unescape(re.findall(r'id="why-state" hx-get="([^"]+)"', waiting)[0])
    answer = client.get(again, headers=HTMX)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "HX-Request" in answer.headers["Vary"]
    work(acme)
    after = client.get(again, headers=HTMX)
    assert after.status_code == 200
    assert "<html" not in after.text
    assert "Quick reply" in after.text
    # Whoever comes without htmx gets a page whatever the address says.
    assert "<html" in client.get(again).text


def test_an_hour_later_the_old_is_shown_while_the_new_is_found(acme: Workspace) -> None:
    survey = busy(acme)
    client = acme.signed_in()
    found(acme, client)
    acme.world.clock.pass_time(hours=1)
    say(acme, survey, 1, "Rude and rude again", 30)
    page = client.get(PAGE).text
    assert "It is being found anew" in page
    assert "as of 23 Nov 2026, 09:00" in page
    assert "Quick reply" in page
    work(acme)
    page = client.get(PAGE).text
    assert "as of 23 Nov 2026, 10:00" in page
    assert "Rude" in page


def test_it_is_found_anew_when_somebody_says_so(acme: Workspace) -> None:
    survey = busy(acme)
    client = acme.signed_in()
    page = found(acme, client, f"{PAGE}?survey={survey}")
    assert "Look again</button>" in page
    say(acme, survey, 5, "Quick reply", 5)
    # It is as new as it has to be.
    assert "15 of 15 (100 %)" in words(found(acme, client, f"{PAGE}?survey={survey}"))
    answer = post(client, f"{PAGE}?survey={survey}", page=PAGE)
    assert answer.headers["Location"] == f"{PAGE}?survey={survey}"
    waiting = client.get(answer.headers["Location"]).text
    assert "It is being found anew." in waiting
    assert "15 of 15 (100 %)" in words(waiting)
    # What waits already is not asked for twice.
    assert "Look again</button>" not in waiting
    assert work(acme) == 1
    assert "20 of 20 (100 %)" in words(client.get(f"{PAGE}?survey={survey}").text)


def test_one_person_has_sixty_finds_an_hour_and_is_told(acme: Workspace) -> None:
    busy(acme)
    client = acme.signed_in()
    found(acme, client)
    for _ in range(59):
        post(client, PAGE, page=PAGE)
        # Looking at it counts nothing while it waits, nor while it is new.
        client.get(PAGE)
        assert work(acme) == 1
        client.get(PAGE)
    answer = post(client, PAGE, page=PAGE)
    assert "You had much found within the hour" in client.get(answer.headers["Location"]).text
    assert work(acme) == 0
    other = client.get(f"{PAGE}?span=last_7").text
    assert "no more is found for now" in other
    assert "Being found" not in other
    # What there is is shown.
    assert "15 of 15 (100 %)" in words(client.get(PAGE).text)


def test_terms_lead_to_their_comments(acme: Workspace) -> None:
    survey = busy(acme, channel="chat")
    say(acme, survey, 5, "No, a refund was quick", 2, channel="chat")
    client = acme.signed_in()
    page = found(acme, client, f"{PAGE}?channel=chat&span=last_7")
    address = link(page, "no refund")
    assert address.startswith("/console/responses?")
    for part in ("q=%22no+refund%22", "mood=negative", "channel=chat", "from=2026-11-17"):
        assert part in address
    assert "span" not in address
    listed = client.get(address).text
    assert listed.count("No refund yet") + listed.count("Still no refund yet") >= 30
    assert "a refund was quick" not in listed


def test_areas_lead_to_those_who_ticked_them(acme: Workspace) -> None:
    busy(acme)
    client = acme.signed_in()
    page = found(acme, client)
    said = words(page)
    assert "Areas for improvement: A survey 30 customers were asked" in said
    # All who ticked gave 1, the others 3; half of those asked ticked.
    assert "15 of 30 (50 %)" in said
    assert "−2.00" in said
    assert "more than chance −1.00" in said
    assert "Ticked by nobody: Hard to reach, Problem not solved" in said
    listed = client.get(link(page, "Took too long")).text
    assert "No refund yet" in listed
    assert "Still no refund yet" not in listed
    assert "Area: Took too long" in listed


def test_a_change_since_the_days_before_is_told(acme: Workspace) -> None:
    survey = busy(acme)
    say(acme, survey, 1, "Nobody answers", 20, days_ago=30)
    say(acme, survey, 5, "Quick reply", 20, days_ago=30)
    said = words(found(acme, acme.signed_in()))
    assert "0 % → 100 % new" in said
    assert "100 % → 100 % may be chance" in said
    assert "What no longer stands out" in said
    assert "100 % → 0 % gone" in said


def test_too_little_is_said_in_words(acme: Workspace) -> None:
    survey = acme.survey("nps")
    say(acme, survey, 10, "Quick reply", 3)
    said = words(found(acme, acme.signed_in()))
    assert "There are 3 comments; at least 20 are needed" in said
    say(acme, survey, 10, "Quick reply", 30)
    acme.world.clock.pass_time(hours=1)
    said = words(found(acme, acme.signed_in()))
    assert "Of detractors there are 0 comments; at least 10 are needed" in said


def test_where_nobody_wrote_anything_the_page_says_so(acme: Workspace) -> None:
    acme.survey()
    assert "No comments and no areas in these days" in found(acme, acme.signed_in())


def test_a_sample_is_said_to_be_one(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(acme)
    monkeypatch.setattr(theme_comments, "MOST_READ", 12)
    said = words(found(acme, acme.signed_in()))
    assert re.search(r"From \d+ of 45 comments, chosen at random, and the same ones", said)


def test_everybody_sees_what_is_behind_the_scores_of_their_scope_alone(acme: Workspace) -> None:
    team, other = acme.team("Ours"), acme.team("Theirs")
    ana, ben = (acme.member(name, email=f"{name}@a.example") for name in ("ana", "ben"))
    acme.put_in(team, ana)
    acme.put_in(other, ben)
    busy(acme, member="ana@a.example")
    say(acme, acme.survey(name="Secret"), 1, "A secret word", 20, member="ben@a.example")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    member = acme.person("ana@acme.example", "member", member=ana)
    assert "secret word" in words(found(acme, acme.signed_in()))
    # What the owner had found is not there for them.
    assert "Being found" in lead.get(PAGE).text
    page = found(acme, lead)
    assert "refund" in page
    assert "secret" not in page
    # The one member of the team sees the same, and is led to what was said of them.
    page = member.get(PAGE).text
    assert "refund" in page
    listed = member.get(link(page, "no refund")).text
    assert listed.count('data-label="When"') == 30
    # Of the other's team no more is told than of one that there is not.
    page = found(acme, lead, f"{PAGE}?team={other}")
    assert "There is no such team, or it is not yours to see." in page
    assert "secret word" not in words(page)
    # The other joins the team: what was found before is no longer theirs to see.
    acme.put_in(team, ben)
    assert "Being found" in lead.get(PAGE).text


def test_what_is_hidden_is_gone_from_the_page_at_once(acme: Workspace) -> None:
    survey = busy(acme)
    id = answer_survey(acme, survey, 1, comment="A refund for Mrs Smith of Elm Street")
    client = acme.signed_in()
    found(acme, client)
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, UUID(id), hidden=True, at=acme.world.clock())
    assert "Being found" in client.get(PAGE).text
    assert "Elm Street" not in found(acme, client)


def test_what_could_not_be_found_is_told_and_looked_for_less_often(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("No more memory")

    busy(acme)
    client = acme.signed_in()
    client.get(PAGE)
    with monkeypatch.context() as broken:
        broken.setattr("widget.actions.find_themes.findings_of", fail)
        assert work(acme) == 0
    page = client.get(PAGE).text
    assert "could not be found the last time" in page
    assert "every 30s" in page
    acme.world.clock.pass_time(minutes=10)
    assert work(acme) == 1
    assert "Quick reply" in client.get(PAGE).text


def test_the_dashboard_leads_there_with_its_filter_and_back(acme: Workspace) -> None:
    survey = busy(acme)
    client = acme.signed_in()
    dashboard = client.get(f"/console/dashboard?survey={survey}&span=last_7").text
    address = unescape(re.findall(rf'href="({PAGE}[^"]*)"', dashboard)[0])
    assert f"survey={survey}" in address
    assert "span=last_7" in address
    page = client.get(address).text
    assert f'<option value="{survey}" selected>' in page
    back = unescape(re.findall(r'href="(/console/dashboard\?[^"]*)"', page)[0])
    assert f"survey={survey}" in back


def test_a_wrong_day_is_explained_and_asks_the_worker_for_nothing(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = client.get(f"{PAGE}?from=yesterday&to=2026-11-01")
    assert answer.status_code == 422
    assert work(acme) == 0


@pytest.mark.parametrize(
    ("low", "said"), [(1.004, "1.004"), (1.04, "1.04"), (1.06, "1.1"), (12.3, "12"), (150, "> 100")]
)
def test_odds_that_are_not_one_are_not_written_as_one(
    acme: Workspace, low: float, said: str
) -> None:
    """A term whose interval were to hold 1 would not stand out."""
    said_by = Said(5, 0.5, ())
    odds = Estimate(log(200), log(low), log(300))
    term = Term("slow", "slow", said_by, said_by, odds, 2.0, 0.01, 0)
    with acme.world.app.test_request_context():
        assert odds_words(term)[1].startswith(f"{said} to ")
