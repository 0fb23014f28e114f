"""The storage port: turns in, the newest turn out; reads and writes of others.

Nothing here is SQLite's own: opening a file is in `sqlite`, the
tables of messages on their way in `inbox` and `outbox`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy import Connection, Engine, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import clusters, inbox, outbox, subscriptions
from bot.store.alone import TakenError, alone
from bot.store.errors import StoreError, as_store_error
from bot.store.prepared import Prepared
from bot.store.records import (
    TurnRecord,
    turn_from_row,
    turn_to_row,
)
from bot.store.schema import feedback, turns
from bot.store.sqlite import open_readers, open_sqlite
from bot.store.writer import Writer

_ADD_TURN = Prepared(
    insert(turns).returning(turns.c.id), [column.name for column in turns.c if column.name != "id"]
)
_NEWEST = (
    select(turns)
    .where(turns.c.user_key == bindparam("person"))
    .order_by(turns.c.id.desc())
    .limit(1)
)
_LAST_TURN = Prepared(_NEWEST)
_MEMORY = Prepared(
    _NEWEST.with_only_columns(*(column for column in turns.c if column.name != "verdict"))
)

T = TypeVar("T")

log = structlog.get_logger(__name__)


def add_turns(connection: Connection, records: Sequence[TurnRecord]) -> list[int]:
    """Keep the turns of one message; their ids, in order."""
    return [_add_turn(connection, record) for record in records]


def last_turn(connection: Connection, user_key: str) -> TurnRecord | None:
    """Find the newest turn of this person; None also if this version cannot read it.

    A newer one may have written it, before an operator went back: that costs the person the
    thread of the conversation, where an error would cost them every answer from now on.
    """
    return _readable(_LAST_TURN.first(connection, {"person": user_key}))


def memory(connection: Connection, user_key: str) -> TurnRecord | None:
    """Find the same, without how its verdict came about: that is long."""
    row = _MEMORY.first(connection, {"person": user_key})
    return _readable(row and {**row, "verdict": None})


def _readable(row: dict[str, Any] | None) -> TurnRecord | None:
    try:
        return turn_from_row(row) if row else None
    except (ValueError, KeyError, TypeError) as error:
        log.warning("a turn cannot be read", turn=row and row["id"], error=type(error).__name__)
        return None


def erase(connection: Connection, user_key: str, *, up_to: int | None = None) -> int:
    """Forget this person; the number of turns that went.

    Feedback goes with its turn, by its foreign key. Messages that are not answered yet go too, or
    only those `up_to` a number in the inbox. Every further table that holds a person's key gets
    its line here.
    """
    inbox.forget(connection, user_key, up_to=up_to)
    outbox.forget(connection, user_key)
    clusters.forget(connection, user_key)
    subscriptions.forget(connection, user_key)
    return connection.execute(delete(turns).where(turns.c.user_key == user_key)).rowcount


def rate(
    connection: Connection,
    turn: int,
    *,
    user_key: str,
    useful: bool,
    reason: str | None,
    at: datetime,
) -> bool:
    """Keep a person's newest opinion on an own turn; False if it is not theirs.

    A reason belongs to a dislike only.
    """
    # The lock on the row keeps two ratings of one turn apart where writers do not queue.
    own = select(turns.c.id).where(turns.c.id == turn, turns.c.user_key == user_key)
    if connection.execute(own.with_for_update()).first() is None:
        return False
    connection.execute(delete(feedback).where(feedback.c.turn_id == turn))
    row = {"useful": useful, "at": at, "reason": None if useful else reason}
    connection.execute(insert(feedback).values(turn_id=turn, **row))
    return True


def owns(connection: Connection, turn: int, user_key: str) -> bool:
    """Tell whether a turn is kept, and of this person."""
    own = select(turns.c.id).where(turns.c.id == turn, turns.c.user_key == user_key)
    return connection.execute(own).first() is not None


class Store:
    """Keeps turns and feedback. Every method raises StoreError when the database fails."""

    def __init__(self, engine: Engine, readers: AsyncEngine, *, busy_seconds: float) -> None:
        self._engine = engine
        self.place = engine.url.database or ""
        self._writer = Writer(engine, self.place, busy_seconds=busy_seconds)
        self._reader: Connection | None = None
        self._readers = readers
        self._walker = ThreadPoolExecutor(1, "store-walker")
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, busy_seconds: float = 5.0) -> Self:
        """Open "sqlite+aiosqlite:///path", with its folder and the newest schema.

        `busy_seconds` is how long to wait for another program that holds the file.
        """
        engine = await asyncio.to_thread(open_sqlite, url, busy_seconds=busy_seconds)
        readers = open_readers(url, busy_seconds=busy_seconds)
        return cls(engine, readers, busy_seconds=busy_seconds)

    async def read(self, query: Callable[[Connection], T], *, long: bool = False) -> T:
        """Run a query in a transaction of its own; `long` ones keep nobody waiting.

        What finds a row or two by an index takes less time than to have a thread do it.
        """
        self._check_open()
        if long:
            return await self._read_aside(query)
        with as_store_error(self.place):
            try:
                if self._reader is None:
                    self._reader = self._engine.connect()
                with self._reader.begin():
                    return query(self._reader)
            except Exception:
                self._let_go()
                raise

    async def walk(self, query: Callable[[Connection], T]) -> T:
        """Run a query that goes through many rows, and what it makes of them, in a thread.

        A `long` read has its rows handled in the event loop. One walk is under way at a time.
        """
        self._check_open()

        def walk() -> T:
            with as_store_error(self.place), self._engine.begin() as connection:
                return query(connection)

        return await asyncio.get_running_loop().run_in_executor(self._walker, walk)

    async def write(self, write: Callable[[Connection], T], *, long: bool = False) -> T:
        """Run a write; when this returns, not even a power failure loses it.

        It shares its transaction with others, and may run again if one of these fails. A `long`
        one keeps those waiting that write, but nobody else.
        """
        self._check_open()
        return await self._writer.run(write, long=long)

    async def erasing(self, write: Callable[[Connection], T]) -> T:
        """Run a write that erases: afterwards the files hold nothing of what went."""
        self._check_open()
        return await self._writer.erase(write)

    async def add_turn(self, turn: TurnRecord) -> int:
        """Keep a turn; when this returns its id, not even a power failure loses it."""
        return (await self.add_turns([turn]))[0]

    async def add_turns(self, records: Sequence[TurnRecord]) -> list[int]:
        """Keep the turns of one message, all or none; their ids, in order."""
        return await self.write(lambda connection: add_turns(connection, records))

    async def last_turn(self, user_key: str) -> TurnRecord | None:
        """Find the newest turn of this person."""
        return await self.read(lambda connection: last_turn(connection, user_key))

    async def rate(
        self, turn: int, *, user_key: str, useful: bool, at: datetime, reason: str | None = None
    ) -> bool:
        """Keep a person's newest opinion on an own turn; False if it is not theirs.

        A reason belongs to a dislike only.
        """
        return await self.write(
            lambda c: rate(c, turn, user_key=user_key, useful=useful, reason=reason, at=at)
        )

    async def erase(self, user_key: str) -> int:
        """Forget this person in one transaction; the number of turns that went."""
        return await self.erasing(lambda connection: erase(connection, user_key))

    @asynccontextmanager
    async def alone(self, name: str, *, patience: float) -> AsyncIterator[None]:
        """Do something that only one program at a time may do with this database.

        Raises StoreError if another one does it for longer than `patience` seconds.
        """
        try:
            async with alone(Path(f"{self.place}.{name}.lock"), patience=patience):
                yield
        except TakenError:
            raise StoreError(
                f"Một bản hoidap khác đang dùng kho dữ liệu {self.place} cho việc này ({name}).",
                "Hãy dừng bản kia, hoặc chờ bản kia dừng hẳn rồi chạy lại.",
            ) from None
        except OSError as error:
            raise StoreError(
                f"Không khóa được kho dữ liệu {self.place} ({error.strerror}).",
                "Hãy cấp quyền ghi thư mục chứa kho cho tài khoản chạy hoidap.",
            ) from None

    async def close(self) -> None:
        """Let the writes under way finish, then close the file."""
        self._closed = True
        await self._writer.close()
        await asyncio.to_thread(self._walker.shutdown)
        await self._readers.dispose()
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    async def _read_aside(self, query: Callable[[Connection], T]) -> T:
        with as_store_error(self.place):
            async with self._readers.begin() as connection:
                return await connection.run_sync(query)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"Kho dữ liệu {self.place} đã đóng.", "Hãy khởi động lại hoidap.")


def _add_turn(connection: Connection, turn: TurnRecord) -> int:
    (row,) = _ADD_TURN.rows(connection, turn_to_row(turn))
    return int(row["id"])
