"""Which ability of a key each method of the API needs, and that a key opens one workspace only."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from werkzeug.routing import Rule

from tests.builders import Workspace, add_customer, add_request, answer_survey, make_workspace, post
from tests.campaigning import audience, campaign, launch, steer
from tests.following import user_id
from tests.web.test_route_classes import rules
from widget.actions.open_follow_up import open_by_hand
from widget.actions.steer_campaign import pause_campaign
from widget.domain.audiences import Rule as Condition
from widget.domain.roles import KEY_ABILITIES, KeyAbility
from widget.extensions import db
from widget.storage.accounts import api_keys
from widget.storage.ids import new_id

NEEDS: dict[tuple[str, str], KeyAbility] = {
    ("api.Audiences", "GET"): "read",
    ("api.CampaignLaunch", "POST"): "write",
    ("api.CampaignPause", "POST"): "write",
    ("api.CampaignResumption", "POST"): "write",
    ("api.CampaignStop", "POST"): "write",
    ("api.Campaigns", "GET"): "read",
    ("api.Campaigns", "POST"): "write",
    ("api.Cancellation", "POST"): "write",
    ("api.Customers", "GET"): "read",
    ("api.Customers", "PUT"): "write",
    ("api.FollowUps", "GET"): "read",
    ("api.OneCampaign", "GET"): "read",
    ("api.OneCustomer", "DELETE"): "write",
    ("api.OneCustomer", "GET"): "read",
    ("api.OneFollowUp", "GET"): "read",
    ("api.OneFollowUp", "PATCH"): "write",
    ("api.OneRequest", "GET"): "read",
    ("api.Replies", "GET"): "read",
    ("api.Replies", "POST"): "write",
    ("api.Requests", "GET"): "read",
    ("api.Requests", "POST"): "write",
    ("api.Responses", "GET"): "read",
    ("api.Scores", "GET"): "read",
    ("api.Testimonials", "GET"): "read",
}


def a_draft(acme: Workspace) -> int:
    add_customer(acme, f"{new_id().hex}@c.example")
    return campaign(acme, acme.survey())


def under_way(acme: Workspace) -> int:
    launch(acme, id := a_draft(acme))
    return id


def paused(acme: Workspace) -> int:
    steer(acme, pause_campaign, id := under_way(acme))
    return id


def a_response(acme: Workspace) -> UUID:
    return UUID(answer_survey(acme, acme.survey(), 1, customer_email="kim@c.example"))


def a_follow_up(acme: Workspace) -> UUID:
    response = a_response(acme)
    by, at = user_id(acme, acme.owner), acme.world.clock()
    with acme.world.app.app_context():
        return open_by_hand(db.session(), acme.id, response, user_id=by, at=at).id


# How to make what a route's id names. Whoever adds a route with another id adds it here.
THINGS: dict[str, Callable[[Workspace], Any]] = {
    "campaign_id": under_way,
    "customer_id": lambda acme: add_customer(acme, f"{new_id().hex}@c.example"),
    "follow_up_id": a_follow_up,
    "response_id": a_response,
    "request_id": lambda acme: add_request(acme, acme.survey())[0],
}
# Where a route needs one in another state.
THINGS_OF: dict[str, Callable[[Workspace], Any]] = {
    "api.CampaignLaunch": a_draft,
    "api.CampaignResumption": paused,
}


def methods(acme: Workspace) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in rules(acme.world.app)
        if rule.endpoint.startswith("api.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path(rule: Rule, acme: Workspace) -> str:
    make = THINGS_OF.get(rule.endpoint)
    built = rule.build({name: (make or THINGS[name])(acme) for name in rule._converters})
    assert built
    return built[1]


def call(acme: Workspace, key: str, path: str, method: str) -> int:
    """A route's status for a key; what is sent is complete where something is."""
    said = {"email": "kim@c.example"}
    body: dict[str, Any] = {"channel": "chat", "customer": said, "customers": [said]}
    if path.endswith("/replies"):
        body = {"text": "We are sorry."}
    headers = {"Authorization": f"Bearer {key}"}
    if method == "PATCH":
        body = {"status": "waiting"}
    json = body if method in ("POST", "PUT", "PATCH") else None
    path = f"{path}?metric=stars" if path.endswith("/scores") else path
    return acme.world.client().open(path, method=method, headers=headers, json=json).status_code


def test_every_method_of_the_api_declares_what_it_needs(acme: Workspace) -> None:
    views = acme.world.app.view_functions
    declared = {
        (rule.endpoint, method): getattr(
            getattr(views[rule.endpoint].view_class, method.lower()),  # type: ignore[attr-defined]
            "key_ability",
            None,
        )
        for rule, method in methods(acme)
    }
    assert declared == NEEDS


@pytest.mark.parametrize("ability", KEY_ABILITIES)
def test_a_key_does_what_it_may_and_nothing_else(acme: Workspace, ability: KeyAbility) -> None:
    key = acme.api_key(ability)
    acme.survey()
    for rule, method in methods(acme):
        status = call(acme, key, path(rule, acme), method)
        is_allowed = NEEDS[rule.endpoint, method] == ability
        assert (status == 403) == (not is_allowed), (rule, method, status)
        if is_allowed and not rule._converters:
            assert status < 400 or method == "POST", (rule, method, status)


def test_a_key_that_may_not_is_told_nothing_about_what_it_sent(acme: Workspace) -> None:
    headers = {"Authorization": f"Bearer {acme.api_key('read')}"}
    answer = acme.world.client().post("/api/v1/requests", headers=headers, json={"channel": 1})
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["detail"] == "This API key may not write; make one that may."


def test_what_belongs_to_another_workspace_is_not_there(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    key = acme.api_key()
    for rule, method in methods(acme):
        if rule._converters:
            assert call(acme, key, path(rule, acme), method) in (200, 201), (rule, method)
            assert call(acme, key, path(rule, rival), method) == 404, (rule, method)
    theirs = rival.survey()
    answer_survey(rival, theirs, 5, ref="theirs")
    add_request(rival, theirs)
    campaign(rival, theirs, name="theirs")
    audience(rival, Condition("segment", "is", "Gold"), name="theirs")
    a_follow_up(rival)

    def items(of: Workspace, name: str) -> Any:
        headers = {"Authorization": f"Bearer {of.api_key('read')}"}
        told = of.world.client().get(f"/api/v1/{name}", headers=headers).json
        return told["items"] if told else None

    for name in ("responses", "requests", "campaigns", "audiences", "follow-ups"):
        ids = {one["id"] for one in items(rival, name)}
        assert ids
        assert ids.isdisjoint(one["id"] for one in items(acme, name)), name
    headers = {"Authorization": f"Bearer {key}"}
    body = {"survey": theirs, "channel": "chat", "customer": {"email": "kim@c.example"}}
    asked = acme.world.client().post("/api/v1/requests", headers=headers, json=body)
    assert asked.status_code == 422


def test_mails_that_came_back_are_reported_with_a_key_that_may_write(acme: Workspace) -> None:
    for ability, status in (("read", 403), ("write", 200)):
        key = acme.api_key(ability)
        answer = acme.world.client().post(f"/api/v1/bounces/postmark?key={key}", json={})
        assert answer.status_code == status


def test_a_new_key_does_what_was_ticked(acme: Workspace) -> None:
    alice = acme.signed_in()
    for ticked, may in (
        ({"may_read": "y"}, {"read"}),
        ({"may_write": "y"}, {"write"}),
        ({"may_read": "y", "may_write": "y"}, {"read", "write"}),
    ):
        assert post(alice, "/console/keys", name="Reports", **ticked).status_code == 303
        with acme.world.app.app_context():
            assert api_keys(db.session(), acme.id)[0].abilities == may
    none = post(alice, "/console/keys", name="Nothing")
    assert none.status_code == 422
    assert "Tick at least one" in none.text


def test_the_description_tells_what_a_key_must_be_allowed_to(acme: Workspace) -> None:
    spec = acme.world.client().get("/api/openapi.json").json
    assert spec is not None
    requests = spec["paths"]["/api/v1/requests"]
    assert requests["post"]["security"] == [{"key": ["write"]}]
    assert requests["get"]["security"] == [{"key": ["read"]}]
    page = acme.world.client().get("/api/docs").text
    assert "The key must be allowed to:" in page
