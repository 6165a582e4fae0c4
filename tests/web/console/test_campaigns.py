"""Campaigns in the console: planned, looked over, launched, halted, and what they found."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from tests.builders import MONDAY, Workspace, answer_survey, csrf_token, make_workspace, post
from tests.campaigning import (
    add_customer,
    add_customers,
    answer,
    audience,
    campaign,
    launched,
    requests_of,
    run,
    send,
    stored_campaign,
)
from tests.web.api.test_responses import Program
from widget.actions.change_campaigns import mark_baseline
from widget.actions.note_delivery import note_all_sent
from widget.domain.audiences import Rule
from widget.domain.campaigns import CampaignPlan
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.storage.deliveries import claim
from widget.storage.engine import writing
from widget.storage.models import Campaign, Event, Request, User, Wave
from widget.storage.suppressions import suppress

NEW = "/console/campaigns/new"


def mail_all(acme: Workspace) -> None:
    """Make every due request's mail and let a server take it."""
    send(acme)
    with acme.world.app.app_context():
        now = acme.world.clock()
        while batch := claim(db.engine, acme.id, now, limit=100, lease=timedelta(minutes=5)):
            note_all_sent(db.session(), acme.id, {mail.id: now for mail in batch})


def text_of(html: str) -> str:
    """What a page says, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def fields(survey: str, **typed: str) -> dict[str, str]:
    return {
        "name": "Autumn",
        "survey": survey,
        "who": "sample",
        "sized_by": "margin",
        "margin": "10",
        "response_rate": "50",
        "starts": "now",
        "every": "once",
        **typed,
    }


def test_a_plan_is_typed_looked_over_and_launched(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 90, "gold", segment="Gold")
    add_customers(acme, 10, "tin", segment="Tin")
    client = acme.signed_in()
    made = post(client, NEW, **fields(survey, trait="segment"))
    assert made.status_code == 303
    page = text_of(client.get(made.location).text)
    # 100 customers, ± 10 points: 80 answers, which all of them together would not give at 50 %.
    assert "100 would be asked" in page
    assert "Gold 90 90.0 % 90 90.0 %" in page
    assert "Tin 10 10.0 % 10 10.0 %" in page
    assert "needs 80 answers" in page
    post(client, f"{made.location}/launch", made.location)
    run(acme)
    page = text_of(client.get(made.location).text)
    assert "Under way" in page
    assert "100 scheduled" in page


def test_the_sample_is_shown_while_somebody_types_and_without_javascript(
    acme: Workspace,
) -> None:
    survey = acme.survey("csat")
    add_customers(acme, 1_000)
    client = acme.signed_in()
    typed = fields(survey, sized_by="number", number="100")
    token = csrf_token(client.get(NEW).text)
    part = client.post(
        "/console/campaigns/sample",
        data={"csrf_token": token, **typed},
        headers={"HX-Request": "true"},
    ).text
    assert "<html" not in part
    assert "100 would be asked 50 answers are expected ± 13.5" in text_of(part)
    page = post(client, NEW, look="1", **typed)
    assert page.status_code == 200
    assert "100 would be asked" in text_of(page.text)
    assert 'value="Autumn"' in page.text


def test_whom_contact_rules_would_refuse_today_is_told_before_anything_is_sent(
    any_acme: Workspace,
) -> None:
    acme, survey = any_acme, any_acme.survey("nps")
    add_customers(acme, 3, "asked")
    launched(acme, survey)
    mail_all(acme)
    acme.world.clock.pass_time(days=10)
    add_customers(acme, 6, "new")
    add_customer(acme, "kérem@c.example")
    add_customer(acme, "kim@bücher.example")
    key = acme.world.settings.address_key
    with acme.world.app.app_context(), writing(db.session) as session:
        for address in ("new0@c.example", "NEW1@c.example", "asked0@c.example"):
            suppress(session, acme.id, address_digest(key, address), "unsubscribed", MONDAY)
    id = campaign(acme, survey, name="Winter", quiet_days=30)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{id}").text)
    # No mail server takes an address whose name is not ASCII.
    assert "10 may be asked" in page
    assert "3 were asked for something within 30 days, and 2 more have unsubscribed" in page
    assert "About 5 mails would leave today." in page
    typed = fields(survey, who="everybody", quiet_days="5")
    looked = post(acme.signed_in(), NEW, look="1", **typed).text
    assert "0 were asked for something within 5 days, and 3 more" in text_of(looked)


def test_groups_of_which_nobody_would_be_asked_are_told(acme: Workspace) -> None:
    add_customers(acme, 95, "gold", segment="Gold")
    for place in range(5):
        add_customers(acme, 1, f"lone{place}", segment=f"Lone {place}")
    typed = fields(acme.survey("nps"), sized_by="number", number="10", trait="segment")
    page = post(acme.signed_in(), NEW, look="1", **typed).text
    assert "groups are so small that nobody of them would be asked" in page


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(acme: Workspace) -> None:
    client = acme.signed_in()
    typed = fields(
        acme.survey("nps"), name="", margin="lots", starts="later", starts_on="someday", repeat="x"
    )
    page = post(client, NEW, **typed)
    assert page.status_code == 422
    for sentence in (
        "A campaign needs a name.",
        "Choose a number from 0.5 to 50.",
        "Choose a day.",
    ):
        assert sentence in page.text
    assert 'value="lots"' in page.text
    assert 'value="someday"' in page.text
    page = post(client, NEW, **fields("nonsense", audience="99", excluded="nonsense"))
    assert page.status_code == 422
    assert "Choose a survey." in page.text
    assert page.text.count("Choose an audience.") == 2


def test_whoever_leaves_out_those_who_are_asked_is_told(acme: Workspace) -> None:
    id = str(audience(acme, Rule("client", "is", "Acme")))
    page = post(acme.signed_in(), NEW, **fields(acme.survey("nps"), audience=id, excluded=id))
    assert page.status_code == 422
    assert "asks nobody" in page.text


def test_a_plan_whose_waves_would_ask_nobody_is_refused_when_it_is_saved_and_when_launched(
    acme: Workspace,
) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 3)
    client = acme.signed_in()
    monthly = fields(survey, who="everybody", every="month", repeat="1")
    page = post(client, NEW, **monthly)
    assert page.status_code == 422
    assert "choose 26 days at most" in page.text
    # One that was planned before this was looked at.
    id = campaign(acme, survey, every="month", repeat=1, quiet_days=26)
    with acme.world.app.app_context(), writing(db.session) as session:
        plan = CampaignPlan(every="month", repeat=1, quiet_days=30)
        session.query(Campaign).update({"plan": plan.to_json()})
    post(client, f"/console/campaigns/{id}/launch", NEW)
    assert stored_campaign(acme, id).status == "draft"
    assert "choose 26 days at most" in client.get(f"/console/campaigns/{id}").text
    page = post(client, NEW, look="1", **fields(survey, every="month", repeat="1"))
    assert "is passed over then" in page.text


def test_an_address_with_a_number_that_no_campaign_has_is_not_found(acme: Workspace) -> None:
    client = acme.signed_in()
    for number in ("999", "9" * 20):
        for path in ("", "/plan"):
            found = client.get(f"/console/campaigns/{number}{path}")
            assert found.status_code == 404
        assert client.get(f"/console/audiences/{number}").status_code == 404


def test_pressing_save_twice_plans_one_campaign(any_acme: Workspace) -> None:
    survey, client = any_acme.survey("nps"), any_acme.signed_in()
    page = client.get(NEW).text
    [key] = re.findall(r'name="form_key" value="([0-9a-f]{32})"', page)
    wrong = post(client, NEW, **fields(survey, name="", form_key=key))
    assert f'name="form_key" value="{key}"' in wrong.text
    made = [
        post(client, NEW, **fields(survey, name=name, form_key=key)).location
        for name in ("Autumn", "Winter")
    ]
    assert made[0] == made[1]
    assert client.get("/console/campaigns").text.count("Autumn") == 0
    assert client.get("/console/campaigns").text.count("Winter") == 1
    other = post(client, NEW, **fields(survey, form_key="0" * 32)).location
    assert other != made[0]


def test_who_did_what_with_campaigns_and_audiences_is_kept(acme: Workspace) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    add_customers(acme, 1)
    made = post(client, NEW, **fields(survey)).location
    for verb in ("launch", "pause", "resume", "baseline", "not_baseline", "stop"):
        post(client, f"{made}/{verb}", made)
    draft = post(client, f"{made}/duplicate", made).location.removesuffix("/plan")
    post(client, f"{draft}/remove", draft)
    rule = {"match.": "all", "field.0": "client", "operator.0": "is", "value.0": "Acme"}
    post(client, "/console/audiences/new", name="Some", **rule)
    post(client, "/console/audiences/lists/new", name="List", names="c0@c.example")
    post(client, "/console/audiences/1/remove", "/console/audiences")
    with acme.world.app.app_context():
        found = db.session.query(Event).order_by(Event.id).all()
        said = [
            (event.name, event.data)
            for event in found
            if event.name.startswith(("campaign.", "audience."))
        ]
        me = db.session.query(User).filter_by(email=acme.owner).one().id
    first, second = ({"by": me, "campaign": id} for id in (1, 2))
    assert said == [
        ("campaign.planned", first),
        ("campaign.launched", first),
        ("campaign.paused", first),
        ("campaign.resumed", first),
        ("campaign.made_baseline", first),
        ("campaign.unmade_baseline", first),
        ("campaign.stopped", first),
        ("campaign.planned", second),
        ("campaign.removed", second),
        ("audience.saved", {"by": me, "audience": 1}),
        ("audience.saved", {"by": me, "audience": 2}),
        ("audience.removed", {"by": me, "audience": 1}),
    ]


def test_a_draft_is_changed_until_it_is_launched(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 1)
    id = campaign(acme, survey)
    client = acme.signed_in()
    path = f"/console/campaigns/{id}/plan"
    typed = fields(survey, name="Winter", every="week", repeat="2", reminders="1")
    post(client, path, **typed, weekdays_only="1")
    assert 'name="weekdays_only" value="1" checked' in client.get(path).text
    assert "from Monday to Friday" in client.get(f"/console/campaigns/{id}").text
    found = stored_campaign(acme, id)
    assert (found.name, found.plan.every, found.plan.repeat) == ("Winter", "week", 2)
    assert (found.plan.reminders, found.plan.weekdays_only) == (1, True)
    post(client, f"/console/campaigns/{id}/launch", f"/console/campaigns/{id}")
    assert client.get(path).status_code == 303
    answer = post(client, path, NEW, **fields(survey, name="Spring"))
    assert answer.status_code == 303
    assert stored_campaign(acme, id).name == "Winter"


def test_a_campaign_is_paused_resumed_and_stopped_by_its_buttons(acme: Workspace) -> None:
    add_customers(acme, 3)
    id = launched(acme, acme.survey("nps"))
    client, path = acme.signed_in(), f"/console/campaigns/{id}"
    for verb, status in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        post(client, f"{path}/{verb}", path)
        assert stored_campaign(acme, id).status == status
    post(client, f"{path}/resume", path)
    assert "Only a paused campaign can be resumed." in client.get(path).text
    run(acme)
    page = text_of(client.get(path).text)
    assert "3 not sent" in page
    assert "3 : Its campaign was stopped before it was sent." in page
    other = launched(acme, acme.survey("nps"), name="Other")
    listed = "/console/requests?why=campaign_stopped&campaign="
    assert client.get(f"{listed}{id}").text.count("@c.example") == 3
    assert "@c.example" not in client.get(f"{listed}{other}").text


def test_how_far_it_has_come_is_a_part_of_the_page_that_htmx_asks_for(acme: Workspace) -> None:
    add_customers(acme, 4)
    survey = acme.survey("nps")
    id = launched(acme, survey)
    mail_all(acme)
    first, second, third, _fourth = requests_of(acme, id)
    answer(acme, survey, first.id, 9)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.query(Request).filter(Request.id == second.id).update({"status": "bounced"})
        session.query(Request).filter(Request.id == third.id).update(
            {"unsubscribed_at": acme.world.clock()}
        )
    part = acme.signed_in().get(f"/console/campaigns/{id}", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part
    said = text_of(part)
    assert "0 scheduled 4 sent 1 answered 1 bounced 1 unsubscribed 0 not sent" in said
    assert "opened" not in said.lower()


def test_strata_are_told_apart_by_attributes_that_the_form_suggests(acme: Workspace) -> None:
    for place, plan in enumerate(("pro", "pro", "free")):
        add_customer(acme, f"{place}@c.example", attributes={"plan": plan, "seats, paid": "2"})
    survey, client = acme.survey("nps"), acme.signed_in()
    page = client.get(NEW).text
    [known] = re.findall(r'<datalist id="known-attribute">(.*?)</datalist>', page)
    assert re.findall('value="([^"]+)"', known) == ["plan", "seats, paid"]
    assert len(re.findall('<input id="attribute-[123]" [^>]*list="known-attribute"', page)) == 3
    typed = {**fields(survey), "attributes": ["plan", "", "seats, paid"]}
    location = post(client, NEW, **typed).location
    id = int(location.rsplit("/", 1)[1])
    assert stored_campaign(acme, id).plan.traits == ("attribute:plan", "attribute:seats, paid")
    again = client.get(f"{location}/plan").text
    kept = re.findall('<input id="attribute-[123]" name="attributes" value="([^"]*)"', again)
    assert kept == ["plan", "seats, paid", ""]


def test_more_than_ten_strata_are_folded_and_their_number_is_told(acme: Workspace) -> None:
    survey, client = acme.survey("nps"), acme.signed_in()
    typed = {**fields(survey), "trait": "client"}

    def folded() -> list[tuple[str, int]]:
        """The summary of what is folded, and the rows in it."""
        page = post(client, "/console/campaigns/sample", page=NEW, **typed).text
        parts = re.findall(
            r"<details class=.more.><summary>(.*?)</summary>(.*?)</details>", page, re.DOTALL
        )
        rows = [part.count('<th scope="row"') for _words, part in parts]
        assert sum(rows) in (0, page.count('<th scope="row"'))
        return [(words, number) for (words, _part), number in zip(parts, rows, strict=True)]

    for number in range(10):
        add_customer(acme, f"{number}@c.example", client=f"Client {number}")
    assert folded() == []
    add_customer(acme, "10@c.example", client="Client 10")
    assert folded() == [("All 11 strata", 11)]
    for number in range(11, 101):
        add_customer(acme, f"{number}@c.example", client=f"Client {number}")
    assert folded() == [("The 100 largest of 101 strata", 100)]


def test_whoever_unsubscribed_is_one_press_away_and_nobody_of_other_teams(acme: Workspace) -> None:
    add_customers(acme, 3)
    survey = acme.survey("nps")
    id = launched(acme, survey)
    other = launched(acme, survey, name="Other", quiet_days=0)
    mail_all(acme)
    gone, of_ana, _other = requests_of(acme, id)
    ana = acme.member("Ana")
    team = acme.team("Support")
    acme.put_in(team, ana)
    with acme.world.app.app_context(), writing(db.session) as session:
        rows = session.query(Request).filter(Request.id.in_([gone.id, of_ana.id]))
        rows.update({"unsubscribed_at": acme.world.clock()})
        session.query(Request).filter(Request.id == of_ana.id).update({"member_id": ana})
    page = f"/console/campaigns/{id}"
    listed = f"/console/requests?campaign={id}&unsubscribed=yes"

    def names(client: FlaskClient, address: str = listed) -> int:
        """How many requests are listed, each of which says that it was used."""
        text = client.get(address).text
        assert text.count("Unsubscribed by its mail on") == text.count('class="cover"')
        return text.count('class="cover"')

    owner = acme.signed_in()
    link = re.search(r'<a href="([^"]+)"><strong>(.)</strong> unsub', owner.get(page).text)
    assert link
    assert (unescape(link[1]), link[2]) == (listed, "2")
    assert names(owner) == 2
    assert names(owner, f"/console/requests?campaign={other}&unsubscribed=yes") == 0
    assert 'name="unsubscribed" value="yes" checked' in owner.get(listed).text
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    assert "1 unsubscribed" in text_of(lead.get(page).text)
    assert names(lead) == 1
    nobody = acme.person("top@acme.example", "manager", leads=(acme.team("Top"),))
    assert "unsubscribed=yes" not in nobody.get(page).text
    assert names(nobody) == 0


def found_by(
    acme: Workspace, name: str, scores: dict[str, list[int]], survey: str, **details: Any
) -> int:
    """A campaign, to everybody unless `details` say otherwise, in which each segment's customers
    gave these scores, in turn."""
    id = launched(acme, survey, name=name, traits=("segment",), quiet_days=0, **details)
    mail_all(acme)
    left = {segment: list(given) for segment, given in scores.items()}
    for row in requests_of(acme, id):
        segment = row.properties["segment"]
        if left[segment]:
            answer(acme, survey, row.id, left[segment].pop(), attributes=row.properties)
    return id


def test_what_was_found_stands_beside_the_baseline_and_weighted(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 30, "gold", segment="Gold", client="Initech")
    add_customers(acme, 70, "tin", segment="Tin", client="Hooli")
    first = found_by(acme, "First", {"Gold": [0] * 20, "Tin": [9] * 10}, survey)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, first, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=1)
    second = found_by(acme, "Second", {"Gold": [10] * 30, "Tin": [3] * 10}, survey)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{second}").text)
    # 30 promoters and 10 detractors against 10 and 20.
    assert "NPS 50 " in page
    assert "Baseline: First, −33 (n = 30)" in page
    assert "+83" in page
    assert "more than chance" in page
    # All of the 30 % that are gold promote, all of the 70 % that are tin detract.
    assert "weighted −40 " in page
    assert "fairer than the plain one" in page
    assert "Gold 30 30 30 100 %" in page
    assert "Tin 70 70 70 14 %" in page
    assert re.search(r"By client Group .* Initech 100 .* Hooli −100", page)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{first}").text)
    assert "This is the baseline" in page


def test_too_few_answers_get_no_verdict_and_none_no_number(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 5, segment="Gold")
    first = found_by(acme, "First", {"Gold": [0] * 3}, survey)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, first, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=1)
    second = found_by(acme, "Second", {"Gold": [10] * 2}, survey)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{second}").text)
    assert "too few answers to tell" in page
    assert "few: read with care" in page
    assert "▲" not in page
    third = found_by(acme, "Third", {"Gold": []}, survey)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{third}").text)
    assert "NPS – n = 0" in page


def test_groups_are_compared_with_themselves_at_the_baseline(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 20, "gold", segment="Gold")
    add_customers(acme, 20, "tin", segment="Tin")
    scores = {"Gold": [10] * 20, "Tin": [0] * 20}
    first = found_by(acme, "First", scores, survey)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, first, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=1)
    second = found_by(acme, "Second", scores, survey)
    page = acme.signed_in().get(f"/console/campaigns/{second}").text
    assert "Against the same group of the baseline" in page
    assert "more than chance" not in page
    assert "▲" not in page


def test_a_baseline_whose_survey_calls_other_answers_satisfied_is_counted_alike(
    acme: Workspace,
) -> None:
    strict, mild = acme.survey("csat"), acme.survey("csat")
    acme.change(strict, positive_from=5)
    add_customers(acme, 12, segment="Gold")
    first = found_by(acme, "First", {"Gold": [4] * 12}, strict)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, first, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=1)
    second = found_by(acme, "Second", {"Gold": [4] * 12}, mild)
    page = text_of(acme.signed_in().get(f"/console/campaigns/{second}").text)
    assert re.search(r"Baseline: First, 100 ?%[^(]*\(n = 12\)", page)
    assert "calls other answers satisfied" in page


def test_requests_are_made_when_their_wave_says_so_though_somebody_was_erased(
    acme: Workspace,
) -> None:
    add_customers(acme, 10)
    id = launched(acme, acme.survey("nps"))
    mail_all(acme)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.query(Wave).update({"made": 9})
    page = acme.signed_in().get(f"/console/campaigns/{id}").text
    assert "All mails have left" in page
    assert "being made" not in page


def test_the_waves_of_a_repeated_campaign_are_looked_at_one_by_one(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 2, segment="Gold")
    id = launched(acme, survey, every="week", repeat=1, quiet_days=0)
    mail_all(acme)
    for row in requests_of(acme, id):
        answer(acme, survey, row.id, 10)
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, id, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=7)
    run(acme)
    client = acme.signed_in()
    page = text_of(client.get(f"/console/campaigns/{id}").text)
    assert "NPS – n = 0" in page
    assert "Baseline: Autumn, 100 (n = 2)" in page
    assert "NPS 100" in text_of(client.get(f"/console/campaigns/{id}?wave=1").text)


def test_of_one_kind_only_one_campaign_is_the_baseline(acme: Workspace) -> None:
    add_customers(acme, 1)
    one = launched(acme, acme.survey("nps"), name="One")
    two = launched(acme, acme.survey("nps"), name="Two")
    other = launched(acme, acme.survey("csat"), name="Other")
    client = acme.signed_in()
    for id in (one, other, two):
        post(client, f"/console/campaigns/{id}/baseline", f"/console/campaigns/{id}")
    marked = [id for id in (one, two, other) if stored_campaign(acme, id).is_baseline]
    assert marked == [two, other]
    post(client, f"/console/campaigns/{one}/not_baseline", f"/console/campaigns/{one}")
    assert stored_campaign(acme, two).is_baseline
    post(client, f"/console/campaigns/{two}/not_baseline", f"/console/campaigns/{two}")
    assert not stored_campaign(acme, two).is_baseline
    draft = campaign(acme, acme.survey("nps"))
    post(client, f"/console/campaigns/{draft}/baseline", f"/console/campaigns/{draft}")
    assert not stored_campaign(acme, draft).is_baseline


def test_a_copy_has_the_plan_and_a_seed_of_its_own(acme: Workspace) -> None:
    add_customers(acme, 1)
    id = launched(acme, acme.survey("nps"), spread_days=3)
    client = acme.signed_in()
    made = post(client, f"/console/campaigns/{id}/duplicate", f"/console/campaigns/{id}")
    copy = int(made.location.split("/")[-2])
    found, first = stored_campaign(acme, copy), stored_campaign(acme, id)
    assert (found.name, found.status, found.plan) == ("Autumn (copy)", "draft", first.plan)
    assert found.seed != first.seed
    assert client.get(made.location).status_code == 200


def test_a_draft_is_removed_and_what_was_launched_stays(acme: Workspace) -> None:
    add_customers(acme, 1)
    draft, sent = campaign(acme, acme.survey("nps")), launched(acme, acme.survey("nps"))
    client = acme.signed_in()
    for id in (draft, sent):
        post(client, f"/console/campaigns/{id}/remove", f"/console/campaigns/{id}")
    assert client.get(f"/console/campaigns/{draft}").status_code == 404
    assert stored_campaign(acme, sent).status == "running"


def test_a_rehearsal_goes_to_whoever_asks_for_it_and_to_nobody_else(acme: Workspace) -> None:
    add_customers(acme, 2)
    id = campaign(acme, acme.survey("nps"))
    client, path = acme.signed_in(), f"/console/campaigns/{id}"
    post(client, f"{path}/rehearse", path)
    assert acme.owner in client.get(path).text
    [written] = (acme.world.settings.data / "mail").glob("*.eml")
    assert f"To: {acme.owner}" in written.read_text()
    assert "Subject: [Rehearsal] " in written.read_text()
    assert requests_of(acme, id) == []


def test_a_rehearsal_is_the_campaigns_mail_in_each_language_of_its_customers(
    acme: Workspace,
) -> None:
    acme.member("Maria Silva", email="maria@acme.example")
    add_customers(acme, 3, "de", language="de", segment="Gold")
    add_customers(acme, 2, "at", language="de-AT", segment="Gold")
    add_customers(acme, 1, "pt", language="pt", segment="Gold")
    add_customers(acme, 1, "nobody", segment="Gold")
    add_customers(acme, 4, "fr", language="fr", segment="Tin")
    gold = audience(acme, Rule("segment", "is", "Gold"))
    id = campaign(acme, acme.survey("nps"), audience=gold)
    client, path = acme.signed_in(), f"/console/campaigns/{id}"
    post(client, f"{path}/rehearse", path)
    mails = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in (acme.world.settings.data / "mail").glob("*.eml")
    ]
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert all(mail["To"] == acme.owner for mail in mails)
    assert sorted(re.search(r"lang=(\w+)", text)[1] for text in texts) == ["de", "en", "pt"]
    # It asks about nobody in particular, as the campaign does.
    assert not any("Maria" in text for text in texts)


def test_a_manager_of_a_team_sees_no_customers_of_others_and_changes_nothing(
    acme: Workspace,
) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 12, segment="Gold")
    id = found_by(acme, "First", {"Gold": [9] * 12}, survey)
    lead = acme.person("lead@acme.example", "manager", leads=(acme.team("Top"),))
    page = lead.get(f"/console/campaigns/{id}").text
    assert "NPS – n = 0" in text_of(page)
    assert "You see what falls within your teams." in page
    assert "Pause" not in page
    listed = text_of(lead.get("/console/campaigns").text)
    assert "NPS Under way every customer once 0 0" in listed
    for client in (
        acme.person("all@acme.example", "manager", sees_all=True),
        acme.person("reads@acme.example", "viewer"),
    ):
        page = client.get(f"/console/campaigns/{id}").text
        assert "NPS 100" in text_of(page)
        assert "Pause" not in page


def test_a_manager_of_a_team_is_not_told_which_groups_the_workspace_has_nor_how_large_they_are(
    acme: Workspace,
) -> None:
    add_customers(acme, 7, "secret", client="SecretCorp")
    add_customers(acme, 6, "hidden", client="HiddenLtd")
    id = launched(acme, acme.survey("nps"), traits=("client",))
    path = f"/console/campaigns/{id}"
    lead = acme.person("lead@acme.example", "manager", leads=(acme.team("Top"),))
    with acme.world.app.app_context(), writing(db.session) as session:
        session.query(Wave).update({"made": 9, "status": "making"})
    page = lead.get(path).text
    for told in ("SecretCorp", "HiddenLtd", "Who answered", "weighted", "9 of 13"):
        assert told not in page
        assert told in acme.signed_in().get(path).text
    assert "Requests are being made." in page


def test_a_viewer_is_not_shown_whom_a_draft_would_ask(acme: Workspace) -> None:
    add_customers(acme, 3, segment="Gold")
    id = campaign(acme, acme.survey("nps"), traits=("segment",))
    client = acme.person("reads@acme.example", "viewer")
    page = client.get(f"/console/campaigns/{id}").text
    assert "would be asked" not in page
    assert "Launch" not in page


def test_nobody_opens_another_workspaces_campaign(acme: Workspace) -> None:
    other = make_workspace(acme.world, "Other", "o@o.example")
    add_customers(other, 1)
    id = launched(other, other.survey("nps"))
    client = acme.signed_in()
    assert client.get(f"/console/campaigns/{id}").status_code == 404
    assert post(client, f"/console/campaigns/{id}/stop", NEW.replace("/new", "")).status_code in (
        404,
        400,
    )
    assert stored_campaign(other, id).status == "running"


def rows_of(page: str) -> set[str]:
    """The ids of the listed responses."""
    return set(re.findall(r'href="/console/responses/([0-9a-f-]{36})', page))


def test_the_groups_of_answers_lead_to_just_those(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    add_customers(any_acme, 6, segment="Gold")
    found_by(any_acme, "First", {"Gold": [9, 0]}, survey)
    any_acme.world.clock.pass_time(days=1)
    id = found_by(any_acme, "Second", {"Gold": [10, 9, 8, 3, 0]}, survey)
    answer_survey(any_acme, survey, 10)
    client = any_acme.signed_in()
    page = client.get(f"/console/campaigns/{id}").text
    links = re.findall(r'<li><a href="([^"]+)"><strong>(\d+)</strong> (\w+)</a>', page)
    assert [(number, words) for _address, number, words in links] == [
        ("2", "Promoters"),
        ("1", "Passives"),
        ("2", "Detractors"),
    ]
    for address, number, _words in links:
        assert len(rows_of(client.get(unescape(address)).text)) == int(number)
    everything = client.get(f"/console/responses?campaign={id}").text
    assert len(rows_of(everything)) == 5
    assert "Campaign: Second" in everything
    assert rows_of(client.get("/console/responses?campaign=999").text) == set()
    assert rows_of(client.get("/console/responses?campaign=x").text) == set()


def test_the_responses_of_one_wave_are_found_with_other_filters_and_in_files(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey("csat")
    add_customers(any_acme, 3)
    id = launched(any_acme, survey, every="week", repeat=1, quiet_days=0)
    mail_all(any_acme)
    answer(any_acme, survey, requests_of(any_acme, id)[0].id, 5, ref="first")
    any_acme.world.clock.pass_time(days=7)
    run(any_acme)
    mail_all(any_acme)
    newest = max(row.wave_id or 0 for row in requests_of(any_acme, id))
    second = [row for row in requests_of(any_acme, id) if row.wave_id == newest]
    answer(any_acme, survey, second[0].id, 5, ref="second", comment="So quick")
    answer(any_acme, survey, second[1].id, 1, ref="third")
    client = any_acme.signed_in()
    page = client.get(f"/console/campaigns/{id}?wave=2").text
    links = re.findall(r'<li><a href="([^"]+)"><strong>(\d+)</strong> ([^<]+)</a>', page)
    assert [(number, words) for _address, number, words in links] == [
        ("1", "Positive"),
        ("1", "Negative"),
    ]
    for query, number in (
        (f"campaign={id}", 3),
        (f"campaign={id}&wave=2", 2),
        (f"campaign={id}&wave=1&wave=2", 3),
        (f"campaign={id}&wave=2&mood=positive", 1),
        (f"campaign={id}&q=quick", 1),
        (f"campaign={id}&tag=none-such", 0),
        (f"campaign={id}&tag=a&tag=b", 0),
        (f"campaign={id}&client=-", 3),
    ):
        assert len(rows_of(client.get(f"/console/responses?{query}").text)) == number, query
    number = client.get(f"/console/responses/number?campaign={id}").text
    assert "3" in number
    assert Program(any_acme).refs(f"?campaign={id}") == ["third", "second", "first"]
    assert "There is no campaign" in Program(any_acme).get("?campaign=99").json["detail"]


def test_a_manager_finds_no_answers_of_a_campaign_beyond_their_teams(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    add_customers(any_acme, 2, segment="Gold")
    id = found_by(any_acme, "Autumn", {"Gold": [10, 0]}, survey)
    client = any_acme.person("lead@acme.example", "manager", leads=(any_acme.team("Top"),))
    assert rows_of(client.get(f"/console/responses?campaign={id}").text) == set()
