"""Conditions and joins that SQLite answers from the index that is meant for them.

Without statistics it takes a workspace to be small, and rather reads all of its rows than look some
of them up in an index that does not hold every column. PostgreSQL knows better, and does the same
either way.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, ColumnElement, String, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute, aliased


def by_index(
    workspace_id: int, attribute: InstrumentedAttribute[Any], wanted: Collection[Any]
) -> ColumnElement[bool]:
    """The condition that a column of a stream table, which an index begins with, is one of some
    values: the ids are found in the index alone, and the rows by their ids."""
    model = attribute.class_
    row = aliased(model)
    ids = select(row.id).where(
        row.workspace_id == workspace_id, getattr(row, attribute.key).in_(wanted)
    )
    condition: ColumnElement[bool] = (model.workspace_id == workspace_id) & model.id.in_(ids)
    return condition


def out_of_index(column: Any) -> ColumnElement[Any]:
    """The same value, told so that no index is in the order of it."""
    return func.coalesce(column, column)


def texts(wanted: Collection[str]) -> CTE:
    """Some texts as rows with a column `text`, to be joined with a unique column. There must be
    one at least."""
    rows = values(column("text", String), name="wanted").data([(text,) for text in wanted])
    return rows.cte("wanted")
