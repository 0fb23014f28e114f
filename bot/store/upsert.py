"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy keeps in their own dialects.

Statements of the hot way are made once: to build one takes longer than to run it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.prepared import Prepared

Values = dict[str, Any]


class InsertUnlessKnown:
    """Inserts a row with an `id`, unless a unique column has its value already."""

    def __init__(self, table: Table, values: Sequence[str]) -> None:
        """`values` are the columns that get one."""
        statements = {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing().returning(table.c.id),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing().returning(table.c.id),
        }
        self._prepared = Prepared(statements, values)

    def __call__(self, connection: Connection, values: Values) -> int | None:
        """Give the new row's id; None if it is known."""
        row = self._prepared.first(connection, values)
        return None if row is None else int(row["id"])


class Put:
    """Inserts a row, or changes the one that has its primary key."""

    def __init__(self, table: Table) -> None:
        key = [column.name for column in table.primary_key]
        statements = {
            "sqlite": _putting(sqlite.insert(table), table, key),
            "postgresql": _putting(postgresql.insert(table), table, key),
        }
        self._prepared = Prepared(statements, table.c.keys())

    def __call__(self, connection: Connection, values: Values) -> None:
        self._prepared.count(connection, values)


def _putting(
    insert: sqlite.Insert | postgresql.Insert, table: Table, key: Sequence[str]
) -> ClauseElement:
    changed = {name: insert.excluded[name] for name in set(table.columns.keys()) - set(key)}
    return insert.on_conflict_do_update(index_elements=list(key), set_=changed)
