"""Numbers by mail, every week or every month: when they come, and why they come no more."""

from typing import Literal

from widget.domain.dashboard_queries import Chosen, Known
from widget.domain.errors import SubscriptionRefused
from widget.domain.roles import Scope
from widget.domain.schedules import Schedule

# Why a subscription is stopped. `unsubscribed`: its subscriber did it.
Why = Literal["unsubscribed", "left", "filter_gone", "not_shared", "nothing_to_see", "not_theirs"]

WHY_WORDS: dict[Why, str] = {
    "unsubscribed": "You unsubscribed.",
    "left": "You had left the workspace.",
    "filter_gone": "The filter was deleted.",
    "not_shared": "The filter is not shared with you any more.",
    "nothing_to_see": "There is nothing left that you may see.",
    "not_theirs": "The filter names a team, a member or a survey that is gone or that you may not "
    "see any more.",
}

MOST_OF_ONE = 50
# What a form offers: the weekdays, and the days that every month has and its last.
MONTH_DAYS = (*range(1, 29), 31)
WHENS = (*(f"week-{day}" for day in range(7)), *(f"month-{day}" for day in MONTH_DAYS))
HOURS = tuple(str(hour) for hour in range(24))
# Of the messages that are its mails.
PURPOSE = "subscription"


class SubscriptionOver(Exception):
    """No mail of a subscription may be written any more."""

    def __init__(self, why: Why) -> None:
        super().__init__(WHY_WORDS[why])
        self.why = why


def check_scope(scope: Scope, chosen: Chosen, known: Known) -> None:
    """Raises SubscriptionOver where a filter is about what its subscriber may not see (any more).

    Numbers that silently lost a team would be taken for news.
    """
    if not scope.everything and not scope.teams and scope.member_id is None:
        raise SubscriptionOver("nothing_to_see")
    if known.unknown(chosen):
        raise SubscriptionOver("not_theirs")


def read_schedule(when: str, hour: str, time_zone: str) -> Schedule:
    """The schedule of a form: one of WHENS, and an hour. Raises SubscriptionRefused."""
    if when in WHENS and hour in HOURS:
        every, _dash, day = when.partition("-")
        return Schedule("week" if every == "week" else "month", int(day), int(hour), time_zone)
    raise SubscriptionRefused("Choose a day and an hour.")
