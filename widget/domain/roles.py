"""Who may do what in a workspace."""

from typing import Literal, get_args

Role = Literal["owner", "admin", "manager", "member", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

Ability = Literal["read_responses", "edit_surveys", "manage_workspace"]

_ABILITIES: dict[Role, frozenset[Ability]] = {
    "owner": frozenset({"read_responses", "edit_surveys", "manage_workspace"}),
    "admin": frozenset({"read_responses", "edit_surveys", "manage_workspace"}),
    "manager": frozenset({"read_responses", "edit_surveys"}),
    "member": frozenset(),
    "viewer": frozenset({"read_responses"}),
}


def may(role: Role, ability: Ability) -> bool:
    """Whether a role has an ability."""
    return ability in _ABILITIES[role]
