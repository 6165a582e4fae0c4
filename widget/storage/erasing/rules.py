"""Taking somebody out of rules, what is noted of them, webhooks and templates of replies.

By their names alone: whole sentences of the team's may be what a customer said as well.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.redaction import Redaction
from widget.domain.rules.conditions import TEXT_FIELDS
from widget.storage.chunks import chunks
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import Person
from widget.storage.models import ReplyTemplate, Rule, RuleRun, Webhook

# What they compare with is what people wrote; of other fields it is an id, a number or a tag, which
# goes with its list in `words`.
_WRITTEN = frozenset({"comment", *TEXT_FIELDS})
_RULE_NAME, _SHORT_NAME = 100, 80


def redact_rules(session: Session, person: Person, at: datetime) -> Counts:
    """Take their names out of what rules, webhooks and templates of replies are called and say. A
    condition that asked for them holds of nobody."""
    names, here = person.names_alone(), person.workspace_id
    for rule in session.scalars(select(Rule).where(Rule.workspace_id == here)):
        rule.name = names(rule.name)[:_RULE_NAME]
        rule.conditions = _conditions(rule.conditions, names)
    for webhook in session.scalars(select(Webhook).where(Webhook.workspace_id == here)):
        webhook.name = names(webhook.name)[:_SHORT_NAME]
    for template in session.scalars(
        select(ReplyTemplate).where(ReplyTemplate.workspace_id == here)
    ):
        template.text = names(template.text)
        if (name := names(template.name)) != template.name:
            # No two of a group have one name.
            end = f" {template.id}"
            template.name = name[: _SHORT_NAME - len(end)] + end
    _redact_runs(session, person, names)
    return {}


def _conditions(group: dict[str, Any], names: Redaction) -> dict[str, Any]:
    items = []
    for item in group.get("items", ()):
        if "field" not in item:
            items.append(_conditions(item, names))
        elif item["field"] in _WRITTEN and item.get("value"):
            items.append({**item, "value": names(item["value"])})
        else:
            items.append(item)
    return {**group, "items": items}


def _redact_runs(session: Session, person: Person, names: Redaction) -> None:
    for some in chunks(person.found.rule_runs):
        for run in session.scalars(
            select(RuleRun).where(
                RuleRun.workspace_id == person.workspace_id, RuleRun.response_id.in_(some)
            )
        ):
            run.acted = names.in_json(run.acted)
