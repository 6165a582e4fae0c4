"""A first response and the second one of its customer, who was asked again after a follow-up."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from widget.domain.requests import Decision
from widget.storage.indexed import by_index
from widget.storage.models import FollowUp, Request
from widget.storage.responses import ListedResponse, responses_by_id


@dataclass(frozen=True)
class Pair:
    """A first response and what its customer said when asked again; None while they said nothing.

    `request_id` asked again; `decision` is what became of that.
    """

    first: ListedResponse
    second: ListedResponse | None
    request_id: UUID
    status: str
    decision: Decision


def pair_of(session: Session, workspace_id: int, response_id: UUID) -> Pair | None:
    """The pair that a response is part of, as the first or as the second; None without one."""
    request = session.scalar(
        select(Request)
        .where(
            Request.workspace_id == workspace_id,
            Request.recovers_response_id.is_not(None),
            or_(
                Request.id == response_id,
                Request.id.in_(
                    select(FollowUp.recovery_request_id).where(
                        by_index(workspace_id, FollowUp.response_id, [response_id])
                    )
                ),
            ),
        )
        # A second answer is shown beside the first, whatever came after it.
        .order_by(Request.id != response_id, Request.id.desc())
        .limit(1)
    )
    return _pair(session, workspace_id, request)


def pair_by_request(session: Session, workspace_id: int, request_id: UUID | None) -> Pair | None:
    """The pair of the request that a follow-up asked again by; None without one."""
    request = session.scalar(
        select(Request).where(Request.workspace_id == workspace_id, Request.id == request_id)
    )
    return _pair(session, workspace_id, request)


def _pair(session: Session, workspace_id: int, request: Request | None) -> Pair | None:
    if request is None or request.recovers_response_id is None:
        return None
    found = responses_by_id(session, workspace_id, {request.recovers_response_id, request.id})
    first = found.get(request.recovers_response_id)
    if first is None:
        return None
    return Pair(first, found.get(request.id), request.id, request.status, _decision(request))


def _decision(request: Request) -> Decision:
    return Decision(
        request.status,  # type: ignore[arg-type]
        request.why or None,  # type: ignore[arg-type]
        request.why_until,
        request.why_request_id,
        request.why_text,
    )
