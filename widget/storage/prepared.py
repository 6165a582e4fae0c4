"""Statements compiled once, for the few places where compiling and binding each time is felt.

SQLAlchemy writes the SQL and knows how each column is stored; what is saved is doing so again for
every answer, and for each of a hundred thousand requests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import repeat
from typing import Any, Protocol

from sqlalchemy import ClauseElement, Column, Connection, Dialect, Table, insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from widget.storage.declarative import UTCDateTime

Row = Mapping[str, Any]


class Runner(Protocol):
    """A SQLAlchemy connection, or something as thin as a driver's cursor."""

    @property
    def dialect(self) -> Dialect: ...

    def exec_driver_sql(self, statement: str, parameters: Any, /) -> Any: ...


class PreparedInsert:
    """An INSERT of the columns named in `columns`, compiled when first used.

    All rows of a call are one statement: each statement gives other threads a chance to take the
    interpreter away, and waiting to get it back costs more than a row does.
    """

    def __init__(self, make: Callable[[Dialect], Insert], columns: tuple[str, ...]) -> None:
        self._make = make
        self._columns = columns
        self._ready: dict[tuple[str, int], _Compiled] = {}

    def run(self, connection: Runner, rows: Sequence[Row]) -> int:
        """Insert at least one row; returns how many were inserted or updated."""
        dialect = connection.dialect
        compiled = self._ready.get((dialect.name, len(rows)))
        if compiled is None:
            compiled = _Compiled(self._make(dialect), self._columns, len(rows), dialect)
            self._ready[dialect.name, len(rows)] = compiled
        done: int = connection.exec_driver_sql(compiled.sql, compiled.parameters(rows)).rowcount
        return done


class PreparedRows:
    """An INSERT into a table of very many rows that have most of their values in common."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._ready: dict[str, tuple[str, list[Column[Any]]]] = {}

    def run(self, connection: Connection, common: Row, own: Mapping[str, Sequence[Any]]) -> None:
        """Insert rows. `own` has, by the names of columns, a value for each row, and one column at
        least; `common` has what is in the others. A column that neither names has its default."""
        dialect = connection.dialect
        sql, columns = self._compiled(dialect)
        values = [
            _as_stored(column, own[column.name], dialect)
            if column.name in own
            else repeat(_one_as_stored(column, common, dialect))
            for column in columns
        ]
        # Put together by columns: looking up forty names for each row takes longer than storing it.
        rows = zip(*values, strict=False)
        if dialect.name == "postgresql":
            _copy(connection, sql, rows)
        elif given := list(rows):
            connection.exec_driver_sql(sql, given)

    def _compiled(self, dialect: Dialect) -> tuple[str, list[Column[Any]]]:
        found = self._ready.get(dialect.name)
        if found is None:
            names = [column.name for column in self._table.columns]
            compiled = insert(self._table).compile(dialect=_positional(dialect), column_keys=names)
            assert isinstance(compiled, SQLCompiler)
            columns = [self._table.c[name] for name in compiled.positiontup or ()]
            sql = _copying(columns, dialect) if dialect.name == "postgresql" else str(compiled)
            found = self._ready[dialect.name] = (sql, columns)
        return found


def _copy(connection: Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Give PostgreSQL rows in the one way that does not take a statement for each."""
    cursor: Any = connection.connection.cursor()
    with closing(cursor), cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def _copying(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    names = dialect.identifier_preparer
    named = ", ".join(names.format_column(column) for column in columns)
    return f"COPY {names.format_table(columns[0].table)} ({named}) FROM STDIN"


def _as_stored(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if isinstance(column.type, UTCDateTime):
        # Of a thousand rows many have the same.
        ready = {value: process(value) for value in set(values)}
        return [ready[value] for value in values]
    return [process(value) for value in values]


def _one_as_stored(column: Column[Any], common: Row, dialect: Dialect) -> Any:
    value = common[column.name] if column.name in common else _default(column)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process else value


def _default(column: Column[Any]) -> Any:
    if column.default is None:
        return None
    # What a default of another sort gives may not be the same for all rows.
    assert isinstance(column.default, ScalarElementColumnDefault), column
    return column.default.arg


class PreparedStatement:
    """Any statement with named parameters, compiled when first used with a database."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._ready: dict[str, tuple[str, list[tuple[str, Any]]]] = {}

    def ready(self, dialect: Dialect, values: Row) -> tuple[str, tuple[Any, ...]]:
        """The SQL and the values as the driver takes them."""
        found = self._ready.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(dialect=_positional(dialect))
            assert isinstance(compiled, SQLCompiler)
            bindings = [
                (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
                for name in compiled.positiontup or ()
            ]
            found = self._ready[dialect.name] = (str(compiled), bindings)
        sql, bindings = found
        return sql, tuple(
            [process(values[name]) if process else values[name] for name, process in bindings]
        )


def _positional(dialect: Dialect) -> Dialect:
    # Every driver of ours takes parameters by position, whatever SQLAlchemy prefers for it.
    style = "qmark" if dialect.name == "sqlite" else "format"
    return type(dialect)(paramstyle=style)  # type: ignore[call-arg]


class _Compiled:
    def __init__(
        self, statement: Insert, columns: tuple[str, ...], rows: int, dialect: Dialect
    ) -> None:
        several = statement.values([dict.fromkeys(columns)] * rows)
        compiled = several.compile(dialect=_positional(dialect))
        assert len(compiled.positiontup or ()) == rows * len(columns)
        self.sql = str(compiled)
        self._bindings = [
            (name, statement.table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in columns
        ]

    def parameters(self, rows: Sequence[Row]) -> tuple[Any, ...]:
        """The values as the driver takes them: row after row."""
        bindings = self._bindings
        # A list first: building a tuple from a generator takes twice as long.
        return tuple(
            [
                process(row[name]) if process else row[name]
                for row in rows
                for name, process in bindings
            ]
        )
