"""The trail of what officials did: reads and writes on a connection. Nothing is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.store.office_schema import trail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

MOST = 5000  # notes in one answer


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was done; `before` and `after` are what changed, by name."""

    id: int
    at: datetime
    account: str
    action: str
    object: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notes: all that are left open fit. `before` is the id that the answer begins below."""

    account: str = ""
    action: str = ""
    object: str = ""
    before: int | None = None
    limit: int = 50


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a note: all of `Note` but its id."""
    connection.execute(insert(trail).values(values | {"object": values["object"][:200]}))


def notes(connection: Connection, wanted: Wanted) -> list[Note]:
    """Find notes, the newest first."""
    query = select(trail).order_by(trail.c.id.desc()).limit(min(wanted.limit, MOST))
    if wanted.account:
        query = query.where(trail.c.account == wanted.account)
    if wanted.action:
        query = query.where(trail.c.action == wanted.action)
    if wanted.object:
        query = query.where(trail.c.object.contains(wanted.object, autoescape=True))
    if wanted.before is not None:
        query = query.where(trail.c.id < wanted.before)
    return [Note(**row) for row in connection.execute(query).mappings()]


def known(connection: Connection) -> tuple[list[str], list[str]]:
    """Who did something, and what kinds of things were done."""
    people = select(trail.c.account).distinct().order_by(trail.c.account).limit(200)
    kinds = select(trail.c.action).distinct().order_by(trail.c.action).limit(200)
    return (
        list(connection.execute(people).scalars()),
        list(connection.execute(kinds).scalars()),
    )
