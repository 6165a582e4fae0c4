"""The pages of alerts: rules, and where alerts go."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tests.builders import Workspace, make_workspace, post
from tests.following import alerts, set_alerts, user_id
from widget.domain.alert_rules import NEVER, OFF, AlertRule
from widget.extensions import db
from widget.storage.alert_rules import ChatChannel, Rules, channels_of, rules_of
from widget.storage.engine import writing
from widget.storage.models import Message, Survey

SLACK = "https://hooks.slack.com/services/T0/B0/s3cr3tKx2"
PAGE = "/console/alerts"
FORM: Mapping[str, Any] = {"is_on": "1", "on_contact": "1", "mail_assignee": "1"}


def rules(acme: Workspace) -> Rules:
    with acme.world.app.app_context():
        return rules_of(db.session(), acme.id)


def channels(acme: Workspace) -> list[ChatChannel]:
    with acme.world.app.app_context():
        return channels_of(db.session(), acme.id)


def add(acme: Workspace, **fields: str) -> Any:
    values = {"kind": "slack", "name": "#support", "address": SLACK, **fields}
    return post(acme.signed_in(), f"{PAGE}/channels", PAGE, **values)


def test_alerts_are_on_in_a_new_workspace_and_off_where_nobody_set_them(acme: Workspace) -> None:
    assert rules(acme).of_all == AlertRule()
    with acme.world.app.app_context():
        assert rules_of(db.session(), acme.id + 1).of_all == OFF


def test_a_rule_is_saved_as_it_was_set(any_acme: Workspace) -> None:
    acme = any_acme
    acme.person("bo@acme.example", "admin")
    people = [str(user_id(acme, "bo@acme.example")), str(user_id(acme, acme.owner))]
    add(acme)
    [slack] = channels(acme)
    answer = post(
        acme.signed_in(),
        f"{PAGE}/rule",
        is_on="1",
        at_most_stars="2",
        at_most_nps=str(NEVER),
        at_most_csat="default",
        keywords="Refund\r\n my  lawyer, refund2\r\nRefund",
        assign="in_turn",
        people=people,
        mail_to="Desk@Acme.example",
        channels=str(slack.id),
    )
    assert answer.status_code == 303
    assert rules(acme).of_all == AlertRule(
        at_most={"stars": 2, "nps": NEVER},
        keywords=("Refund", "my lawyer", "refund2"),
        on_contact=False,
        assign="in_turn",
        people=tuple(int(one) for one in people),
        mail_assignee=False,
        mail_to=("desk@acme.example",),
        channels=(slack.id,),
    )


def test_the_page_says_what_each_rule_opens_on(acme: Workspace) -> None:
    client = acme.signed_in()
    assert "Scores below positive; wishes to be contacted" in client.get(PAGE).text
    set_alerts(acme, at_most={"stars": 2, "nps": NEVER}, on_contact=False, keywords=("refund",))
    words = "Stars up to 2, NPS never, otherwise below positive; keywords: refund"
    assert words in client.get(PAGE).text


def test_a_surveys_own_rule_is_made_and_removed(any_acme: Workspace) -> None:
    acme, client = any_acme, any_acme.signed_in()
    survey = acme.survey("nps", "Quarterly")
    address = f"{PAGE}/rule/{survey}"
    page = client.get(address).text
    assert 'name="at_most_nps"' in page
    assert 'name="at_most_stars"' not in page
    post(client, address, **FORM, at_most_nps="3", assign="manager")
    with acme.world.app.app_context():
        id = db.session.scalars(select(Survey.id).where(Survey.public_id == survey)).one()
    assert rules(acme).of(id).at_most == {"nps": 3}
    assert rules(acme).of(id + 1) == AlertRule()
    post(client, f"{address}/remove", address)
    assert rules(acme).by_survey == {}


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = post(
        client,
        f"{PAGE}/rule",
        **FORM,
        at_most_stars="7",
        keywords="refund",
        assign="person",
        mail_to="nobody",
    )
    assert answer.status_code == 422
    for text in ("Choose a score from 0 to 5", "Choose who follows up.", "no email address"):
        assert text in answer.text
    assert ">\nrefund</textarea>" in answer.text
    assert rules(acme).of_all == AlertRule()


def test_a_chats_address_is_shown_to_nobody(acme: Workspace) -> None:
    assert add(acme).status_code == 303
    client = acme.signed_in()
    for path in (PAGE, f"{PAGE}/rule"):
        assert "s3cr3t" not in client.get(path).text
    assert "https://hooks.slack.com/…tKx2" in client.get(PAGE).text


def test_an_address_that_cannot_be_is_refused(acme: Workspace) -> None:
    for address in ("http://hooks.slack.com/x", "https://10.0.0.1/x", "https://localhost/x", ""):
        answer = add(acme, address=address)
        assert answer.status_code == 422
        assert "#support" in answer.text
    assert add(acme, name=" ").status_code == 422
    assert channels(acme) == []


def test_each_channel_can_be_tried_and_says_what_became_of_it(any_acme: Workspace) -> None:
    acme = any_acme
    add(acme)
    add(acme, kind="teams", name="Leads", address="https://a.logic.azure.com:443/workflows/x")
    client = acme.signed_in()
    assert client.get(PAGE).text.count("Nothing sent yet.") == 3
    for chat in channels(acme):
        post(client, f"{PAGE}/channels/{chat.id}/test", PAGE)
    post(client, f"{PAGE}/mail/test", PAGE)
    assert [channel for channel, _target in alerts(acme, "alert_test")] == [
        "mail",
        "slack",
        "teams",
    ]
    slack = next(chat for chat in channels(acme) if chat.kind == "slack")
    state = f"{PAGE}/channels/{slack.id}/state"
    assert "On its way" in client.get(state).text
    assert "every 2s" in client.get(state).text
    with acme.world.app.app_context(), writing(db.session) as session:
        row = session.scalars(select(Message).where(Message.channel == "slack")).one()
        row.status, row.last_error = "failed", "The chat answered 404: no_service"
    assert "The chat answered 404: no_service" in client.get(state).text
    assert "every 2s" not in client.get(state).text
    assert "The chat answered 404: no_service" in client.get(PAGE).text


def test_a_chat_that_is_removed_is_told_nothing_more(acme: Workspace) -> None:
    add(acme)
    [slack] = channels(acme)
    set_alerts(acme, channels=(slack.id,))
    client = acme.signed_in()
    post(client, f"{PAGE}/channels/{slack.id}/remove", PAGE)
    assert channels(acme) == []
    for verb in ("test", "state"):
        answer = (
            client.get(f"{PAGE}/channels/{slack.id}/state")
            if verb == "state"
            else post(client, f"{PAGE}/channels/{slack.id}/test", PAGE)
        )
        assert answer.status_code == 404


def test_another_workspaces_chats_and_surveys_do_not_exist(any_acme: Workspace) -> None:
    acme = any_acme
    add(acme)
    survey = acme.survey()
    [slack] = channels(acme)
    other = make_workspace(acme.world, "Other", "otto@other.example")
    client = other.signed_in()
    assert "tKx2" not in client.get(PAGE).text
    assert client.get(f"{PAGE}/channels/{slack.id}/state").status_code == 404
    assert post(client, f"{PAGE}/channels/{slack.id}/test", PAGE).status_code == 404
    post(client, f"{PAGE}/channels/{slack.id}/remove", PAGE)
    assert channels(acme) == [slack]
    assert client.get(f"{PAGE}/rule/{survey}").status_code == 404
    assert post(client, f"{PAGE}/rule/{survey}/remove", PAGE).status_code == 404
    post(client, f"{PAGE}/rule", **FORM, assign="nobody", channels=str(slack.id))
    assert rules(other).of_all.channels == ()
