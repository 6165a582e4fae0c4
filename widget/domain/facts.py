"""What of a response the numbers count besides lists: one fact is a name and a value.

A score is a fact of its kind. That something was said at all, and that a reward was suggested, are
facts with the value 1, so that all are counted in the same way, by day, survey, member and channel.
"""

from collections.abc import Mapping
from typing import Any

from widget.domain.scales import KINDS

COMMENT, REWARD = "comment", "reward"


def facts_of(response: Mapping[str, Any]) -> dict[str, int]:
    """The facts of a response, given as its columns: scores by kind, `comment` and `reward`.

    A comment that the team hid was given all the same.
    """
    facts: dict[str, int] = {kind: response[kind] for kind in KINDS if response[kind] is not None}
    if response["comment"]:
        facts[COMMENT] = 1
    if response["reward_id"]:
        facts[REWARD] = 1
    return facts
