"""Responses as they are told of outside: in files and by the API.

Rows are read without the objects that pages work with, and handled column by column: a file of a
million responses takes seconds, not minutes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, case, cast, func, null, select, type_coerce
from sqlalchemy.orm import Session

from widget.domain.exports.columns import COLUMNS, Batch
from widget.domain.response_filters import ResponseFilter
from widget.storage.models import Member, Response, ResponseTag, Survey, SurveyVersion, Tag
from widget.storage.responses import Place, page_query
from widget.storage.rewards import catalogue, lowest_scores

BATCH = 5_000

_OBJECTS = frozenset(column.name for column in COLUMNS if column.kind == "object")
_MOMENTS = frozenset(column.name for column in COLUMNS if column.kind == "moment")
# No tag has an end of a line.
_BETWEEN = "\n"


@dataclass(frozen=True)
class RecordsPage:
    """Some responses, newest first, each by the names of the columns; `last` is the place of the
    last of them where there are older ones."""

    records: Sequence[dict[str, Any]]
    last: Place | None


def batches(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    *,
    shows_hidden_comments: bool,
) -> Iterator[Batch]:
    """All responses that a filter wants, newest first, a batch at a time.

    Each batch is read by itself, from the place where the one before it ended, and forgotten: a
    long file holds up no writer and takes no more memory than a short one.
    """
    place = None
    while True:
        found, place = _read(
            session, workspace_id, wanted, BATCH, place, shows_hidden_comments=shows_hidden_comments
        )
        session.rollback()
        if found is not None:
            yield found
        if place is None:
            return


def records_page(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    *,
    limit: int,
    older_than: Place | None,
    shows_hidden_comments: bool,
) -> RecordsPage:
    """Up to `limit` responses from a place in the list on; objects are dicts and lists."""
    found, last = _read(
        session,
        workspace_id,
        wanted,
        limit,
        older_than,
        shows_hidden_comments=shows_hidden_comments,
    )
    if found is None:
        return RecordsPage([], None)
    columns = [
        [text and json.loads(text) for text in found[column.name]]
        if column.name in _OBJECTS
        else found[column.name]
        for column in COLUMNS
    ]
    names = [column.name for column in COLUMNS]
    return RecordsPage(
        [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)], last
    )


def _read(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    limit: int,
    older_than: Place | None,
    *,
    shows_hidden_comments: bool,
) -> tuple[Batch | None, Place | None]:
    """A batch, None where there is none, and the place of its last where there are older ones."""
    query = page_query(session, workspace_id, wanted, limit + 1, older_than)
    if query is None:
        return None, None
    selected = _selected(shows_hidden_comments)
    # Not by way of the session, which would look after each row.
    rows = session.connection().execute(query.with_only_columns(*selected.values())).all()
    has_older, rows = len(rows) > limit, rows[:limit]
    if not rows:
        return None, None
    read: dict[str, Sequence[Any]] = dict(zip(selected, zip(*rows, strict=True), strict=True))
    read["id"] = _ids(read["id"])
    known: dict[Any, datetime] = {}
    for name in _MOMENTS:
        read[name] = _moments(read[name], known)
    read["reasons"] = _lists(read["reasons"])
    read["tags"] = _tags(read["tags"])
    read["reward"] = _rewards(session, workspace_id, read)
    last = Place(read["created_at"][-1], UUID(read["id"][-1])) if has_older else None
    return {column.name: read[column.name] for column in COLUMNS}, last


def _selected(shows_hidden_comments: bool) -> dict[str, Any]:
    """What is read of each response, by name: most of it as it is told."""
    is_shown = Response.comment_hidden_at.is_(None)
    comment: Any = case((Response.comment != "", Response.comment))
    if not shows_hidden_comments:
        comment = case((is_shown, comment), else_=null())
    return {
        "id": _raw(Response.id),
        "survey": Survey.public_id,
        "survey_name": Survey.name,
        "version": SurveyVersion.number,
        "kind": Response.kind,
        "score": Response.score,
        "stars": Response.stars,
        "csat": Response.csat,
        "nps": Response.nps,
        "ces": Response.ces,
        "reasons": cast(Response.reasons, Text),
        "comment": comment,
        "comment_hidden": ~is_shown,
        "wants_contact": Response.wants_contact.is_(True),
        "contact": case((Response.contact != "", Response.contact)),
        "may_publish": Response.may_publish.is_(True),
        "reward_id": Response.reward_id,
        "member": Member.public_id,
        "member_name": Member.name,
        "member_email": Member.email,
        "member_given": Response.member_given,
        "ref": Response.ref,
        "channel": Response.channel,
        "source": Response.source,
        "language": Response.language,
        "customer_email": Response.customer_email,
        "customer_name": Response.customer_name,
        "customer_id": Response.customer_id,
        "page": Response.page,
        "tags": _tag_names(),
        "attributes": cast(Response.attributes, Text),
        "problems": cast(Response.problems, Text),
        "test": Response.is_test,
        "recovery": Response.is_recovery,
        "hidden": Response.hidden_at.is_not(None),
        "created_at": _raw(Response.answered_at),
        "updated_at": _raw(Response.updated_at),
        "finished_at": _raw(Response.finished_at),
        "version_id": Response.version_id,
    }


def _raw(column: Any) -> ColumnElement[Any]:
    """A column as the driver gives it."""
    return type_coerce(column, String)


def _tag_names() -> ColumnElement[Any]:
    """The tags of a response, an end of a line between them."""
    of_response = (ResponseTag.workspace_id == Response.workspace_id) & (
        ResponseTag.response_id == Response.id
    )
    return (
        select(func.aggregate_strings(Tag.name, _BETWEEN))
        .select_from(ResponseTag)
        .join(Tag, Tag.id == ResponseTag.tag_id)
        .where(of_response)
        .correlate(Response)
        .scalar_subquery()
    )


def _ids(values: Sequence[Any]) -> list[str]:
    if isinstance(values[0], str):
        # SQLite's thirty-two digits.
        return [f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}" for id in values]
    return list(map(str, values))


def _moments(values: Sequence[Any], known: dict[Any, datetime]) -> list[datetime | None]:
    """Moments as the driver gives them, in UTC. `known` remembers: most come several times."""
    found: list[datetime | None] = []
    for value in values:
        moment = known.get(value)
        if moment is None and value is not None:
            moment = known[value] = (
                datetime.fromisoformat(f"{value}+00:00")
                if isinstance(value, str)
                else value.astimezone(UTC)
            )
        found.append(moment)
    return found


def _tags(values: Sequence[str | None]) -> list[list[str]]:
    return [sorted(names.split(_BETWEEN)) if names else [] for names in values]


def _lists(values: Sequence[str | None]) -> list[list[str]]:
    read: dict[str, list[str]] = {}
    return [
        read.get(text) or read.setdefault(text, json.loads(text)) if text else [] for text in values
    ]


def _rewards(session: Session, workspace_id: int, read: dict[str, Any]) -> list[str | None]:
    """The name of the reward that each suggests, as `rewards.reward_of_responses` finds it."""
    if not any(read["reward_id"]):
        return [None] * len(read["id"])
    names = {reward.id: reward.name for reward in catalogue(session, workspace_id)}
    lowest = lowest_scores(session, set(read["version_id"]))
    return [
        names.get(id) if id and score >= lowest[version] else None
        for id, score, version in zip(
            read["reward_id"], read["score"], read["version_id"], strict=True
        )
    ]
