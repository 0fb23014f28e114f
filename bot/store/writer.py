"""One thread that writes: what waits is committed together, so one flush to the disk serves many.

A write is a function of a connection. It may run more than once, if another of the same
transaction failed, so it changes nothing but the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.store.errors import store_error
from bot.store.sqlite import WRITES, wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

    Write = Callable[[Connection], Any]

T = TypeVar("T")

_TOGETHER = 200  # writes in one transaction


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


class Writer:
    """Commits writes in the order in which they were asked for."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._place = place
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._queue: deque[tuple[Write, asyncio.Future[Any]]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._wipe = False  # what was erased still stands in the log of the database

    async def run(self, write: Callable[[Connection], T]) -> T:
        """Give what a write gives, once not even a power failure loses it; or raise what it raises.

        A caller that stops waiting does not stop the write.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._queue.append((write, done))
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        return await done

    async def erase(self, write: Callable[[Connection], T]) -> T:
        """Run a write after which nothing that it erased may stand anywhere in the files."""

        def erasing(connection: Connection) -> T:
            self._wipe = True
            return write(connection)

        return await self.run(erasing)

    async def close(self) -> None:
        """Wait for what was asked for."""
        if self._working:
            await asyncio.wait([self._working])
        self._thread.shutdown()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), _TOGETHER))]
            writes = [write for write, _ in batch]
            outcomes = await loop.run_in_executor(self._thread, self._commit, writes)
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():  # nobody waits any more
                    continue
                if isinstance(outcome, _Failed):
                    done.set_exception(outcome.error)
                else:
                    done.set_result(outcome)

    def _commit(self, writes: Sequence[Write]) -> list[Any]:
        """Commit all that can be; one that fails takes no other with it."""
        outcomes: list[Any] = [None] * len(writes)
        waiting = list(range(len(writes)))
        while waiting:
            at: int | None = None
            try:
                with self._engine.connect() as connection:
                    connection.execution_options(**{WRITES: True})
                    with connection.begin():
                        for at in waiting:
                            outcomes[at] = writes[at](connection)
                        at = None
                break
            except Exception as error:  # noqa: BLE001  # handed to whoever asked for the write
                failed = _Failed(self._explained(error))
            if at is None:  # neither begun nor committed: nobody's fault
                for one in waiting:
                    outcomes[one] = failed
                break
            outcomes[at] = failed
            waiting.remove(at)
        if self._wipe:
            self._wipe = not wipe(self._engine)
        return outcomes

    def _explained(self, error: Exception) -> Exception:
        if isinstance(error, SQLAlchemyError | sqlite3.Error):
            return store_error(self._place, error)
        return error
