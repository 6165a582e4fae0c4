"""`/api/v1/campaigns` and `/api/v1/audiences`: planned, steered, and read."""

from typing import Any

import pytest

from tests.builders import Workspace, make_workspace
from tests.campaigning import (
    add_customer,
    add_customers,
    audience,
    campaign,
    customer_list,
    emails_asked,
    launched,
    requests_of,
    run,
    stored_campaign,
)
from tests.web.api.calling import Program
from tests.web.api.describing import description, unlike, unlike_answer
from tests.web.console.test_campaigns import found_by, mail_all, text_of
from widget.actions.change_campaigns import mark_baseline
from widget.domain.audiences import Rule
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Event, Request

ONE = "/api/v1/campaigns/{campaign_id}"


def baseline(acme: Workspace, id: int) -> None:
    with acme.world.app.app_context():
        mark_baseline(db.session(), acme.id, id, is_baseline=True, at=acme.world.clock())
    acme.world.clock.pass_time(days=1)


def test_campaigns_are_listed_newest_first_a_page_at_a_time(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    ids = [campaign(any_acme, survey, name=f"No. {number}") for number in range(5)]
    program, seen, query = Program(any_acme), [], "campaigns?limit=2"
    for _page in range(3):
        page = program.get(query).json
        assert page is not None
        seen += [one["id"] for one in page["items"]]
        query = f"campaigns?limit=2&cursor={page['next']}"
    assert page["next"] is None
    assert seen == ids[::-1]


def test_the_list_tells_how_many_were_sent_and_answered(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 3, segment="Gold")
    some = audience(acme, Rule("segment", "is", "Gold"), name="Gold ones")
    id = found_by(acme, "Autumn", {"Gold": [9]}, survey, audience=some)
    answer = Program(acme).get("campaigns")
    assert unlike_answer(acme, "/api/v1/campaigns", "get", answer.json) == []
    [one] = answer.json["items"]  # type: ignore[index]
    assert (one["id"], one["sent"], one["answered"]) == (id, 3, 1)
    assert (one["metric"], one["survey"], one["status"]) == ("nps", survey, "running")
    assert one["audience"] == {"id": some, "name": "Gold ones"}
    assert one["excluded"] is None


def test_status_and_survey_narrow_the_list(acme: Workspace) -> None:
    add_customers(acme, 1)
    nps, csat = acme.survey("nps"), acme.survey("csat")
    campaign(acme, nps, name="Draft")
    launched(acme, nps, name="Running")
    launched(acme, csat, name="Other")
    program = Program(acme)

    def names(query: str) -> list[str]:
        return [one["name"] for one in program.items(f"campaigns?{query}")]

    assert names("status=draft") == ["Draft"]
    assert names("status=running") == ["Other", "Running"]
    assert names(f"survey={nps}&status=running") == ["Running"]
    assert names("survey=nosuchsurvey") == []


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("campaigns?status=lost", 422, "“status”"),
        ("campaigns?limit=0", 422, "“limit”: Write a number from 1 to 200."),
        ("campaigns?cursor=made-up", 400, "cursor"),
        ("campaigns?sort=name", 422, "There is no such parameter."),
        ("campaigns/1?wave=x", 422, "“wave”"),
        ("campaigns/1?wve=1", 422, "There is no such parameter."),
        ("campaigns/99", 404, "no such campaign"),
        ("audiences?limit=51", 422, "“limit”: Write a number from 1 to 50."),
        ("audiences?cursor=made-up", 400, "cursor"),
    ],
)
def test_a_wrong_query_is_explained(acme: Workspace, path: str, status: int, says: str) -> None:
    answer = Program(acme).get(path)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert says in answer.json["detail"]  # type: ignore[index]


def test_the_cursor_of_one_sort_of_list_is_none_of_another(acme: Workspace) -> None:
    survey = acme.survey("nps")
    for number in range(2):
        campaign(acme, survey, name=f"No. {number}")
    program = Program(acme)
    cursor = program.get("campaigns?limit=1").json["next"]  # type: ignore[index]
    for other in ("responses", "audiences", "testimonials"):
        assert program.get(f"{other}?cursor={cursor}").status_code == 400


def test_a_draft_has_a_plan_and_nothing_to_tell_yet(acme: Workspace) -> None:
    id = campaign(acme, acme.survey("nps"), who="sample", number=40, sized_by="number")
    told = Program(acme).told(f"campaigns/{id}")
    assert unlike_answer(acme, ONE, "get", told) == []
    assert (told["plan"]["who"], told["plan"]["number"]) == ("sample", 40)
    assert (told["waves"], told["progress"], told["results"]) == ([], None, None)


def test_how_far_it_has_come_is_told_by_state_and_reason(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey("nps")
    add_customers(acme, 4, segment="Gold")
    id = found_by(acme, "Autumn", {"Gold": [9]}, survey)
    rows = [row for row in requests_of(acme, id) if row.status != "answered"]
    with acme.world.app.app_context(), writing(db.session) as session:
        one = session.query(Request).filter(Request.id == rows[0].id)
        one.update({"status": "bounced"})
        two = session.query(Request).filter(Request.id == rows[1].id)
        two.update({"status": "not_sent", "why": "unsubscribed"})
        three = session.query(Request).filter(Request.id == rows[2].id)
        three.update({"unsubscribed_at": acme.world.clock()})
    told = Program(acme).told(f"campaigns/{id}")
    assert unlike_answer(acme, ONE, "get", told) == []
    assert told["progress"] == {
        "wanted": 4,
        "made": 4,
        "complete": True,
        "scheduled": 0,
        "sent": 3,
        "bounced": 1,
        "answered": 1,
        "unsubscribed": 1,
        "not_sent": 1,
        "reasons": [
            {"why": "unsubscribed", "why_text": "The customer has unsubscribed.", "number": 1}
        ],
    }


def test_what_was_found_is_what_the_page_shows(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey("nps")
    add_customers(acme, 30, "gold", segment="Gold", client="Initech")
    add_customers(acme, 70, "tin", segment="Tin", client="Hooli")
    first = found_by(acme, "First", {"Gold": [0] * 20, "Tin": [9] * 10}, survey)
    baseline(acme, first)
    second = found_by(acme, "Second", {"Gold": [10] * 30, "Tin": [3] * 10}, survey)
    told = Program(acme).told(f"campaigns/{second}")
    assert unlike_answer(acme, ONE, "get", told) == []
    results = told["results"]
    # 30 promoters and 10 detractors against 10 and 20.
    assert (results["value"], results["n"]) == (50, 40)
    assert results["low"] < 50 < results["high"]
    assert results["baseline"]["id"] == first
    assert round(results["baseline"]["value"]) == -33
    assert round(results["change"]["difference"]) == 83
    assert results["change"]["verdict"] == "higher"
    # All of the 30 % that are gold promote, all of the 70 % that are tin detract.
    assert results["weighted"]["value"] == pytest.approx(-40)
    assert results["unequal"] is True
    rates = [(one["values"], one["response_rate"]["value"]) for one in results["strata"]]
    assert rates == [(["Tin"], pytest.approx(100 / 7)), (["Gold"], 100)]
    assert results["smaller_strata"] is None
    assert [(one["name"], one["n"]) for one in results["clients"]] == [
        ("Initech", 30),
        ("Hooli", 10),
    ]
    page = text_of(acme.signed_in().get(f"/console/campaigns/{second}").text)
    for shown in ("NPS 50 ", "First, −33 (n = 30)", "+83", "weighted −40 ", "Gold 30 30 30 100 %"):
        assert shown in page


def test_nothing_is_told_where_nobody_has_answered_and_no_verdict_of_few(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 5, segment="Gold")
    baseline(acme, found_by(acme, "First", {"Gold": [0] * 3}, survey))
    few = found_by(acme, "Second", {"Gold": [10] * 2}, survey)
    results = Program(acme).told(f"campaigns/{few}")["results"]
    assert (results["n"], results["change"]["p"], results["change"]["verdict"]) == (2, None, None)
    acme.world.clock.pass_time(days=1)
    none = found_by(acme, "Third", {"Gold": []}, survey)
    results = Program(acme).told(f"campaigns/{none}")["results"]
    assert (results["value"], results["low"], results["n"]) == (None, None, 0)


def test_the_waves_of_a_repeated_campaign_are_told_one_by_one(acme: Workspace) -> None:
    survey = acme.survey("nps")
    add_customers(acme, 2, segment="Gold")
    id = found_by(acme, "Weekly", {"Gold": [10, 10]}, survey, every="week", repeat=1)
    acme.world.clock.pass_time(days=7)
    run(acme)
    program = Program(acme)
    assert program.told(f"campaigns/{id}")["results"]["value"] is None
    assert program.told(f"campaigns/{id}?wave=1")["results"]["value"] == 100
    assert [wave["number"] for wave in program.told(f"campaigns/{id}")["waves"]] == [2, 1]


def test_a_wave_that_there_is_not_is_not_answered_with_another(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey("nps")
    add_customers(acme, 2, segment="Gold")
    id = found_by(acme, "Once", {"Gold": [10, 10]}, survey)
    draft = campaign(acme, survey, name="Draft")
    for wanted, wave in ((id, 2), (draft, 1)):
        answer = Program(acme).get(f"campaigns/{wanted}?wave={wave}")
        assert answer.status_code == 404
        assert "no such wave" in answer.json["detail"]  # type: ignore[index]
        page = acme.signed_in().get(f"/console/campaigns/{wanted}?wave={wave}")
        assert (page.status_code, "no such wave" in page.text) == (404, True)


def test_strata_of_few_customers_are_told_together_without_what_they_said(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    survey = acme.survey("nps")
    add_customers(acme, 1, "vip", segment="Head of Initech")
    add_customers(acme, 4, "few", segment="Few")
    add_customers(acme, 20, "tin", segment="Tin")
    scores = {"Head of Initech": [0], "Few": [9], "Tin": [9] * 5}
    id = found_by(acme, "Autumn", scores, survey)
    told = Program(acme).told(f"campaigns/{id}")
    assert unlike_answer(acme, ONE, "get", told) == []
    results = told["results"]
    assert [(one["values"], one["customers"]) for one in results["strata"]] == [(["Tin"], 20)]
    assert results["smaller_strata"] == {
        "strata": 2,
        "customers": 5,
        "to_be_asked": 5,
        "sent": 5,
    }
    # What they said counts in the numbers of all.
    assert results["n"] == 7


def test_a_refused_address_is_bounced_and_not_sent(any_acme: Workspace) -> None:
    acme = any_acme
    add_customers(acme, 3, segment="Gold")
    id = found_by(acme, "Autumn", {"Gold": [9]}, acme.survey("nps"))
    rows = [row for row in requests_of(acme, id) if row.status != "answered"]
    with acme.world.app.app_context(), writing(db.session) as session:
        came_back = session.query(Request).filter(Request.id == rows[0].id)
        came_back.update({"status": "bounced"})
        refused = session.query(Request).filter(Request.id == rows[1].id)
        refused.update({"status": "bounced", "why": "address_refused"})
    progress = Program(acme).told(f"campaigns/{id}")["progress"]
    counted = {name: progress[name] for name in ("sent", "bounced", "answered", "not_sent")}
    assert counted == {"sent": 2, "bounced": 2, "answered": 1, "not_sent": 1}
    described = description(acme)["components"]["schemas"]["Progress"]["properties"]
    assert "in “sent” as well, the second in “not_sent”" in described["bounced"]["description"]
    assert "in “bounced” as well" in described["not_sent"]["description"]


def test_it_is_launched_paused_resumed_and_stopped(any_acme: Workspace) -> None:
    acme = any_acme
    add_customers(acme, 2)
    id = campaign(acme, acme.survey("nps"))
    program = Program(acme)
    for verb, status in (
        ("launch", "scheduled"),
        ("pause", "paused"),
        ("resume", "scheduled"),
        ("stop", "stopped"),
    ):
        answer = program.post(f"campaigns/{id}/{verb}")
        assert answer.status_code == 200, answer.text
        assert answer.json["status"] == stored_campaign(acme, id).status == status  # type: ignore[index]


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("launch", "Nobody of this audience has an address"),
        ("pause", "Only a campaign that is under way can be paused."),
        ("resume", "Only a paused campaign can be resumed."),
        ("stop", "This campaign is over."),
    ],
)
def test_what_cannot_be_done_now_is_explained(acme: Workspace, verb: str, says: str) -> None:
    id = campaign(acme, acme.survey("nps"))
    answer = Program(acme).post(f"campaigns/{id}/{verb}")
    assert answer.status_code == 409
    assert says in answer.json["detail"]  # type: ignore[index]
    assert stored_campaign(acme, id).status == "draft"


def test_a_campaign_is_planned_launched_and_sent_by_a_program(any_acme: Workspace) -> None:
    acme = any_acme
    survey = acme.survey("nps")
    add_customer(acme, "gold@c.example", segment="Gold")
    add_customer(acme, "gone@c.example", segment="Gold")
    add_customer(acme, "tin@c.example", segment="Tin")
    some = audience(acme, Rule("segment", "is", "Gold"), name="Gold ones")
    left_out = customer_list(acme, ["gone@c.example"])
    program = Program(acme)
    body = {
        "name": "Autumn",
        "survey": survey,
        "audience": some,
        "excluded": left_out,
        "plan": {"hours_from": 0, "hours_until": 24, "traits": ["segment"], "reminders": 1},
    }
    made = program.post("campaigns", body)
    assert made.status_code == 201, made.text
    assert unlike_answer(acme, "/api/v1/campaigns", "post", made.json, status="201") == []
    id = made.json["id"]  # type: ignore[index]
    found = stored_campaign(acme, id)
    assert (found.status, found.plan.reminders, found.plan.traits) == ("draft", 1, ("segment",))
    # What was not said is as a new campaign in the console has it.
    assert (found.plan.quiet_days, found.plan.who) == (30, "everybody")
    assert program.post(f"campaigns/{id}/launch").status_code == 200
    run(acme)
    mail_all(acme)
    assert emails_asked(acme, id) == ["gold@c.example"]
    with acme.world.app.app_context():
        kept = db.session.query(Event).filter(Event.name.startswith("campaign.")).all()
        told = {"by": None, "campaign": id, "by_key": "Desk"}
        assert [one.data for one in kept] == [told, told]
    assert program.told(f"campaigns/{id}")["sent"] == 1


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"name": ""}, "name", "A campaign needs a name."),
        ({"name": None}, "name", "null"),
        ({"survey": "nosuchsurvey"}, "survey", "Choose a survey."),
        ({"audience": 99}, "audience", "Choose an audience."),
        ({"audience": "x"}, "audience", "integer"),
        ({"plan": {"spread_days": 400}}, "plan.spread_days", "Choose a number from 1 to 90."),
        ({"plan": {"who": "friends"}}, "plan.who", "one of"),
        ({"plan": {"starts_on": "soon"}}, "plan.starts_on", "date"),
        ({"plan": {"traits": ["shoes"]}}, "plan.traits", "told apart by"),
        ({"plan": {"quiet": 3}}, "plan.quiet", "no such field"),
        ({"plan": {"number": 10**30}}, "plan.number", "Choose a number from"),
        ({"plan": {"margin": "NaN"}}, "plan.margin", "not permitted"),
        ({"starts_on": "2026-12-01"}, "starts_on", "no such field"),
        ({"plan": {"every": "month", "repeat": 1}}, "plan.quiet_days", "26 days at most"),
    ],
)
def test_what_cannot_be_of_a_plan_is_told_by_field_and_nothing_is_kept(
    acme: Workspace, change: dict[str, Any], place: str, says: str
) -> None:
    body = {"name": "Autumn", "survey": acme.survey("nps"), **change}
    answer = Program(acme).post("campaigns", body)
    assert answer.status_code == 422, answer.text
    assert says in " ".join(answer.json["errors"][place])  # type: ignore[index]
    assert Program(acme).items("campaigns") == []


def test_a_call_that_is_repeated_with_its_key_plans_one_campaign(any_acme: Workspace) -> None:
    acme = any_acme
    body = {"name": "Autumn", "survey": acme.survey("nps"), "plan": {"margin": 7}}
    program = Program(acme)
    first, again = (program.post("campaigns", body, key="autumn") for _call in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(program.items("campaigns")) == 1
    other = program.post("campaigns", {**body, "name": "Winter"}, key="autumn")
    assert other.status_code == 409
    assert "different campaign" in other.json["detail"]  # type: ignore[index]
    in_body = {**body, "idempotency_key": "autumn"}
    assert program.post("campaigns", in_body).json == first.json
    for _call in range(2):
        program.post("campaigns", body)
    assert len(program.items("campaigns")) == 3
    assert program.post("campaigns", body, key="x" * 201).status_code == 422


def test_a_key_of_one_workspace_is_not_met_by_anothers(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    mine, theirs = (
        Program(one).post("campaigns", {"name": "A", "survey": one.survey("nps")}, key="same")
        for one in (acme, rival)
    )
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]  # type: ignore[index]
    theirs_audience = audience(rival, Rule("segment", "is", "Gold"))
    body = {"name": "A", "survey": acme.survey("nps"), "audience": theirs_audience}
    assert Program(acme).post("campaigns", body).status_code == 422


def test_audiences_are_listed_with_how_many_customers_each_has_now(any_acme: Workspace) -> None:
    acme = any_acme
    add_customers(acme, 3, "gold", segment="Gold")
    add_customers(acme, 2, "tin", segment="Tin")
    audience(acme, Rule("segment", "is", "Gold"), name="Gold ones")
    customer_list(acme, ["tin0@c.example"], name="A list")
    program = Program(acme)
    answer = program.get("audiences")
    assert unlike_answer(acme, "/api/v1/audiences", "get", answer.json) == []
    told = [(one["name"], one["kind"], one["customers"]) for one in program.items("audiences")]
    assert told == [("Gold ones", "rules", 3), ("A list", "list", 1)]
    add_customers(acme, 1, "more", segment="Gold")
    assert program.items("audiences")[0]["customers"] == 4
    page = program.get("audiences?limit=1").json
    assert page is not None
    rest = program.items(f"audiences?limit=1&cursor={page['next']}")
    assert [one["name"] for one in page["items"] + rest] == ["Gold ones", "A list"]


def test_a_key_for_tests_knows_no_campaigns_and_no_audiences(acme: Workspace) -> None:
    survey = acme.survey("nps")
    id = campaign(acme, survey)
    program = Program(acme, is_test=True)
    for path in ("campaigns", f"campaigns/{id}", "audiences"):
        answer = program.get(path)
        assert answer.status_code == 403
        assert "for tests" in answer.json["detail"]  # type: ignore[index]
    assert program.post(f"campaigns/{id}/stop").status_code == 403
    assert program.post("campaigns", {"name": "A", "survey": survey}).status_code == 403
    assert stored_campaign(acme, id).status == "draft"


def test_the_example_of_the_description_is_as_described(acme: Workspace) -> None:
    spec = description(acme)
    answer = spec["paths"][ONE]["get"]["responses"]["200"]["content"]["application/json"]
    assert unlike(spec, answer["schema"], answer["example"]) == []
    assert set(answer["example"]) == set(spec["components"]["schemas"]["Campaign"]["properties"])
