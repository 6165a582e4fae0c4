"""Who may do what in a workspace, and whose responses they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["owner", "admin", "manager", "member", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

# `see_own`: what one's scope has that counts, which is one's own for whoever is rated.
# `read_responses`: tests and hidden ones too, files of them, and lists of requests and customers.
# `lead`: hide, comment, approve and follow up, within one's scope. The others hold for everything.
Ability = Literal["see_own", "read_responses", "lead", "edit_surveys", "manage_workspace"]
ABILITIES: tuple[Ability, ...] = get_args(Ability)

ROLE_MEANINGS: dict[Role, str] = {
    "owner": "Everything, other owners included.",
    "admin": "Everything but owners.",
    "manager": "Their teams and the teams below; of the whole workspace also surveys and sites.",
    "member": "Is rated, and reads what customers said of them.",
    "viewer": "Reads responses, and changes nothing.",
}

_EVERYTHING: frozenset[Ability] = frozenset(ABILITIES)
_OF_TEAMS: frozenset[Ability] = frozenset({"see_own", "read_responses", "lead"})


def abilities(role: Role, *, sees_all: bool) -> frozenset[Ability]:
    """What a role may do. `sees_all` tells managers of the whole workspace from those of teams."""
    if role in ("owner", "admin"):
        return _EVERYTHING
    if role == "manager":
        return _OF_TEAMS | {"edit_surveys"} if sees_all else _OF_TEAMS
    return frozenset({"see_own", "read_responses"}) if role == "viewer" else frozenset({"see_own"})


# What a program may do with an API key. `read`: lists and single things. `write`: make and change.
KeyAbility = Literal["read", "write"]
KEY_ABILITIES: tuple[KeyAbility, ...] = get_args(KeyAbility)


def may_manage(actor: Role, role: Role) -> bool:
    """Whether somebody may add, change or remove people of a role: owners are owners' business."""
    return actor in ("owner", "admin") and (role != "owner" or actor == "owner")


@dataclass(frozen=True)
class Scope:
    """Whose responses somebody sees: everybody's, or those of the members of some teams, and
    their own where they are a member themselves. Responses that belong to nobody are everybody's.
    """

    everything: bool = False
    teams: frozenset[int] = frozenset()
    member_id: int | None = None

    def covers(self, member_id: int | None, team_id: int | None) -> bool:
        """Whether a member's responses are within; `team_id` is that of the member's team."""
        if self.everything:
            return True
        if member_id is None:
            return False
        return member_id == self.member_id or (team_id is not None and team_id in self.teams)

    def includes(self, other: "Scope") -> bool:
        """Whether all that is within the other is within this one, as teams are now."""
        if self.everything:
            return True
        return (
            not other.everything
            and other.teams <= self.teams
            and other.member_id in (None, self.member_id)
        )

    def to_json(self) -> dict[str, Any]:
        """For what was made within a scope and is shown to nobody who does not see all of it."""
        return {
            "everything": self.everything,
            "teams": sorted(self.teams),
            "member_id": self.member_id,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Scope":
        """What `to_json` gave."""
        return cls(data["everything"], frozenset(data["teams"]), data["member_id"])

    def leads(self, team_id: int | None) -> bool:
        """Whether members of a team are theirs to lead, given the ability to: being a member
        oneself is not enough."""
        return self.everything or (team_id is not None and team_id in self.teams)


EVERYTHING = Scope(everything=True)
