"""What of a response is counted."""

from typing import Any

import pytest

from widget.domain.facts import facts_of

EMPTY: dict[str, Any] = {
    **dict.fromkeys(("stars", "csat", "nps", "ces")),
    "comment": None,
    "reward_id": None,
}


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ({}, {}),
        ({"stars": 4}, {"stars": 4}),
        ({"nps": 0, "stars": 1}, {"nps": 0, "stars": 1}),
        ({"comment": "", "reward_id": ""}, {}),
        ({"comment": "Hm", "reward_id": "coffee"}, {"comment": 1, "reward": 1}),
    ],
)
def test_scores_count_by_kind_and_words_and_rewards_once(
    said: dict[str, Any], facts: dict[str, int]
) -> None:
    assert facts_of({**EMPTY, **said}) == facts
