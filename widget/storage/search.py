"""Finding responses by their words, in the index that triggers of the database keep.

On SQLite `response_words` gives each response that has words a number in the order of time, and
`response_words_index` is a full-text index by that number, without a copy of the texts. On
PostgreSQL `response_words` holds the words themselves. What is written to a response's comment,
customer, reference or member is found from the same transaction on.

A comment that the team has hidden stands apart from the others in either index: who may not read it
does not find it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    column,
    false,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from widget.domain.search_words import Phrase, goes_on, phrases
from widget.storage.indexed import out_of_index
from widget.storage.models import Response

# Tables with these beginnings are made by migrations and are no models.
OUTSIDE_MODELS = ("response_words", "customer_words")
# Triggers that every database of ours has.
TRIGGERS = ("response_words_inserted", "response_words_updated", "response_words_deleted")

Rows = Select[*tuple[Any, ...]]
"""A query of rows of any columns."""

# Within a millisecond, places are told apart by so many bits.
_PLACES_PER_MS = 20
# No database counts further; an address may name a moment that would be there.
_LAST_PLACE = 2**63 - 1

_words = table(
    "response_words",
    column("place", Integer),
    column("workspace_id", Integer),
    column("response_id", Uuid()),
    column("words", TSVECTOR),
)
CONFIGURATION: ColumnElement[Any] = literal_column("'simple'::regconfig")
_index = table("response_words_index", column("rowid", Integer))


def found_in(
    query: Select[*tuple[Any, ...]], search: str, dialect: str, *, hidden_too: bool
) -> Select[*tuple[Any, ...]]:
    """A query of responses narrowed to those that have every word of a search.

    The last word may go on; a search without any word finds nothing. `hidden_too` also looks into
    comments that are hidden.
    """
    wanted, is_open = phrases(search), goes_on(search)
    workspace_id: ColumnElement[Any] = _words.c.workspace_id
    response_id: ColumnElement[Any] = _words.c.response_id
    if dialect == "sqlite":
        # Or it goes through all responses and looks into the index for each, which takes a
        # thousand times as long where the search alone has no order to keep.
        workspace_id, response_id = out_of_index(workspace_id), out_of_index(response_id)
    query = query.join(
        _words, (workspace_id == Response.workspace_id) & (response_id == Response.id)
    )
    if dialect == "postgresql":
        if not wanted:
            return query.where(false())
        asked = func.to_tsquery(CONFIGURATION, tsquery(wanted, is_open, hidden_too=hidden_too))
        return query.where(_words.c.words.op("@@")(asked))
    query = query.join(_index, _index.c.rowid == _words.c.place)
    if not wanted:
        return query.where(false())
    match = literal_column("response_words_index").op("MATCH")
    return query.where(match(sqlite_match(wanted, is_open, hidden_too=hidden_too)))


def all_found_in(
    query: Select[*tuple[Any, ...]], search: str, dialect: str
) -> Select[*tuple[Any, ...]]:
    """The same for all that there are, in hidden comments as well, of a query that has no order of
    its own. It is given one, for SQLite would rather look up each response of the workspace."""
    found = found_in(query, search, dialect, hidden_too=True)
    order = index_order(dialect)
    return found if order is None else found.order_by(order)


def index_order(dialect: str) -> ColumnElement[int] | None:
    """What orders the responses that are found from old to new, as the index itself has them; None
    where it has no order."""
    return None if dialect == "postgresql" else _index.c.rowid


def index_place(workspace_id: int, id: UUID, answered_at: datetime) -> ColumnElement[int]:
    """Where a response stands in that order; where it stood, when it has no words any more."""
    first = min(int(answered_at.timestamp() * 1000) << _PLACES_PER_MS, _LAST_PLACE)
    there = select(_words.c.place).where(
        _words.c.workspace_id == workspace_id, _words.c.response_id == id
    )
    return func.coalesce(there.scalar_subquery(), first)


def sqlite_match(wanted: Sequence[Phrase], is_open: bool, *, hidden_too: bool) -> str:
    """A query for SQLite; `is_open`: its last word may go on. Every phrase is quoted, so that no
    word in it is an operator."""
    said = [f'"{" ".join(words)}"' for words in wanted]
    if is_open:
        said[-1] += " *"
    columns = "" if hidden_too else "{comment others} : "
    return f"{columns}({' AND '.join(said)})"


def tsquery(wanted: Sequence[Phrase], is_open: bool, *, hidden_too: bool) -> str:
    """A query for PostgreSQL; weights tell what stands where: A the comment, B others, C hidden."""
    weights = "ABC" if hidden_too else "AB"
    said = []
    for phrase in wanted:
        words = [f"'{word}':{weights}" for word in phrase]
        if is_open and phrase is wanted[-1]:
            words[-1] = f"'{phrase[-1]}':*{weights}"
        said.append(f"({' <-> '.join(words)})")
    return " & ".join(said)
