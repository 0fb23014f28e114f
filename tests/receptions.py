"""Small receptions for tests of channels: one that only stores, and one that also answers.

Both store in an SQLite file, in order and each message once, so a test can stop in the middle,
open the file again and see what was kept.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.messages import Content, Incoming
from bot.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.channels.telegram import TelegramChannel
    from bot.messages import Desk

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY, channel TEXT, name TEXT, body TEXT, answered INTEGER DEFAULT 0,
  UNIQUE (channel, name))
"""


@dataclass(slots=True)
class Ledger:
    """Stores messages and ratings. `broken` makes the store fail, as a full disk does."""

    path: Path
    broken: bool = False
    refused: int = 0  # how often it failed
    ratings: list[tuple[int, str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self._open() as database:
            database.execute(_SCHEMA)

    async def accept(self, incoming: Incoming) -> bool:
        self._check()
        with self._open() as database:
            added = database.execute(
                "INSERT OR IGNORE INTO messages (channel, name, body) VALUES (?, ?, ?)",
                (incoming.channel, incoming.message_id, json.dumps(asdict(incoming))),
            )
            return added.rowcount == 1

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        del reason
        assert channel == "telegram"
        self._check()
        self.ratings.append((turn, user, useful))
        return turn < 100

    async def erase(self, *, channel: str, user: str) -> None:
        raise AssertionError(f"nobody asked to forget {channel} {user}")

    @property
    def heard(self) -> list[Incoming]:
        """Everything that was stored, in order."""
        return [incoming for _, incoming in self.rows("1")]

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.heard]

    def rows(self, condition: str) -> list[tuple[int, Incoming]]:
        with self._open() as database:
            found = database.execute(
                f"SELECT number, body FROM messages WHERE {condition} ORDER BY number"  # noqa: S608
            ).fetchall()
        return [(number, _incoming(json.loads(body))) for number, body in found]

    def done(self, number: int) -> None:
        with self._open() as database:
            database.execute("UPDATE messages SET answered = 1 WHERE number = ?", (number,))

    def _check(self) -> None:
        if self.broken:
            self.refused += 1
            raise StoreError("Kho dữ liệu đầy.", "Hãy dọn đĩa.")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = OFF")  # no test cuts the power
            yield database


class Answering:
    """A ledger whose messages are answered one after the other. Use as `async with`."""

    def __init__(self, ledger: Ledger, desk: Desk, channel: TelegramChannel) -> None:
        self.ledger = ledger
        self.undelivered: list[str] = []  # reasons
        self.delays: list[float | None] = []  # what was asked to wait
        self._desk = desk
        self.channel = channel
        self._news = asyncio.Event()
        self._idle = asyncio.Event()

    async def accept(self, incoming: Incoming) -> bool:
        new = await self.ledger.accept(incoming)
        self._idle.clear()
        self._news.set()
        return new

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        del reason
        await self.ledger.rate(turn, channel=channel, user=user, useful=useful)
        return await self._desk.rate(turn, channel=channel, user=user, useful=useful)

    async def erase(self, *, channel: str, user: str) -> None:
        await self.ledger.erase(channel=channel, user=user)

    async def __aenter__(self) -> Self:
        await self.channel.start(self)
        self._working = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.stop()
        with suppress(TimeoutError):  # what is being answered is finished, if it can be
            async with asyncio.timeout(1):
                await self._idle.wait()
        self._working.cancel()
        await asyncio.wait([self._working])
        await self.channel.close()
        if not self._working.cancelled() and (broken := self._working.exception()):
            raise broken

    async def _work(self) -> None:
        while True:
            for number, incoming in self.ledger.rows("answered = 0"):
                turn = await self._desk.respond(incoming)
                for payload in self.channel.render(turn):
                    await self._send(incoming.address, json.dumps(payload))
                self.ledger.done(number)
            if not self._news.is_set():
                self._idle.set()
            await self._news.wait()
            self._news.clear()

    async def _send(self, address: str, payload: str) -> None:
        while True:
            try:
                return await self.channel.send(address, json.loads(payload))
            except TryLaterError as error:
                self.delays.append(error.seconds)
                await asyncio.sleep(0.01)
            except UndeliverableError as error:
                self.undelivered.append(error.reason)
                return None


def _incoming(body: dict[str, Any]) -> Incoming:
    return Incoming(**(body | {"content": Content(body["content"])}))
