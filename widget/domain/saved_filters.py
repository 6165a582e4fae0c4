"""Filters that people keep under a name: what is kept of an address, and who may change one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import parse_qs, urlencode

from widget.domain import dashboard_queries, response_filters
from widget.domain.errors import FilterRefused
from widget.domain.mail_wording import one_line
from widget.domain.roles import Ability

# The pages whose filter can be kept.
Page = Literal["dashboard", "responses"]
PAGES: tuple[Page, ...] = get_args(Page)
# Who may do this sees the filters that others share.
SEES_SHARED: Ability = "read_responses"

NAME_LIMIT = 80
QUERY_LIMIT = 2_000
MOST_OF_ONE = 50

# Beside the filter itself, what of it is looked at.
_NAMES: dict[Page, tuple[str, ...]] = {
    "dashboard": (*dashboard_queries.SPAN_NAMES, *dashboard_queries.NAMES, "metric", "by", "step"),
    "responses": response_filters.NAMES,
}


@dataclass(frozen=True)
class SavedFilter:
    """A filter as somebody sees it. `owner` is the name of who keeps it."""

    id: int
    user_id: int
    owner: str
    page: Page
    name: str
    query: str
    is_shared: bool

    @property
    def parameters(self) -> dict[str, list[str]]:
        """What the address of its page says."""
        return parameters(self.query)

    def may_be_seen_by(self, user_id: int, *, sees_shared: bool) -> bool:
        """Whether it is theirs, or shared with them. `sees_shared`: they read the responses of
        others; who shares a filter, and whom it names, is nothing for those who are rated."""
        return self.user_id == user_id or (self.is_shared and sees_shared)

    def may_be_changed_by(self, user_id: int, *, manages: bool) -> bool:
        """Whether somebody may change it. `manages`: they manage the workspace."""
        return self.user_id == user_id or (self.is_shared and manages)


def canonical(page: Page, given: Mapping[str, Sequence[str]]) -> str:
    """What is kept of an address: the parameters of the filter in one order, each value once.

    Days of the dashboard that have a name ("last 30 days") keep it, and so move on; where an
    address names none, they are the usual ones.
    """
    kept = {
        name: list(dict.fromkeys(value.strip() for value in given.get(name, ()) if value.strip()))
        for name in _NAMES[page]
    }
    if page == "dashboard":
        preset = dashboard_queries.preset_in(kept)
        has_days = kept["from"] or kept["to"]
        if preset or not has_days:
            kept |= {"span": [preset or dashboard_queries.DEFAULT_SPAN], "from": [], "to": []}
        else:
            kept["span"] = []
    return urlencode([(name, value) for name, values in kept.items() for value in values])


def parameters(query: str) -> dict[str, list[str]]:
    """The parameters that `canonical` wrote."""
    return parse_qs(query)


def tidy_name(text: str) -> str:
    """A name in one line. Raises FilterRefused for none and for one that is too long."""
    name = one_line(text, NAME_LIMIT + 1)
    if not name:
        raise FilterRefused("Give the filter a name.")
    if len(name) > NAME_LIMIT:
        raise FilterRefused(f"A name has at most {NAME_LIMIT} characters.")
    return name


def check_query(query: str) -> str:
    """The query itself. Raises FilterRefused where it is longer than can be kept."""
    if len(query) > QUERY_LIMIT:
        raise FilterRefused("This filter names too much to be kept; choose less.")
    return query
