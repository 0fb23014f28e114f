"""Writes, many in one transaction: one flush to the disk serves all that wait.

A write is a function of a connection. It may run more than once, if another of the same
transaction failed, so it changes nothing but the database.

Statements run in the event loop: each takes some microseconds, whereas a thread would have to wait
for Python's lock before and after each one. What takes long or has to wait does not: the commit,
with its flush, and writes that are `long` run in a thread, a lock of another program is waited
for asleep.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.store.errors import gone, store_error
from bot.store.sqlite import WRITES, does_not_wait, identity, is_busy, wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_TOGETHER = 100  # writes in one transaction
_AT_A_TIME = 8  # writes until the event loop looks at everything else
_LOOK_AGAIN = 0.002  # seconds, while another program holds the file


@dataclass(slots=True)
class _Asked:
    """A write that waits."""

    write: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    long: bool
    result: Any = None

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Writer:
    """Commits writes in the order in which they were asked for."""

    def __init__(self, engine: Engine, place: str, *, busy_seconds: float) -> None:
        self._engine = engine
        self._place = place
        self._busy_seconds = busy_seconds
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._file = identity(place)
        self._queue: deque[_Asked] = deque()
        self._working: asyncio.Task[None] | None = None
        self._wipe = False  # what was erased still stands in the log of the database

    async def run(self, write: Callable[[Connection], T], *, long: bool = False) -> T:
        """Give what a write gives, once not even a power failure loses it; or raise what it raises.

        A caller that stops waiting does not stop the write.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._queue.append(_Asked(write, done, long))
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        return await done

    async def erase(self, write: Callable[[Connection], T]) -> T:
        """Run a write after which nothing that it erased may stand anywhere in the files."""

        def erasing(connection: Connection) -> T:
            self._wipe = True
            return write(connection)

        return await self.run(erasing, long=True)

    async def close(self) -> None:
        """Wait for what was asked for."""
        if self._working:
            await asyncio.wait([self._working])
        self._thread.shutdown()
        self._let_go()

    async def _work(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), _TOGETHER))]
            try:
                await self._commit(batch)
            except Exception as error:  # noqa: BLE001  # neither begun nor committed
                self._let_go()
                for asked in batch:
                    asked.fail(self._explained(error))

    async def _commit(self, batch: list[_Asked]) -> None:
        """Commit all that can be; one that fails takes no other with it."""
        while batch:
            connection = await self._begin()
            failed = await self._execute(connection, batch)
            if failed is None:
                await self._aside(connection.commit)
                break
            connection.rollback()
            batch.remove(failed)
        if self._wipe:
            self._wipe = not await self._aside(lambda: wipe(self._engine))
        for asked in batch:
            if not asked.done.done():  # else nobody waits any more
                asked.done.set_result(asked.result)

    async def _execute(self, connection: Connection, batch: Sequence[_Asked]) -> _Asked | None:
        """Run the writes; the one that failed, if any, is told so."""
        for number, asked in enumerate(batch, start=1):
            try:
                if asked.long:
                    asked.result = await self._aside(partial(asked.write, connection))
                else:
                    asked.result = asked.write(connection)
            except Exception as error:  # noqa: BLE001  # handed to whoever asked for the write
                asked.fail(self._explained(error))
                return asked
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        return None

    async def _begin(self) -> Connection:
        """Begin a transaction, waiting for another program as long as may be.

        Raises `StoreError` if the file is not the one that was opened: the system would take
        what is written to a removed file, and lose it.
        """
        if identity(self._place) != self._file:
            raise gone(self._place)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._busy_seconds
        while True:
            try:
                if self._connection is None:
                    self._connection = does_not_wait(self._engine.connect())
                    self._connection.execution_options(**{WRITES: True})
                self._connection.begin()
            except (DBAPIError, sqlite3.Error) as error:
                if not is_busy(error) or loop.time() > give_up:
                    self._let_go()
                    raise
                if self._connection:
                    self._connection.rollback()
                await asyncio.sleep(_LOOK_AGAIN)
            else:
                return self._connection

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, sqlite3.Error):
                connection.invalidate()
            connection.close()

    def _explained(self, error: Exception) -> Exception:
        if isinstance(error, SQLAlchemyError | sqlite3.Error):
            return store_error(self._place, error)
        return error
