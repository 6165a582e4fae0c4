"""Finding customers by their words: name, address, the team's own id and client.

On SQLite `customer_words` gives each customer a number in the order they were made, and
`customer_words_index` is a full-text index by that number. On PostgreSQL an index of the table
itself holds the words. Triggers of the database, or the database itself, keep both.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, column, func, literal_column, select, table

from widget.domain.search_words import goes_on, phrases
from widget.storage.models import Customer
from widget.storage.search import CONFIGURATION, Rows, sqlite_match, tsquery

_words = table(
    "customer_words",
    column("place", Integer),
    column("workspace_id", Integer),
    column("customer_id", Uuid()),
)
_index = table("customer_words_index", column("rowid", Integer))


def customers_found(query: Rows, search: str, dialect: str) -> Rows:
    """A query of customers narrowed to those that have every word of a search, of which the last
    may go on. A search without any word narrows nothing."""
    wanted = phrases(search)
    if not wanted:
        return query
    if dialect == "postgresql":
        asked = func.to_tsquery(CONFIGURATION, tsquery(wanted, goes_on(search), hidden_too=True))
        words: ColumnElement[Any] = literal_column("customer_words(customers)")
        return query.where(words.op("@@")(asked))
    match = literal_column("customer_words_index").op("MATCH")
    return (
        query.join(
            _words,
            (_words.c.workspace_id == Customer.workspace_id)
            & (_words.c.customer_id == Customer.id),
        )
        .join(_index, _index.c.rowid == _words.c.place)
        .where(match(sqlite_match(wanted, goes_on(search), hidden_too=True)))
    )


def search_order(search: str, dialect: str) -> ColumnElement[int] | None:
    """What orders the customers that are found from old to new, as the index itself has them;
    None where it has no order, or nothing is searched."""
    return None if dialect == "postgresql" or not phrases(search) else _index.c.rowid


def search_place(workspace_id: int, id: UUID) -> ColumnElement[int]:
    """Where a customer stands in that order, or whoever was made before them."""
    there = (
        select(_words.c.place)
        .where(_words.c.workspace_id == workspace_id, _words.c.customer_id <= id)
        .order_by(_words.c.customer_id.desc())
        .limit(1)
    )
    return func.coalesce(there.scalar_subquery(), 0)
