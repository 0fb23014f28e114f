"""The storage port: turns in, the newest turn and the unanswered ones out.

Nothing here is SQLite's own: opening a file is in `sqlite`, the reviewer's query in `review`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.errors import StoreError, as_store_error
from bot.store.records import (
    TurnRecord,
    UnansweredGroup,
    turn_from_row,
    turn_to_row,
    verdict_from_json,
)
from bot.store.review import unanswered_groups
from bot.store.schema import feedback, turns
from bot.store.sqlite import WRITES, open_sqlite


class Store:
    """Keeps turns and feedback. Every method raises StoreError when the database fails."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._place = engine.url.database or ""
        self._writing = asyncio.Lock()  # one writer at a time: they queue here, not in SQLite
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, busy_seconds: float = 5.0) -> Self:
        """Open "sqlite+aiosqlite:///path", with its folder and the newest schema.

        `busy_seconds` is how long to wait for another program that holds the file.
        """
        return cls(await open_sqlite(url, busy_seconds=busy_seconds))

    async def add_turn(self, turn: TurnRecord) -> int:
        """Keep a turn; when this returns its id, not even a power failure loses it."""
        async with self._write() as connection:
            result = await connection.execute(insert(turns).values(turn_to_row(turn)))
            key = result.inserted_primary_key
            assert key is not None
            return int(key.id)

    async def last_turn(self, user_key: str) -> TurnRecord | None:
        """Find the newest turn of this person."""
        query = select(turns).where(turns.c.user_key == user_key).order_by(turns.c.id.desc())
        async with self._read() as connection:
            row = (await connection.execute(query.limit(1))).mappings().first()
            return turn_from_row({**row}) if row else None

    async def rate(self, turn: int, *, user_key: str, useful: bool, at: datetime) -> bool:
        """Keep a person's newest opinion on an own turn; False if it is not theirs."""
        # The lock on the row keeps two ratings of one turn apart where writers do not queue.
        own = select(turns.c.id).where(turns.c.id == turn, turns.c.user_key == user_key)
        async with self._write() as connection:
            if (await connection.execute(own.with_for_update())).first() is None:
                return False
            await connection.execute(delete(feedback).where(feedback.c.turn_id == turn))
            await connection.execute(insert(feedback).values(turn_id=turn, useful=useful, at=at))
            return True

    async def erase(self, user_key: str) -> int:
        """Forget this person in one transaction; the number of turns that went.

        Feedback goes with its turn, by its foreign key. Every further table that holds a
        person's key gets its line here.
        """
        async with self._write() as connection:
            erased = await connection.execute(delete(turns).where(turns.c.user_key == user_key))
            return erased.rowcount

    async def unanswered(self, *, limit: int, now: datetime) -> list[UnansweredGroup]:
        """List what a reviewer should look at, most people first."""
        async with self._read() as connection:
            rows = (await connection.execute(unanswered_groups(limit=limit, now=now))).mappings()
            groups = []
            for row in rows:
                fields = {**row}
                del fields["newest"]
                stored = fields.pop("verdict")
                ranking = verdict_from_json(stored).ranking if stored else ()
                groups.append(UnansweredGroup(**fields, nearest=next(iter(ranking), None)))
            return groups

    async def close(self) -> None:
        """Let the write under way finish, then close the file."""
        async with self._writing:
            self._closed = True
            await self._engine.dispose()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        async with self._writing, self._read(writes=True) as connection:
            yield connection

    @asynccontextmanager
    async def _read(self, *, writes: bool = False) -> AsyncIterator[AsyncConnection]:
        if self._closed:
            raise StoreError(f"Kho dữ liệu {self._place} đã đóng.", "Hãy khởi động lại hoidap.")
        with as_store_error(self._place):
            async with self._engine.connect() as connection:
                await connection.execution_options(**{WRITES: writes})
                async with connection.begin():
                    yield connection
