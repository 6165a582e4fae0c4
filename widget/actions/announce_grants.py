"""A member's managers are told by mail that a reward waits for their decision."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.messages import Content
from widget.storage.engine import writing
from widget.storage.grants import ShownGrant, lock_grant, shown_grant, unannounced_grants
from widget.storage.leaders import leaders_of
from widget.storage.messages import add_message

# A customer may still correct a slip; nobody is told before that.
_SETTLES_WITHIN = timedelta(seconds=60)
_TOGETHER = 50


class AnnounceGrants:
    """Tells managers of grants that were earned a minute ago and still stand.

    `public_url` is where this server is reached, without a slash at its end.
    """

    def __init__(self, public_url: str) -> None:
        self._link = f"{public_url}/console/rewards/grants"

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Queue the mails that are due; returns how many grants they were about."""
        with Session(engine) as session:
            found = unannounced_grants(session, now - _SETTLES_WITHIN, _TOGETHER)
            return sum(self._announce(session, *grant, now) for grant in found)

    def _announce(self, session: Session, workspace_id: int, id: UUID, now: datetime) -> bool:
        with writing(session):
            grant = lock_grant(session, workspace_id, id)
            if grant.status != "earned" or grant.announced_at is not None:
                return False
            grant.announced_at = now
            content = self._content(shown_grant(session, workspace_id, id))
            for address in leaders_of(session, workspace_id, grant.member_id):
                add_message(
                    session, workspace_id, "mail", address, content, purpose="grant", at=now
                )
            return True

    def _content(self, grant: ShownGrant) -> Content:
        votes = f"{grant.votes} customers" if grant.votes > 1 else "A customer"
        return Content(
            subject=f"{grant.member_name} has earned: {grant.reward.name}",
            text=f"{votes} suggested it. It waits for somebody to approve or decline it.",
            facts=(("Member", grant.member_name), ("Reward", grant.reward.name)),
            link=self._link,
            link_words="Decide about it",
        )
