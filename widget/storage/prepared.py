"""Statements compiled once, for the one place where compiling and binding each time is felt.

SQLAlchemy writes the SQL and knows how each column is stored; what is saved is doing so again for
every answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import Insert


class Runner(Protocol):
    """A SQLAlchemy connection, or something as thin as a driver's cursor."""

    @property
    def dialect(self) -> Dialect: ...

    def exec_driver_sql(self, statement: str, parameters: Any, /) -> Any: ...


class PreparedInsert:
    """An INSERT of the columns named in `values`, compiled for a dialect when first used."""

    def __init__(self, make: Callable[[Dialect], Insert], columns: tuple[str, ...]) -> None:
        self._make = make
        self._columns = columns
        self._ready: dict[str, _Compiled] = {}

    def run(self, connection: Runner, values: Mapping[str, Any]) -> Any:
        """Insert one row; returns what has its `fetchone`."""
        dialect = connection.dialect
        compiled = self._ready.get(dialect.name)
        if compiled is None:
            compiled = self._ready[dialect.name] = _Compiled(
                self._make(dialect), self._columns, dialect
            )
        return connection.exec_driver_sql(compiled.sql, compiled.parameters(values))


class _Compiled:
    def __init__(self, statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        self.sql = str(compiled)
        # Drivers take parameters by position, or by name.
        positions: list[str] | None = getattr(compiled, "positiontup", None)
        self._is_positional = positions is not None
        self._bindings = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in positions or columns
        ]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if self._is_positional:
            # A list first: building a tuple from a generator takes twice as long.
            return tuple(
                [
                    process(values[name]) if process else values[name]
                    for name, process in self._bindings
                ]
            )
        return {
            name: process(values[name]) if process else values[name]
            for name, process in self._bindings
        }
