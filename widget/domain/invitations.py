"""Invitations to a workspace, and the mail that carries them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from widget.domain.messages import Content
from widget.domain.roles import Role

INVITATION_LIFE = timedelta(days=7)

State = Literal["open", "accepted", "revoked", "expired"]


@dataclass(frozen=True)
class Place:
    """What somebody is to be in a workspace. `teams`: ids of those to lead, for a manager of
    teams; `sees_all` is for managers too."""

    role: Role
    sees_all: bool = False
    teams: tuple[int, ...] = ()

    def tidy(self) -> "Place":
        """The same without what says nothing for its role."""
        if self.role != "manager":
            return Place(self.role)
        return Place(self.role, self.sees_all, () if self.sees_all else self.teams)


def invitation_state(
    now: datetime,
    *,
    expires_at: datetime,
    accepted_at: datetime | None,
    revoked_at: datetime | None,
) -> State:
    """Whether an invitation can still be accepted, and if not, why."""
    if accepted_at:
        return "accepted"
    if revoked_at:
        return "revoked"
    return "open" if now < expires_at else "expired"


def invitation_content(*, workspace: str, inviter: str, role: Role, link: str) -> Content:
    """The mail that invites somebody. `link` is absolute."""
    return Content(
        subject=f"{inviter} invites you to {workspace} on Sayso",
        text=(
            f"{inviter} would like you to join {workspace} on Sayso, where customers’ feedback "
            f"is read, as {role}.\n\n"
            f"The link below works once, for {INVITATION_LIFE.days} days. "
            "If you did not expect this, there is nothing to do."
        ),
        link=link,
        link_words="Join",
    )
