"""The directory of customers and each one's own page."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.builders import (
    Workspace,
    add_customer,
    add_request,
    answer_survey,
    ask,
    ask_by_mail,
    customer_of,
    post,
)
from tests.campaigning import launched
from tests.following import raise_alerts
from tests.web.landing.mailing import reader
from widget.actions.share_response import share_response
from widget.extensions import db
from widget.storage import customer_list
from widget.web.console import customers


def test_the_directory_shows_who_was_asked_and_links_to_them(acme: Workspace) -> None:
    request = ask_by_mail(acme, acme.survey(), email="kim@c.example", name="Kim Larsen")
    page = acme.signed_in().get("/console/customers")
    assert page.status_code == 200
    assert f"/console/customers/{customer_of(acme, request.id)}" in page.text
    assert "Kim Larsen" in page.text
    assert "kim@c.example" in page.text


def test_filters_find_and_say_when_nobody_fits(acme: Workspace) -> None:
    add_customer(acme, "kim@c.example", client="Initech")
    add_customer(acme, "lee@c.example")
    client = acme.signed_in()
    page = client.get("/console/customers?client=Initech").text
    assert "kim@c.example" in page
    assert "lee@c.example" not in page
    assert "Nobody fits these filters" in client.get("/console/customers?search=zoe").text


def test_customers_are_filtered_by_an_attribute_of_theirs(acme: Workspace) -> None:
    add_customer(acme, "kim@c.example", attributes={"Plan": "Gold"})
    add_customer(acme, "lee@c.example", attributes={"Plan": "Free"})
    add_customer(acme, "zoe@c.example")
    client = acme.signed_in()

    def found(query: str) -> list[str]:
        return re.findall(r">(\w+@c\.example)</a>", client.get(f"/console/customers?{query}").text)

    assert found("attribute=Plan&attribute_value=gold") == ["kim@c.example"]
    assert found("attribute=Plan") == ["lee@c.example", "kim@c.example"]
    assert found("attribute=plan&attribute_value=Gold") == []
    assert client.get('/console/customers?attribute=a"]b&attribute_value=c').status_code == 200
    page = client.get("/console/customers?attribute_value=Gold").text
    assert "Say which attribute has this value" in page


def _total(acme: Workspace, query: str = "") -> list[str]:
    page = acme.signed_in().get(f"/console/customers?{query}").text
    return re.findall(r'<p class="soft">([^<]+customers?)</p>', page)


def test_the_directory_says_how_many_fit(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        add_customer(acme, f"c{number}@c.example", client="Initech" if number else "")
    assert _total(acme) == ["3 customers"]
    assert _total(acme, "client=Initech") == ["2 customers"]
    assert _total(acme, "unsubscribed=no") == []
    monkeypatch.setattr(customer_list, "MOST_COUNTED", 2)
    monkeypatch.setattr(customers, "MOST_COUNTED", 2)
    assert _total(acme) == ["More than 2 customers"]
    assert _total(acme, "client=Initech") == ["2 customers"]


def test_pages_hold_fifty(acme: Workspace) -> None:
    for number in range(51):
        add_customer(acme, f"c{number:03}@c.example")
    client = acme.signed_in()
    first = client.get("/console/customers").text
    assert first.count("@c.example</a>") == 50
    older = first.split('rel="next" href="')[1].split('"')[0]
    assert "c000@c.example" in client.get(older).text
    assert client.get("/console/customers?older=x").status_code == 422


def test_somebody_is_added_and_changed_with_attributes(acme: Workspace) -> None:
    client = acme.signed_in()
    said = {"email": "Kim@C.example", "segment": "Trial", "attribute_name": ["plan", ""]}
    answer = post(client, "/console/customers/new", attribute_value=["Gold", ""], **said)
    assert answer.status_code == 303
    where = answer.headers["Location"]
    page = client.get(where).text
    assert "kim@c.example" in page
    assert "Gold" in page
    fields = {"email": "kim@c.example", "segment": "Paid", "attribute_name": ["seats"]}
    assert post(client, f"{where}/edit", attribute_value=["3"], **fields).status_code == 303
    page = client.get(where).text
    assert "Paid" in page
    assert "seats" in page
    assert "Gold" not in page


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(acme: Workspace) -> None:
    answer = post(acme.signed_in(), "/console/customers/new", name="Kim", email="kim@nowhere")
    assert answer.status_code == 422
    assert "The part after the @ is no mail domain." in answer.text
    assert 'value="kim@nowhere"' in answer.text


def test_a_customers_page_tells_everything_newest_first(acme: Workspace) -> None:
    survey = acme.survey()
    mail = ask_by_mail(acme, survey, email="kim@c.example", ref="T-1")
    kim = customer_of(acme, mail.id)
    acme.world.clock.pass_time(minutes=1)
    reader(acme, mail).answer(mail, 5)
    acme.world.clock.pass_time(minutes=1)
    reader(acme, mail).answer(mail, 4)
    acme.world.clock.pass_time(minutes=1)
    said = {"customer_email": "KIM@c.example", "comment": "On the page"}
    answer_survey(acme, survey, 2, **said)
    raise_alerts(acme)
    with acme.world.app.app_context():
        share_response(db.session, acme.id, mail.id, at=acme.world.clock())
    text = acme.signed_in().get(f"/console/customers/{kim}").text
    happened = [
        part.split("</a>")[0].split(">")[-1].split("</strong>")[0]
        for part in text.split("<p><strong>")[1:]
    ]
    assert happened[-1] == "Asked"
    assert "Answered" in happened
    assert "Changed the answer" in happened
    assert "Shared the answer" in happened
    assert "Followed up" in happened
    assert "On the page" in text
    assert "T-1" in text
    assert text.index("On the page") < text.index("T-1")


def test_what_is_said_until_the_answer_is_finished_is_the_answer_and_no_change(
    acme: Workspace,
) -> None:
    survey = acme.survey("nps")
    kim = add_customer(acme)
    said = {"customer_email": "kim@c.example"}

    def step(score: int, **further: Any) -> str:
        acme.world.clock.pass_time(minutes=1)
        return answer_survey(acme, survey, score, **said, **further)

    response = step(0, finished=False)
    step(0, id=response, comment="At first", wants_contact=True, finished=False)
    assert changes_told(acme, kim) == []
    # Thought better of while answering: that is a change, and 0 is an answer as others are.
    step(3, id=response, finished=False)
    assert changes_told(acme, kim) == ["NPS: NPS 0 of 10 → NPS 3 of 10"]
    step(3, id=response, contact="kim@home.example", finished=True)
    assert len(changes_told(acme, kim)) == 1
    step(3, id=response, comment="In the end")
    assert changes_told(acme, kim) == [
        "Comment: At first → In the end",
        "NPS: NPS 0 of 10 → NPS 3 of 10",
    ]


def test_what_is_added_to_a_finished_answer_is_a_change(acme: Workspace) -> None:
    survey = acme.survey()
    kim = add_customer(acme)
    said = {"customer_email": "kim@c.example"}
    response = answer_survey(acme, survey, 4, **said)
    acme.world.clock.pass_time(minutes=1)
    answer_survey(acme, survey, 4, id=response, comment="Afterwards", **said)
    assert changes_told(acme, kim) == ["Comment: – → Afterwards"]


def changes_told(acme: Workspace, customer: UUID) -> list[str]:
    """The changes of answers on a customer's page, the newest first."""
    text = acme.signed_in().get(f"/console/customers/{customer}").text
    thread = text.split('<ol class="thread">')[1].split("</ol>")[0]
    told = re.findall(r"<li>(?!\s*<p>)(.*?)</li>", thread)
    assert len(told) >= thread.count("Changed the answer")
    return [re.sub(r"<[^>]+>", "", one) for one in told]


def test_a_request_names_its_campaign_and_leads_there(acme: Workspace) -> None:
    kim = add_customer(acme)
    id = launched(acme, acme.survey(), name="Autumn & winter")
    text = acme.signed_in().get(f"/console/customers/{kim}").text
    link = f'<a dir="auto" href="/console/campaigns/{id}">Autumn &amp; winter</a>'
    assert f"asked by the campaign {link}" in text


def test_what_was_not_sent_says_why(acme: Workspace) -> None:
    survey = acme.survey()
    first = ask(acme, survey)
    ask(acme, survey)
    text = acme.signed_in().get(f"/console/customers/{customer_of(acme, first)}").text
    assert "This customer was asked for this survey a short time ago." in text


def test_a_manager_sees_of_a_customer_what_is_about_their_members(acme: Workspace) -> None:
    survey, team = acme.survey(), acme.team("Support")
    acme.put_in(team, acme.member("Ana", email="ana@a.example"))
    bo = acme.member("Bo", email="bo@a.example")
    request = ask(acme, survey, member_email="ana@a.example", ref="T-ana")
    ask(acme, survey, member_email="bo@a.example", ref="T-bo")
    other, _mail = add_request(acme, survey, member_id=bo)
    client = acme.person("lead@acme.example", "manager", leads=(team,))
    text = client.get(f"/console/customers/{customer_of(acme, request)}").text
    assert "T-ana" in text
    assert "T-bo" not in text
    assert client.get(f"/console/customers/{customer_of(acme, other)}").status_code == 404


def test_who_may_only_read_sees_no_words_that_were_hidden(acme: Workspace) -> None:
    survey = acme.survey()
    kim = add_customer(acme)
    response = answer_survey(acme, survey, 1, customer_email="kim@c.example", comment="Rude words")
    path = f"/console/responses/{response}/hide-comment"
    owner = acme.signed_in()
    post(owner, path, page=f"/console/responses/{response}", reason="Rude")
    assert "Rude words" in owner.get(f"/console/customers/{kim}").text
    viewer = acme.person("vi@acme.example", "viewer")
    assert "Rude words" not in viewer.get(f"/console/customers/{kim}").text
