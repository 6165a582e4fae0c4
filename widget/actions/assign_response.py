"""Giving one response to a member."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownMember, UnknownResponse
from widget.domain.facts import facts_of
from widget.domain.responses import Change
from widget.storage import answers, ended_exports, themes, unassigned
from widget.storage.answers import NewRevision, Tally
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.members import locked_member
from widget.storage.models import Member, User
from widget.storage.votes import follow_vote


def assign_response(
    session: Session,
    workspace_id: int,
    id: UUID,
    member_id: int,
    *,
    may_move: bool,
    user_id: int | None,
    at: datetime,
) -> bool:
    """Credit a member with a response that is nobody's, or with somebody else's where `may_move`
    says so; False when it stays as it is.

    Counts, history, votes and events change with it, and so does its request. Raises UnknownMember,
    also for an archived one, and UnknownResponse.
    """
    with writing(session):
        # First of all, as by whoever gives a member the answers of a name.
        member = locked_member(session, workspace_id, member_id)
        if member.archived_at is not None:
            raise UnknownMember("This member is archived; bring them back first.")
        connection = session.connection()
        before = answers.find_response(connection, workspace_id, id)
        if before is None:
            raise UnknownResponse("There is no such response in this workspace.")
        of = before["member_id"]
        if of == member_id or (of is not None and not may_move):
            return False
        answers.update_response(connection, workspace_id, id, {"member_id": member_id})
        if of is not None:
            # Whoever leads the one may not read what is the other's now.
            themes.forget_all_of(session, workspace_id)
            ended_exports.withdraw_all_of(session, workspace_id, at, keeps_wide=True)
        unassigned.move_request_of(session, workspace_id, id, member_id)
        said = [
            Change("member", _name(session, of), member.name),
            Change("assigned_by", None, _words(session, user_id)),
        ]
        answers.append_revisions(connection, [NewRevision(workspace_id, id, said, at)])
        if answers.counts(before):
            tallies = Counter[Tally]()
            for fact, value in facts_of(before).items():
                tally = answers.tally_of(before, fact, value)
                tallies[tally] -= 1
                tallies[tally._replace(member_id=member_id)] += 1
            answers.count(connection, tallies)
        append_event(
            session,
            "response.assigned",
            workspace_id=workspace_id,
            survey_id=before["survey_id"],
            response_id=id,
            data={"member_id": member_id, "given": before["member_given"], "by": user_id},
            at=at,
        )
        session.flush()
        if before["reward_id"]:
            follow_vote(connection, workspace_id, id, at)
        return True


def _name(session: Session, member_id: int | None) -> str | None:
    member = session.get(Member, member_id) if member_id is not None else None
    return member.name if member else None


def _words(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id is not None else None
    return (user.name or user.email) if user else ""
