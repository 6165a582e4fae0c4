"""What somebody who watches a stream may see, and how it is shown to them."""

from dataclasses import dataclass

from widget.domain.roles import Scope
from widget.domain.stream import StreamFilter
from widget.storage.seats import Standing


@dataclass(frozen=True)
class Look:
    """How cards are drawn. `names_members`: they say whose they are, as in everything but one's own
    stream. `on_wall`: large, without links; `first_names`: and no more of a member's name."""

    workspace_name: str
    time_zone: str
    names_members: bool
    on_wall: bool = False
    first_names: bool = False


@dataclass(frozen=True)
class Subscription:
    """A stream. Everybody with an equal one is told the same."""

    workspace_id: int
    scope: Scope
    wanted: StreamFilter
    look: Look


@dataclass(frozen=True)
class Watcher:
    """Who watches, and what their place in the workspace was when they began."""

    user_id: int
    workspace_id: int
    standing: Standing
