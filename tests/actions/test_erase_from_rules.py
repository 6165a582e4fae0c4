"""Whoever is erased stands in no rule, webhook or template of replies, and those go on working."""

from sqlalchemy import select

from tests.actions.test_erase_customer import erase
from tests.builders import Workspace, add_customer, answer_survey
from tests.following import raise_alerts
from tests.ruling import acted, add_rule, make_webhook, stored_rules
from widget.actions.change_guidance import save_reply_template
from widget.domain.condition_groups import Group
from widget.domain.reply_templates import ReplyTemplate
from widget.domain.rules.conditions import Condition
from widget.extensions import db
from widget.storage.models import ReplyTemplate as StoredTemplate
from widget.storage.models import Webhook
from widget.storage.reply_templates import reply_templates


def test_names_go_from_rules_webhooks_and_templates_and_the_rest_stays(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    jane = add_customer(acme, "jane@c.example", name="Jane Doe", external_id="late")
    of_client = Condition("client", "is", "Jane Doe")
    words = Condition("comment", "has_words", "jane@c.example, slow")
    tag = Condition("tag", "is_not", "late")
    score = Condition("score", "at_most", "2", "stars")
    long_name = f"Jane Doe {'x' * 91}"
    add_rule(acme, Group("any", (of_client, words, tag)), score, name=long_name)
    make_webhook(acme, "Jane Doe’s desk")
    said = "Dear Jane Doe, thank you for telling us that it was too slow."
    with acme.world.app.app_context():
        for name in ("Jane Doe", "JANE DOE"):
            made = ReplyTemplate("negative", "", name, said)
            save_reply_template(db.session(), acme.id, made, by=1, at=acme.world.clock())
    comment = "thank you for telling us that it was too slow"
    id = answer_survey(acme, acme.survey(), 1, comment=comment, customer_email="jane@c.example")
    raise_alerts(acme)
    assert [one.name for one in acted(acme, id) or ()] == [long_name]
    erase(acme, jane)
    [rule] = stored_rules(acme)
    assert rule.name == f"[erased] {'x' * 91}"
    group, last = rule.conditions.items
    assert isinstance(group, Group)
    # Of a tag that is their id as well the rule goes on asking for what it gives.
    [given] = rule.acts.tags
    assert given.startswith("[erased] ")
    assert [one.value for one in group.items if isinstance(one, Condition)] == [
        *("[erased]", "[erased], slow", given)
    ]
    assert last == score
    assert [one.name for one in acted(acme, id) or ()] == [rule.name]
    with acme.world.app.app_context():
        assert db.session.scalars(select(Webhook.name)).all() == ["[erased]’s desk"]
        ids = db.session.scalars(select(StoredTemplate.id).order_by(StoredTemplate.id)).all()
        templates = reply_templates(db.session(), acme.id)
    assert [one.name for one in templates] == [f"[erased] {id}" for id in ids]
    assert {one.text for one in templates} == {said.replace("Jane Doe", "[erased]")}
