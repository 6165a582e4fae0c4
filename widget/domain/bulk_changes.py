"""Changing many responses at once: what can be done, by whom, and how many."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from widget.domain.errors import ChangeRefused
from widget.domain.notes import read_reason
from widget.domain.roles import Ability
from widget.domain.tags import read_tag

Act = Literal["tag", "untag", "assign", "hide", "show"]
ACTS: tuple[Act, ...] = get_args(Act)
# So many are changed while somebody waits; more are the worker's.
AT_ONCE = 500
MOST = 10_000


@dataclass(frozen=True)
class BulkChange:
    """One change, made to each of many responses. `member_id` is that of `assign`."""

    act: Act
    tag: str = ""
    member_id: int = 0
    reason: str = ""

    @property
    def needs(self) -> Ability:
        """What somebody must be able to do: the same as for one response."""
        return "edit_surveys" if self.act == "assign" else "lead"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "BulkChange":
        return cls(**kept)


def read_change(act: str, *, tag: str, member_id: int, reason: str) -> BulkChange:
    """A change as a form asks for it. Raises ChangeRefused, TagRefused and NoteRefused."""
    known = next((one for one in ACTS if one == act), None)
    if known is None:
        raise ChangeRefused("Choose what to do with the responses.")
    if known in ("tag", "untag"):
        return BulkChange(known, tag=read_tag(tag))
    if known == "assign":
        return BulkChange(known, member_id=member_id)
    return BulkChange(known, reason=read_reason(reason) if known == "hide" else "")
