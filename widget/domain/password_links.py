"""Links to a new password, and what the mails about them say.

Somebody may belong to several workspaces. An admin who saw a link to their new password could
enter all of those, so a link that was shown holds only while its workspace is their only one; any
other goes by mail, to nobody but them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from widget.domain.messages import Content

# A link that an admin made, and one that somebody asked for themselves.
MADE_LINK_LIFE = timedelta(days=7)
ASKED_LINK_LIFE = timedelta(hours=1)
# Mails to one address, so that nobody floods another's mailbox.
ASKS_PER_HOUR = 3


@dataclass(frozen=True)
class PasswordLink:
    """What a link says: whose it is, as of which of their stamps, and until when it works.

    `shown_in` is the workspace whose admin saw it; None for one that went by mail only. A stamp
    changes with the password and when sessions end, so a link works once.
    """

    user_id: int
    stamp: str
    expires_at: datetime
    shown_in: int | None = None

    def holds(self, now: datetime, *, stamp: str, workspaces: frozenset[int]) -> bool:
        """Whether the link still works, by the stamp and the workspaces that its user has now."""
        if now >= self.expires_at or stamp != self.stamp:
            return False
        return self.shown_in is None or workspaces == {self.shown_in}


def password_link_content(*, workspace: str, link: str, asked_by_admin: bool) -> Content:
    """The mail with a link to a new password. `link` is absolute."""
    if asked_by_admin:
        life = f"{MADE_LINK_LIFE.days} days"
        why = f"An admin of {workspace} made a link for you to choose a new password with."
    else:
        life = "an hour"
        why = "Somebody, probably you, asked for a new password to sign in to Sayso with."
    return Content(
        subject="Choose a new password for Sayso",
        text=(
            f"{why}\n\nThe link below works once, for {life}. "
            "If you do not want another password, there is nothing to do: yours stays as it is."
        ),
        link=link,
        link_words="Choose a new password",
    )


def password_changed_content(*, forgot: str) -> Content:
    """The mail that tells of a new password. `forgot`: the absolute address to ask for another."""
    return Content(
        subject="Your password for Sayso was changed",
        text=(
            "A new password was chosen with a link made for you, and everything that was signed "
            "in as you has been signed out.\n\nIf it was not you, choose another one at once."
        ),
        link=forgot,
        link_words="Choose another password",
    )
