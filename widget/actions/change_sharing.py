"""What a workspace decides about sharing."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from widget.domain.errors import AddressRefused, UnknownReviewSite
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


def remove_review_site(session: Session, workspace_id: int, id: str) -> None:
    """Offer a review site no longer. Raises UnknownReviewSite."""

    def without(rules: SharingRules) -> SharingRules:
        left = tuple(site for site in rules.review_sites if site.id != id)
        if len(left) == len(rules.review_sites):
            raise UnknownReviewSite("There is no such review site in this workspace.")
        return replace(rules, review_sites=left)

    change_sharing(session, workspace_id, without)
