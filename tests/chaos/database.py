"""Looks into the bot's database, also while it works on it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from bot.channels.zalo_oa.pair import SECRET as TOKENS
from bot.channels.zalo_oa.pair import Pair
from bot.cipher import Cipher
from tests.program import SECRET

if TYPE_CHECKING:
    from pathlib import Path


def rows(home: Path, query: str, *values: object) -> list[Any]:
    """Ask the database of a data folder; nothing is written."""
    place = f"file:{home / 'data' / 'hoidap.db'}?mode=ro"
    with closing(sqlite3.connect(place, uri=True, timeout=5)) as database:
        return database.execute(query, values).fetchall()


def kept_tokens(home: Path) -> Pair | None:
    """Read the pair of Zalo's tokens that is kept, if any."""
    with suppress(sqlite3.OperationalError):  # killed before there was a table
        found = rows(home, "SELECT value FROM secrets WHERE name = ?", TOKENS)
        return Pair.from_json(Cipher(SECRET.encode()).show(found[0][0])) if found else None
    return None


def on_their_way(home: Path) -> tuple[int, int]:
    """Count the messages that wait for an answer, and those that are to be sent."""
    ((received,),) = rows(home, "SELECT count(*) FROM inbox WHERE state = 'waiting'")
    ((sending,),) = rows(home, "SELECT count(*) FROM outbox WHERE state = 'waiting'")
    return received, sending
