"""What a rule would have done: its dry run on responses of the past. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.rules.conditions import holds
from widget.domain.rules.rule import Rule, acting
from widget.storage.rule_answers import PastResponse, past_responses
from widget.storage.rules import rules_in_order

# How many responses a dry run looks at: so it takes as long with a million of them as with these.
LOOKS = (100, 400, 2_000)


@dataclass(frozen=True)
class Trial:
    """How a dry run went. Of `looked_at` responses, the oldest of `since`, the rule would have
    acted on `matched`, newest first; `stopped` more fit it, but a rule before it stops there.
    `has_older`: the time has more responses than were looked at."""

    looked_at: int
    matched: Sequence[PastResponse]
    stopped: int
    since: datetime | None
    has_older: bool


def try_rule(
    session: Session,
    workspace_id: int,
    rule: Rule,
    scope: Scope,
    *,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Trial:
    """Try a rule without problems, within the scope of whoever asks, on the newest finished
    responses of a time: `since` is inclusive, `until` exclusive.

    It is tried in its place, after the rules that are before it and on; a new one (id 0) comes
    last.
    """
    before = []
    for one in rules_in_order(session, workspace_id):
        if one.id == rule.id:
            break
        if one.is_on:
            before.append(one)
    past = past_responses(
        session,
        workspace_id,
        scope,
        limit=limit,
        since=since,
        until=until,
        with_tests=rule.with_tests,
    )
    matched, stopped = [], 0
    for response in past.responses:
        if rule in acting([*before, rule], response.answered):
            matched.append(response)
        elif holds(rule.conditions, response.answered):
            stopped += 1
    oldest = past.responses[-1].answered_at if past.responses else None
    return Trial(len(past.responses), matched, stopped, oldest, past.has_older)
