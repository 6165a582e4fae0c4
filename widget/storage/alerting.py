"""What the rules of alerts need to know of responses, read for many events at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from widget.domain.alert_rules import Said
from widget.domain.scales import KINDS
from widget.domain.surveys import definition_from_json
from widget.storage.chunks import chunks
from widget.storage.models import FollowUp, Response, Revision, SurveyVersion

_responses: Table = Response.__table__  # type: ignore[assignment]

Key = tuple[int, UUID]


@dataclass(frozen=True)
class Seen:
    """Some responses by workspace and id, and which of them have been followed up."""

    responses: Mapping[Key, Mapping[str, Any]]
    followed_up: frozenset[Key]


def seen(session: Session, keys: Collection[Key]) -> Seen:
    """Responses as they are now, every column."""
    ids: dict[int, set[UUID]] = defaultdict(set)
    for workspace_id, id in keys:
        ids[workspace_id].add(id)
    responses: dict[Key, Mapping[str, Any]] = {}
    followed_up: set[Key] = set()
    for workspace_id, wanted in ids.items():
        for part in chunks(wanted):
            rows = session.execute(
                select(_responses).where(
                    _responses.c.workspace_id == workspace_id, _responses.c.id.in_(part)
                )
            ).mappings()
            responses |= {(workspace_id, row["id"]): dict(row) for row in rows}
            found = session.scalars(
                select(FollowUp.response_id).where(
                    FollowUp.workspace_id == workspace_id, FollowUp.response_id.in_(part)
                )
            )
            followed_up |= {(workspace_id, id) for id in found}
    return Seen(responses, frozenset(followed_up))


def positive_from(session: Session, version_id: int) -> int:
    """Where "positive" begins in a version of a survey."""
    version = session.get_one(SurveyVersion, version_id)
    return definition_from_json(version.definition).positive_from


def said(response: Mapping[str, Any], positive_from: int) -> Said:
    """What a stored response says, for the rules."""
    return Said(
        kind=response["kind"],
        scores={kind: response[kind] for kind in KINDS if response[kind] is not None},
        comment=response["comment"] or "",
        wants_contact=bool(response["wants_contact"]),
        positive_from=positive_from,
    )


def changes_at(session: Session, workspace_id: int, id: UUID, at: Any) -> list[dict[str, Any]]:
    """What changed in a response at a moment, as `{"field", "old", "new"}`."""
    rows = session.scalars(
        select(Revision.changes)
        .where(Revision.workspace_id == workspace_id, Revision.response_id == id, Revision.at == at)
        .order_by(Revision.id)
    )
    return [change for changes in rows for change in changes]
