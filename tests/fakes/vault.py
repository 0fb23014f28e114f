"""A Vault in a SQLite file: real durability, no encryption; failures to order."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

from bot.store.alone import alone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class FileVault:
    """Keeps secrets in a file; every call opens it anew, so nothing lives in memory alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.broken = False
        self.kept: list[str] = []  # every value that was kept, in order
        with closing(self._open()) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT)")

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        async with alone(self._path.with_suffix(f".{name}.lock"), patience=10):
            yield

    async def secret(self, name: str) -> str | None:
        await asyncio.sleep(0)
        with closing(self._open()) as db:
            row = db.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    async def keep_secret(self, name: str, value: str) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise OSError(f"disk full while writing {value}")
        with closing(self._open()) as db, db:
            db.execute("REPLACE INTO secrets VALUES (?, ?)", (name, value))
        self.kept.append(value)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        database.execute("PRAGMA synchronous = OFF")  # no test cuts the power
        return database
