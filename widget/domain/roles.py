"""Who may do what in a workspace."""

from typing import Literal, get_args

Role = Literal["owner", "admin", "manager", "member", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

Ability = Literal["read_responses", "edit_surveys", "manage_workspace"]

ROLE_MEANINGS: dict[Role, str] = {
    "owner": "Everything, other owners included.",
    "admin": "Everything but owners.",
    "manager": "Surveys, sites, members and responses.",
    "member": "Is rated; sees nothing of the console yet.",
    "viewer": "Reads responses.",
}

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


def may_manage(actor: Role, role: Role) -> bool:
    """Whether somebody may add, change or remove people of a role: owners are owners' business."""
    return may(actor, "manage_workspace") and (role != "owner" or actor == "owner")
