"""Statements of the hot way: written as all others, but compiled once and run on the bare driver.

What SQLAlchemy does for each execution – look up what was compiled, make a context, a result and
its rows – takes ten times as long as SQLite needs for a row found by an index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.sql.expression import ClauseElement
    from sqlalchemy.types import TypeEngine


class Prepared:
    """A statement whose values come by name: those of its columns, or of its `bindparam`s."""

    def __init__(
        self,
        statement: ClauseElement | Mapping[str, ClauseElement],
        values: Sequence[str] | None = None,
    ) -> None:
        """`statement` may be one for each dialect; `values` are the columns that it inserts."""
        self._statement = statement
        self._values = None if values is None else list(values)
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run it and give what it finds, all of it."""
        return self._for(connection).rows(connection, values)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run it and give the first row; None if there is none."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it and tell how many rows it changed."""
        return self._for(connection).count(connection, values)

    def _for(self, connection: Connection) -> _Ready:
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            statement = self._statement
            if not hasattr(statement, "compile"):
                statement = statement[dialect.name]
            compiled = statement.compile(dialect=dialect, column_keys=self._values)
            assert isinstance(compiled, SQLCompiler)
            ready = self._ready[dialect.name] = _Ready(compiled, dialect)
        return ready


class _Ready:
    """The statement as text, and how values go in and come out."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self._text = str(compiled)
        self._dialect = dialect
        self._positional = compiled.positional
        names = list(compiled.positiontup or compiled.binds)
        fixed = compiled.construct_params(_check=False)
        self._binds = [
            (name, fixed.get(name), _into(compiled.binds[name].type, dialect)) for name in names
        ]
        columns = getattr(compiled.statement, "exported_columns", ())
        self._columns = [(column.key, column.type) for column in columns]
        self._outs: list[tuple[str, Callable[[Any], Any] | None]] | None = None

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        cursor = self._run(connection, values)
        found = cursor.fetchall()
        if self._outs is None:
            kinds = [column[1] for column in cursor.description]
            self._outs = [
                (name, _out_of(kind, self._dialect, driver_kind))
                for (name, kind), driver_kind in zip(self._columns, kinds, strict=True)
            ]
        cursor.close()
        return [
            {
                name: process(value) if process else value
                for (name, process), value in zip(self._outs, row, strict=True)
            }
            for row in found
        ]

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        cursor = self._run(connection, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        bound = [
            process(values.get(name, fixed)) if process else values.get(name, fixed)
            for name, fixed, process in self._binds
        ]
        cursor = connection.connection.cursor()
        if self._positional:
            cursor.execute(self._text, bound)
        else:
            named = dict(zip((name for name, *_ in self._binds), bound, strict=True))
            cursor.execute(self._text, named)
        return cursor


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _out_of(
    kind: TypeEngine[Any], dialect: Dialect, driver_kind: object
) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).result_processor(dialect, driver_kind)
