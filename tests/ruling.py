"""What tests about rules make and look at."""

from typing import Any
from uuid import UUID

from tests.builders import Workspace
from tests.following import user_id
from widget.actions.change_rules import save_rule
from widget.actions.change_webhooks import add_webhook
from widget.domain.condition_groups import Group, Match
from widget.domain.rules.conditions import Condition, Conditions
from widget.domain.rules.rule import Acted, Acts, Did, Rule
from widget.extensions import db
from widget.storage.rules import acted_on, rules_in_order

ADDRESS = "https://crm.example.com/sayso/s3cr3t-path"
LOW = Condition("score", "at_most", "2", "stars")
TAG = Acts(tags=("late",))


def add_rule(
    acme: Workspace,
    *conditions: Condition | Conditions,
    acts: Acts = TAG,
    match: Match = "all",
    **rule: Any,
) -> int:
    """A rule that is on, after all others; returns its id."""
    made = Rule(
        **{"name": "Late ones", "conditions": Group(match, conditions), "acts": acts} | rule
    )
    with acme.world.app.app_context():
        by = user_id(acme, acme.owner)
        return save_rule(db.session(), acme.id, made, by=by, at=acme.world.clock())


def stored_rules(acme: Workspace) -> list[Rule]:
    """The workspace's rules in their order."""
    with acme.world.app.app_context():
        db.session.rollback()
        return rules_in_order(db.session(), acme.id)


def acted(acme: Workspace, response: str) -> tuple[Acted, ...] | None:
    """What is noted that rules did on a response."""
    with acme.world.app.app_context():
        db.session.rollback()
        return acted_on(db.session(), acme.id, UUID(response))


def did(acme: Workspace, response: str) -> list[Did]:
    """All that the rules did on a response."""
    return [one for rule in acted(acme, response) or () for one in rule.did]


def make_webhook(acme: Workspace, name: str = "CRM", address: str = ADDRESS) -> int:
    """A webhook; returns its id."""
    with acme.world.app.app_context():
        by = user_id(acme, acme.owner)
        return add_webhook(db.session(), acme.id, name, address, by=by, at=acme.world.clock())
