"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy keeps in their own dialects."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Values = dict[str, Any]


def insert_unless_known(connection: Connection, table: Table, values: Values) -> int | None:
    """Insert a row with an `id`; None if a unique column has this value already."""
    added = _insert(connection, table).values(values).on_conflict_do_nothing()
    number = connection.execute(added.returning(table.c.id)).scalar()
    return None if number is None else int(number)


def put(connection: Connection, table: Table, values: Values) -> None:
    """Insert a row, or change the one that has its primary key."""
    key = {column.name for column in table.primary_key}
    changed = {name: value for name, value in values.items() if name not in key}
    put_in = _insert(connection, table).values(values)
    connection.execute(put_in.on_conflict_do_update(index_elements=sorted(key), set_=changed))


def _insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
