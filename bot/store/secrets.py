"""Encrypted secrets of channels: reads and writes on a connection."""

from sqlalchemy import Connection, select

from bot.store.schema import secrets
from bot.store.upsert import put


def find(connection: Connection, name: str) -> str | None:
    query = select(secrets.c.value).where(secrets.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def keep(connection: Connection, name: str, value: str) -> None:
    put(connection, secrets, {"name": name, "value": value})
