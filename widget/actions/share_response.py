"""A customer makes a public page of their answer, and may take it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.receive_answer import is_anothers
from widget.domain.errors import CannotShare
from widget.domain.suspicion import Client
from widget.storage import answers, shares
from widget.storage.engine import writing
from widget.storage.landing import answered_within
from widget.storage.shares import MadeShare


def share_response(
    session: Session, workspace_id: int, response_id: UUID, *, at: datetime
) -> MadeShare:
    """Make the page of a response, or return the one that it has.

    Raises CannotShare for a response that is not stored, is hidden, or has no positive score.
    """
    with writing(session):
        # Locks the response, so that two presses make one page.
        found = answers.find_response(session.connection(), workspace_id, response_id)
        said = shares.response_said(session, workspace_id, response_id)
        if found is None or said is None or not said.may_be_shown:
            raise CannotShare("This answer cannot be shared.")
        there = shares.open_share(session.connection(), workspace_id, response_id)
        if there is not None:
            return there
        return shares.add_share(session, workspace_id, response_id, found["survey_id"], at)


def is_theirs(
    session: Session, workspace_id: int, response_id: UUID, client: Client, *, opened_at: datetime
) -> bool:
    """Whether a client who came by an unsigned link gave the answer that the link is about.

    Anybody can write such a link, and its page then names the response of whoever was meant.
    """
    connection = session.connection()
    known = answered_within(connection, workspace_id, response_id)
    return known is not None and not is_anothers(
        connection, workspace_id, response_id, client, known, opened_at=opened_at
    )


def withdraw_share(session: Session, workspace_id: int, share_id: UUID, *, at: datetime) -> None:
    """Take a page away for good. Doing so twice changes nothing."""
    with writing(session):
        shares.close_share(session, workspace_id, share_id, at)
