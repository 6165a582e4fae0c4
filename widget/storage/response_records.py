"""Responses as they are told of outside: in files and by the API.

Rows are read without the objects that pages work with, and handled column by column: a file of a
million responses takes seconds, not minutes.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Text, case, cast, func, null, select
from sqlalchemy.orm import Session

from widget.domain.exports.columns import API_COLUMNS, COLUMNS, Batch, ColumnKind
from widget.domain.response_filters import ResponseFilter
from widget.storage.models import Member, Response, ResponseTag, Survey, SurveyVersion, Tag
from widget.storage.reason_names import reason_names
from widget.storage.responses import Place, page_query, some_query
from widget.storage.rewards import catalogue, lowest_scores
from widget.storage.search import Rows
from widget.storage.surveys import definitions_of

BATCH = 5_000

_MOMENTS = frozenset(column.name for column in COLUMNS if column.kind == "moment")
_YES_OR_NO = frozenset(column.name for column in COLUMNS if column.kind == "yes_no")
_ATTRIBUTES = ("client", "segment")
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
    """Up to `limit` responses from a place in the list on, with objects and moments as such."""
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
    return RecordsPage(_records(found), last)


def record_of(
    session: Session, workspace_id: int, id: UUID, *, shows_hidden_comments: bool
) -> dict[str, Any] | None:
    """One response in the same form; None for one that is hidden or not there."""
    found = records_of(session, workspace_id, [id], shows_hidden_comments=shows_hidden_comments)
    return found.get(id)


def records_of(
    session: Session, workspace_id: int, ids: Collection[UUID], *, shows_hidden_comments: bool
) -> dict[UUID, dict[str, Any]]:
    """Some responses in the same form by their ids, without those that are hidden."""
    query = some_query(workspace_id, ids)
    found = _batch(session, workspace_id, query, shows_hidden_comments=shows_hidden_comments)
    return {UUID(one["id"]): one for one in _records(found)} if found is not None else {}


def _records(found: Batch) -> list[dict[str, Any]]:
    columns = [_READ[column.kind](found[column.name]) for column in API_COLUMNS]
    names = [column.name for column in API_COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _objects(values: Sequence[str | None]) -> Sequence[Any]:
    return [text and json.loads(text) for text in values]


def _datetimes(values: Sequence[str | None]) -> Sequence[datetime | None]:
    return [datetime.fromisoformat(text) if text else None for text in values]


_READ: dict[ColumnKind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    "text": _as_they_are,
    "number": _as_they_are,
    "yes_no": _as_they_are,
    "list": _as_they_are,
    "object": _objects,
    "moment": _datetimes,
}


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
    found = _batch(session, workspace_id, query, shows_hidden_comments=shows_hidden_comments)
    if found is None:
        return None, None
    if len(found["id"]) <= limit:
        return found, None
    batch = {name: values[:limit] for name, values in found.items()}
    return batch, _last_place(batch)


def _batch(
    session: Session, workspace_id: int, query: Rows, *, shows_hidden_comments: bool
) -> dict[str, Sequence[Any]] | None:
    """What a query of responses finds, column by column; None where that is nothing."""
    selected = _selected(shows_hidden_comments)
    rows = _rows(session, query.with_only_columns(*selected.values()))
    if not rows:
        return None
    read: dict[str, Sequence[Any]] = dict(zip(selected, zip(*rows, strict=True), strict=True))
    read["id"] = _ids(read["id"])
    read |= _surroundings(session, read)
    read |= _moments({name: read[name] for name in _MOMENTS})
    for name in _YES_OR_NO:
        read[name] = list(map(bool, read[name]))
    read["reasons"] = _lists(read["reasons"])
    read["areas"] = _areas(session, read)
    read["tags"] = _tags(read["tags"])
    read |= _named_attributes(read["attributes"])
    read["reward"] = _rewards(session, workspace_id, read)
    return {column.name: read[column.name] for column in COLUMNS}


def _last_place(batch: Batch) -> Place:
    return Place(datetime.fromisoformat(batch["created_at"][-1]), UUID(batch["id"][-1]))


def _rows(session: Session, query: Rows) -> Sequence[Any]:
    """The rows of a query as the driver gives them: a third of the time goes without what
    SQLAlchemy makes of each."""
    found = session.connection().execute(query)
    assert found.cursor is not None
    rows = found.cursor.fetchall()
    found.close()
    return rows


def _selected(shows_hidden_comments: bool) -> dict[str, Any]:
    """What is read of each response, by name: most of it as it is told."""
    is_shown = Response.comment_hidden_at.is_(None)
    comment: Any = case((Response.comment != "", Response.comment))
    if not shows_hidden_comments:
        comment = case((is_shown, comment), else_=null())
    return {
        "id": Response.id,
        "survey_id": Response.survey_id,
        "version_id": Response.version_id,
        "member_id": Response.member_id,
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
        "created_at": Response.answered_at,
        "updated_at": Response.updated_at,
        "finished_at": Response.finished_at,
    }


# What is told of a response's survey, version and member, each by the name of its column.
_AROUND: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("survey_id", Survey.id, {"survey": Survey.public_id, "survey_name": Survey.name}),
    ("version_id", SurveyVersion.id, {"version": SurveyVersion.number}),
    (
        "member_id",
        Member.id,
        {"member": Member.public_id, "member_name": Member.name, "member_email": Member.email},
    ),
)


def _surroundings(session: Session, read: dict[str, Any]) -> dict[str, Sequence[Any]]:
    """What stands around each. It is looked up once for a batch: joined to each of its rows, it
    takes as long as half of the row."""
    told: dict[str, Sequence[Any]] = {}
    for name, id, columns in _AROUND:
        ids = set(read[name])
        rows = session.execute(select(id, *columns.values()).where(id.in_(ids - {None})))
        found: dict[Any, Sequence[Any]] = {row[0]: row for row in rows}
        for place, column in enumerate(columns, 1):
            values = {id: found[id][place] if id is not None else None for id in ids}
            told[column] = list(map(values.__getitem__, read[name]))
    return told


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


def _moments(columns: dict[str, Sequence[Any]]) -> dict[str, list[str | None]]:
    """Moments in UTC, in ISO 8601. Each is told once: most come several times."""
    told: dict[Any, str | None] = {None: None}
    for value in set().union(*columns.values()).difference((None,)):
        # SQLite keeps them as texts in UTC.
        told[value] = (
            f"{value[:10]}T{value[11:].removesuffix('.000000')}+00:00"
            if isinstance(value, str)
            else value.astimezone(UTC).isoformat()
        )
    return {name: list(map(told.__getitem__, values)) for name, values in columns.items()}


def _tags(values: Sequence[str | None]) -> list[Sequence[str]]:
    return [sorted(names.split(_BETWEEN)) if names else () for names in values]


def _lists(values: Sequence[str | None]) -> list[list[str]]:
    read: dict[str, list[str]] = {}
    return [
        read.get(text) or read.setdefault(text, json.loads(text)) if text else [] for text in values
    ]


def _areas(session: Session, read: dict[str, Any]) -> Sequence[Sequence[str]]:
    """The ticked reasons of each, in words. One that its version does not know keeps its id."""
    versions = set(compress(read["version_id"], read["reasons"]))
    if not versions:
        return [()] * len(read["id"])
    words = {
        id: reason_names(definition) for id, definition in definitions_of(session, versions).items()
    }
    return [
        [words[version].get(id, id) for id in ids] if ids else ()
        for ids, version in zip(read["reasons"], read["version_id"], strict=True)
    ]


def _named_attributes(values: Sequence[str | None]) -> dict[str, list[str | None]]:
    """The attributes that have columns of their own, None where there is none. Each text is read
    once: most come several times."""
    found: dict[str | None, dict[str, str]] = {
        text: _read_object(text)
        for text in set(values)
        if text and any(f'"{name}"' in text for name in _ATTRIBUTES)
    }
    nothing: dict[str, str] = {}
    said = [found.get(text, nothing) for text in values]
    return {name: [one.get(name) or None for one in said] for name in _ATTRIBUTES}


def _read_object(text: str) -> dict[str, str]:
    try:
        found: dict[str, str] = orjson.loads(text)
    except orjson.JSONDecodeError:
        # It knows no half of a surrogate pair, and people's pages send some.
        found = json.loads(text)
    return found


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
