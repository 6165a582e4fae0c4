"""The `webhooks` of the API's description say what is really sent."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.builders import Workspace
from tests.following import HOME
from tests.outbound.test_webhooks import Program, matched, send
from tests.ruling import make_webhook
from tests.web.api.describing import description, unlike
from widget.actions.change_webhooks import change_secret, try_webhook
from widget.domain.retries import MOST_ATTEMPTS
from widget.domain.surveys import Question
from widget.domain.webhooks import EVENTS, Event
from widget.extensions import db


def described(acme: Workspace, event: Event) -> Any:
    """The description's operation of an event."""
    return description(acme)["webhooks"][event]["post"]


def problems(acme: Workspace, event: Event, body: object) -> list[str]:
    """What of a body is not as described."""
    schema = described(acme, event)["requestBody"]["content"]["application/json"]["schema"]
    return unlike(description(acme), schema, body)


def header_problems(told: Any, headers: Any) -> list[str]:
    return [
        f"{one['name']}: {error.message}"
        for one in told["parameters"]
        for error in Draft202012Validator(one["schema"]).iter_errors(headers.get(one["name"]))
    ]


def tried(acme: Workspace) -> Program:
    """What leaves when a webhook is tried, to a program of its own."""
    hook, program = make_webhook(acme), Program()
    with acme.world.app.app_context():
        try_webhook(db.session(), acme.id, hook, home=HOME, at=acme.world.clock())
    send(acme, program)
    return program


def test_every_event_is_described_with_an_example_that_fits(acme: Workspace) -> None:
    assert tuple(description(acme)["webhooks"]) == EVENTS
    for event in EVENTS:
        told = described(acme, event)
        example = told["requestBody"]["content"]["application/json"]["example"]
        assert example["type"] == event
        assert problems(acme, event, example) == []
        assert (
            header_problems(told, {one["name"]: one["example"] for one in told["parameters"]}) == []
        )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {
            "comment": "Too slow 🐌",
            "reasons": ("fast",),
            "member": "ana@acme.example",
            "customer_email": "kim@c.example",
            "wants_contact": True,
            "contact": "030 123456",
            "attributes": {"plan": "pro"},
            "scores": {"nps": 3},
        },
    ],
    ids=["bare", "full"],
)
def test_what_a_rule_sends_is_as_described(any_acme: Workspace, said: dict[str, Any]) -> None:
    any_acme.member("Ana", email="ana@acme.example")
    program = Program()
    survey = any_acme.survey()
    any_acme.change(survey, extras=(Question("nps", "numbers"),))
    matched(any_acme, survey, **said)
    assert send(any_acme, program) == 1
    told = described(any_acme, "response.matched")
    assert problems(any_acme, "response.matched", program.body) == []
    assert header_problems(told, program.taken[0][2]) == []
    properties = description(any_acme)["components"]["schemas"]["Response"]["properties"]
    assert set(program.data["response"]) == set(properties)


def test_what_a_try_sends_is_as_described(acme: Workspace) -> None:
    program = tried(acme)
    told = described(acme, "webhook.test")
    assert program.body["type"] == "webhook.test"
    assert problems(acme, "webhook.test", program.body) == []
    assert header_problems(told, program.taken[0][2]) == []


def test_two_signatures_after_a_change_of_secrets_are_as_described(acme: Workspace) -> None:
    hook, _id = matched(acme)
    with acme.world.app.app_context():
        change_secret(db.session(), acme.id, hook, by=None, at=acme.world.clock())
    program = Program()
    send(acme, program)
    signature = program.taken[0][2]["webhook-signature"]
    assert len(signature.split(" ")) == 2
    assert header_problems(described(acme, "response.matched"), program.taken[0][2]) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [("type", "webhook.test"), ("timestamp", "yesterday"), ("more", 1), ("data", {})],
)
def test_what_is_not_sent_does_not_fit(acme: Workspace, place: str, value: object) -> None:
    told = described(acme, "response.matched")
    example = told["requestBody"]["content"]["application/json"]["example"]
    assert problems(acme, "response.matched", {**example, place: value})


def test_how_often_it_is_tried_is_said_as_it_is(acme: Workspace) -> None:
    told = described(acme, "response.matched")["responses"]["default"]["description"]
    assert MOST_ATTEMPTS == 7
    assert "up to six times" in told


def test_the_page_for_people_leads_to_each_of_its_parts(acme: Workspace) -> None:
    page = acme.world.client().get("/api/docs").text
    links = re.findall(r'<a href="#([^"]+)">', page)
    spec = description(acme)
    methods = [key for one in spec["paths"].values() for key in one if key != "parameters"]
    assert len(links) == len(set(links)) == len(methods) + len(EVENTS)
    assert set(links) <= set(re.findall(r'<section class="card" id="([^"]+)">', page))


def test_the_page_for_people_has_the_events_as_well(acme: Workspace) -> None:
    page = acme.world.client().get("/api/docs").text
    for words in ("Webhook response.matched", "Webhook webhook.test", "webhook-signature"):
        assert words in page
