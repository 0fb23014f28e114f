"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy keeps in their own dialects.

Statements of the hot way are made once: to build one takes longer than to run it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable

Values = dict[str, Any]


class InsertUnlessKnown:
    """Inserts a row with an `id`, unless a unique column has its value already."""

    def __init__(self, table: Table) -> None:
        self._statements: dict[str, Executable] = {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing().returning(table.c.id),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing().returning(table.c.id),
        }

    def __call__(self, connection: Connection, values: Values) -> int | None:
        """Give the new row's id; None if it is known."""
        statement = self._statements[connection.dialect.name]
        number = connection.execute(statement, values).scalar()
        return None if number is None else int(number)


class Put:
    """Inserts a row, or changes the one that has its primary key."""

    def __init__(self, table: Table) -> None:
        key = [column.name for column in table.primary_key]
        self._statements: dict[str, Executable] = {
            "sqlite": _putting(sqlite.insert(table), table, key),
            "postgresql": _putting(postgresql.insert(table), table, key),
        }

    def __call__(self, connection: Connection, values: Values) -> None:
        connection.execute(self._statements[connection.dialect.name], values)


def _putting(
    insert: sqlite.Insert | postgresql.Insert, table: Table, key: Sequence[str]
) -> Executable:
    changed = {name: insert.excluded[name] for name in set(table.columns.keys()) - set(key)}
    return insert.on_conflict_do_update(index_elements=list(key), set_=changed)
