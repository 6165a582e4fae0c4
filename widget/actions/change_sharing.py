"""What a workspace decides about sharing."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from widget.domain.errors import AddressRefused
from widget.domain.sharing import REVIEW_SITES_LIMIT, SharingRules
from widget.storage import shares
from widget.storage.engine import writing


def change_sharing(
    session: Session, workspace_id: int, change: Callable[[SharingRules], SharingRules]
) -> None:
    """Change the rules as they are at that moment. Raises AddressRefused for too many sites."""
    with writing(session):
        rules = change(shares.sharing_rules(session, workspace_id))
        if len(rules.review_sites) > REVIEW_SITES_LIMIT:
            raise AddressRefused(f"At most {REVIEW_SITES_LIMIT} review sites can be listed.")
        shares.put_sharing_rules(session, workspace_id, rules)
