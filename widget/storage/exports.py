"""Responses in the order of their list, a batch after the other, as files hold them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.exports import Record
from widget.domain.response_filters import ResponseFilter
from widget.domain.rewards import Reward
from widget.storage.responses import ListedResponse, responses_page
from widget.storage.rewards import reward_of_responses
from widget.storage.tags import tags_of

BATCH = 1_000


def records(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    *,
    shows_hidden_comments: bool,
) -> Iterator[Sequence[Record]]:
    """All responses that a filter wants, newest first, a batch at a time.

    Each batch is read by itself, from the place where the one before it ended, and forgotten: a
    long file holds up no writer and takes no more memory than a short one.
    """
    place = None
    while True:
        page = responses_page(session, workspace_id, wanted, limit=BATCH, older_than=place)
        ids = [found.response.id for found in page.items]
        rewards = reward_of_responses(session, workspace_id, ids)
        tags = tags_of(session, workspace_id, ids)
        made = []
        for found in page.items:
            id = found.response.id
            shows = shows_hidden_comments or found.response.comment_hidden_at is None
            made.append(_record(found, rewards.get(id), tags.get(id, ()), shows))
        place = page.items[-1].place if page.items else None
        session.expunge_all()
        session.rollback()
        if made:
            yield made
        if not page.has_older:
            return


def _record(
    found: ListedResponse, reward: Reward | None, tags: Sequence[str], shows_comment: bool
) -> dict[str, Any]:
    row = found.response
    return {
        "id": str(row.id),
        "survey": found.survey_public_id,
        "survey_name": found.survey_name,
        "version": found.version,
        "kind": row.kind,
        "score": row.score,
        "stars": row.stars,
        "csat": row.csat,
        "nps": row.nps,
        "ces": row.ces,
        "reasons": row.reasons or [],
        "comment": (row.comment or None) if shows_comment else None,
        "comment_hidden": row.comment_hidden_at is not None,
        "wants_contact": bool(row.wants_contact),
        "contact": row.contact or None,
        "may_publish": bool(row.may_publish),
        "reward": reward.name if reward else None,
        "member": found.member_public_id,
        "member_name": found.member_name,
        "member_email": found.member_email,
        "member_given": row.member_given,
        "ref": row.ref,
        "channel": row.channel,
        "source": row.source,
        "language": row.language,
        "customer_email": row.customer_email,
        "customer_name": row.customer_name,
        "customer_id": row.customer_id,
        "page": row.page,
        "tags": list(tags),
        "attributes": row.attributes or {},
        "test": row.is_test,
        "recovery": row.is_recovery,
        "hidden": row.hidden_at is not None,
        "created_at": row.answered_at,
        "updated_at": row.updated_at,
        "finished_at": row.finished_at,
    }
