"""Statements compiled once, for the one place where compiling and binding each time is felt.

SQLAlchemy writes the SQL and knows how each column is stored; what is saved is doing so again for
every answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

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
