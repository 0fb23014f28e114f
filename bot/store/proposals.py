"""Proposals as rows: reads and writes on a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from bot.store.office_schema import proposals
from bot.store.schema import turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_LISTED = [
    column
    for column in proposals.c
    if column.name not in {"edits", "base", "trial", "before", "after"}
]
_ERRORS = proposals.c.trial["errors"].as_integer().label("errors")


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Keep a new proposal; its id."""
    key = connection.execute(insert(proposals).values(version=1, **values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def get(connection: Connection, number: int) -> dict[str, Any] | None:
    """Find a proposal with all that it holds."""
    row = connection.execute(select(proposals).where(proposals.c.id == number)).mappings().first()
    return dict(row) if row else None


def listed(connection: Connection, states: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """List the newest proposals in some states (in any when none is named), without their texts.

    `errors` is how many the trial found, None where there was none.
    """
    query = select(*_LISTED, _ERRORS).order_by(proposals.c.id.desc()).limit(limit)
    if states:
        query = query.where(proposals.c.state.in_(states))
    return [dict(row) for row in connection.execute(query).mappings()]


def states(connection: Connection, numbers: Sequence[int]) -> dict[int | None, str]:
    """How far these proposals came."""
    if not numbers:
        return {}
    query = select(proposals.c.id, proposals.c.state).where(proposals.c.id.in_(numbers))
    return {row.id: row.state for row in connection.execute(query)}


def bases(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """The digests of the files that these proposals were tried on."""
    query = select(proposals.c.id, proposals.c.base).where(proposals.c.id.in_(numbers))
    return {row.id: row.base for row in connection.execute(query)}


def titles(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The titles of these proposals."""
    if not numbers:
        return {}
    query = select(proposals.c.id, proposals.c.title).where(proposals.c.id.in_(numbers))
    return {row.id: row.title for row in connection.execute(query)}


def unfinished(connection: Connection, state: str) -> list[dict[str, Any]]:
    """Find the proposals in a state, with all that they hold."""
    query = select(proposals).where(proposals.c.state == state).order_by(proposals.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_author(
    connection: Connection, author: str, states: Sequence[str], limit: int = 100
) -> list[dict[str, Any]]:
    """Somebody's newest proposals in some states: only what they are told apart by."""
    columns = (proposals.c.id, proposals.c.edits, proposals.c.clusters, proposals.c.note)
    query = (
        select(*columns)
        .where(proposals.c.author == author, proposals.c.state.in_(states))
        .order_by(proposals.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def change(connection: Connection, number: int, version: int, values: dict[str, Any]) -> bool:
    """Change a proposal; False when somebody else changed it since that version."""
    changed = (
        update(proposals)
        .where(proposals.c.id == number, proposals.c.version == version)
        .values(version=version + 1, **values)
    )
    return connection.execute(changed).rowcount == 1


def recent_questions(connection: Connection, since: datetime, most: int) -> dict[str, int]:
    """The newest masked questions, each once, with the number of their turn.

    Walks back by id, for there is no index of moments.
    """
    newest = connection.scalar(select(func.max(turns.c.id))) or 0
    rows = connection.execute(
        select(turns.c.id, turns.c.text, turns.c.normalised)
        .where(turns.c.id > newest - 10 * most, turns.c.at >= since, turns.c.normalised != "")
        .order_by(turns.c.id.desc())
    )
    found: dict[str, tuple[str, int]] = {}
    for number, text, normalised in rows:
        found.setdefault(normalised, (text, number))
        if len(found) == most:
            break
    return dict(found.values())


def texts_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The masked texts of turns, of those that are still kept."""
    query = select(turns.c.id, turns.c.text).where(turns.c.id.in_(numbers))
    return {row.id: row.text for row in connection.execute(query)}
