"""What a filter's free texts suggest, and what is said of values that nothing has."""

import re
from html import unescape

from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey

PAGE = "/console/filters/values/dashboard"
HTMX = {"HX-Request": "true"}


def suggested(client: FlaskClient, name: str) -> list[str]:
    part = client.get(PAGE, headers=HTMX).text
    [found] = re.findall(rf'<datalist id="known-{name}">(.*?)</datalist>', part)
    return [unescape(one) for one in re.findall(r'value="([^"]*)"', found)]


def hints(client: FlaskClient, query: str, page: str = PAGE) -> list[tuple[str, str]]:
    """What is said of each unknown value, and where its link leads."""
    part = client.get(f"{page}?{query}", headers=HTMX).text
    found = re.findall(r'<p class="note">(.*?) <a href="([^"]*)">(.*?)</a></p>', part)
    return [(unescape(f"{said} {link}"), unescape(address)) for said, address, link in found]


def test_values_that_answers_have_are_suggested_the_most_frequent_first(acme: Workspace) -> None:
    survey = acme.survey()
    for channel in ("till", "Web", "Web"):
        answer_survey(acme, survey, 5, channel=channel, attributes={"client": f"{channel} & Co"})
    answer_survey(acme, survey, 1, channel="trial", is_test=True)
    client = acme.signed_in()
    assert suggested(client, "channel") == ["Web", "till"]
    assert suggested(client, "client") == ["Web & Co", "till & Co"]
    assert suggested(client, "segment") == []


def test_whoever_leads_a_team_is_told_no_values_of_others(acme: Workspace) -> None:
    survey, team = acme.survey(), acme.team("Support")
    for name in ("ana", "ben"):
        acme.member(name.title(), email=f"{name}@a.example")
        answer_survey(acme, survey, 5, member=f"{name}@a.example", channel=f"of {name}")
    ana = acme.member("Ana B", email="anab@a.example")
    acme.put_in(team, ana)
    answer_survey(acme, survey, 5, member="anab@a.example", channel="of the team")
    lead = acme.person("lead@a.example", "manager", leads=(team,))
    assert suggested(lead, "channel") == ["of the team"]
    # Nor whether others have one.
    assert len(hints(lead, "channel=of+ben")) == 1


def test_a_value_that_nothing_has_is_said_to_be_unknown(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, channel="Web")
    client = acme.signed_in()
    [(said, address)] = hints(client, "channel=shop&span=last_7&survey=")
    assert said == "Channel: no answer that counts has “shop”. Leave it out"
    assert address == "/console/dashboard?span=last_7"
    assert hints(client, "channel=Web") == []
    # Nothing at all is asked for with a dash.
    assert hints(client, "client=-") == []


def test_a_value_in_other_letters_leads_to_the_one_that_is_meant(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, channel="Web")
    page = "/console/filters/values/responses"
    [(said, address)] = hints(acme.signed_in(), "channel=WEB&channel=till&mood=negative", page)[:1]
    assert said.endswith("Did you mean “Web”?")
    assert address == "/console/responses?channel=Web&channel=till&mood=negative"


def test_without_scripts_the_values_have_a_page_of_their_own(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, channel="Web")
    page = acme.signed_in().get(PAGE).text
    assert '<a href="/console/dashboard?channel=Web" dir="auto">Web</a>' in page
