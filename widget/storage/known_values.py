"""Which values of a dimension answers have: what a filter can suggest."""

from datetime import date

from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.scales import KINDS
from widget.domain.score_filters import Group, ScoreFilter
from widget.storage.score_counts import Facts, facts_by
from widget.storage.time_limits import TookTooLong, within

# Before and after every day that an answer can have.
_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
_SECONDS = 0.3


def known_values(
    session: Session, workspace_id: int, scope: Scope, group: Group
) -> list[str] | None:
    """The texts that the answers within a scope have, those of most answers first; None where
    finding them would take too long. The session may be rolled back."""
    wanted = ScoreFilter(_FIRST, _LAST)
    try:
        with within(session, _SECONDS):
            found = facts_by(session, workspace_id, scope, wanted, group)
    except TookTooLong:
        return None
    numbers = {text: _scores(facts) for text, facts in found.items() if text}
    return sorted(numbers, key=lambda text: (-numbers[text], text))


def _scores(facts: Facts) -> int:
    return sum(
        sum(of_survey.get(kind, {}).values()) for of_survey in facts.values() for kind in KINDS
    )
