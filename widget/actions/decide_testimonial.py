"""Deciding which comments the company's site shows, how much of them, and in which order."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownTestimonial
from widget.domain.roles import Scope
from widget.domain.testimonials import Standing, read_cut
from widget.storage import answers, testimonials
from widget.storage.engine import writing
from widget.storage.testimonials import TestimonialRow

# More than any site shows.
_LIMIT = 1000


def approve_testimonial(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    words: str | None,
    *,
    scope: Scope,
    user_id: int,
    at: datetime,
) -> None:
    """Show a comment, or the part of it that `words` are; None: all of it.

    One that is shown already keeps its place; a new one comes first. Raises UnknownTestimonial, and
    NotAnExcerpt when the words are not the customer's.
    """
    with writing(session):
        found = _locked(session, workspace_id, response_id, scope)
        cut = read_cut(found.comment, found.comment if words is None else words)
        is_shown = found.standing == "approved"
        place = found.place if is_shown else testimonials.next_place(session, workspace_id)
        testimonials.decide(
            session, workspace_id, found, "approved", cut=cut, place=place, user_id=user_id, at=at
        )


def refuse_testimonial(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    standing: Literal["declined", "withdrawn"],
    *,
    scope: Scope,
    user_id: int,
    at: datetime,
) -> None:
    """Decline a comment, or take it from the site. Raises UnknownTestimonial."""
    kept: Standing = standing
    with writing(session):
        found = _locked(session, workspace_id, response_id, scope)
        testimonials.decide(
            session, workspace_id, found, kept, cut=None, place=0, user_id=user_id, at=at
        )


def move_testimonial(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    where: Literal["first", "up", "down"],
    *,
    scope: Scope,
) -> None:
    """Show a comment before all others, or before or after its neighbour in the scope.

    Raises UnknownTestimonial for one that is not shown.
    """
    with writing(session):
        shown = testimonials.listed_testimonials(
            session, workspace_id, "approved", scope=scope, limit=_LIMIT
        )
        ids = [row.response_id for row in shown]
        if response_id not in ids:
            raise UnknownTestimonial("This comment is not on your site.")
        here = ids.index(response_id)
        if where == "first":
            place = testimonials.next_place(session, workspace_id)
            testimonials.put_at(session, workspace_id, response_id, place)
            return
        there = here - 1 if where == "up" else here + 1
        if 0 <= there < len(shown):
            # The two change places, so that everybody else's order stays as it is.
            mine, theirs = shown[here], shown[there]
            testimonials.put_at(session, workspace_id, mine.response_id, theirs.place)
            testimonials.put_at(session, workspace_id, theirs.response_id, mine.place)


def _locked(session: Session, workspace_id: int, response_id: UUID, scope: Scope) -> TestimonialRow:
    """The comment as it is now; its response waits until this is decided."""
    answers.find_response(session.connection(), workspace_id, response_id)
    found = testimonials.find_testimonial(session, workspace_id, response_id, scope)
    if found is None:
        raise UnknownTestimonial("There is no comment here that may be published.")
    return found
