"""Fetching updates, and confirming them only after they were answered.

Telegram forgets an update when a later offset is asked for. So the offset never passes an update
that is still being worked on: whatever happens to this process, Telegram delivers it again.
At most 100 updates are open at a time, so memory is bounded.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram import Bot, Update
from telegram.error import Conflict, TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.channels.telegram.incoming import chat_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_log = logging.getLogger(__name__)

BATCH = 100  # the most Telegram gives at once
ALLOWED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
CONFLICT = (
    "Một chương trình khác đang nhận tin nhắn bằng cùng mã Telegram này (lỗi 409). "
    "Hãy tắt bản hoidap kia, hoặc tạo bot khác bằng @BotFather cho bản này."
)

_LONG_POLL = 25  # seconds
_PACE = 0.5  # seconds between looks at Telegram while something is open
_BREATH = 0.2  # seconds, so that a server which does not hold a poll is not run over
_LONGEST_WAIT = 30.0  # seconds between attempts while Telegram cannot be reached


class Window:
    """Which fetched updates are open, and up to where Telegram may forget."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._answered: set[int] = set()  # but not confirmed, so Telegram may send it again
        self._last: int | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def offset(self) -> int | None:
        """Name the first update Telegram must keep, for a request that is about to be made."""
        if self._last is None:
            return None
        offset = min(self._open, default=self._last + 1)
        self._answered = {number for number in self._answered if number >= offset}
        return offset

    @property
    def busy(self) -> bool:
        return bool(self._open)

    def admit(self, updates: Sequence[Update]) -> list[Update]:
        """Open what is new; what is open or answered already comes again and is left out."""
        known = self._open | self._answered
        fresh = [update for update in updates if update.update_id not in known]
        if fresh:
            self._open.update(update.update_id for update in fresh)
            self._last = fresh[-1].update_id
            self._idle.clear()
        return fresh

    def close(self, update_id: int) -> None:
        """Note that an update has been dealt with."""
        if update_id not in self._open:
            return  # it came by another way than polling
        self._open.remove(update_id)
        self._answered.add(update_id)
        if not self._open:
            self._idle.set()

    async def settle(self, seconds: float) -> None:
        """Wait until nothing is open, but no longer than that."""
        with suppress(TimeoutError):  # not `wait_for`: before 3.12 it may lose a cancellation
            async with asyncio.timeout(seconds):
                await self._idle.wait()


@dataclass(slots=True)
class _Line:
    """The updates of one chat, waiting one behind the other."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class InOrder(BaseUpdateProcessor):
    """Updates of one chat one after the other, chats side by side."""

    def __init__(self, window: Window) -> None:
        super().__init__(max_concurrent_updates=2 * BATCH)
        self._window = window
        self._lines: dict[int | None, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    @property
    def chats(self) -> int:
        """How many chats are being served: the only thing kept per chat is their line."""
        return len(self._lines)

    def abandon(self) -> None:
        """Break off what is running and let nothing begin: Telegram will deliver it again."""
        self._closed = True
        for task in self._tasks:
            task.cancel()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        try:
            if not self._closed:
                await self._in_line(update, coroutine)
        finally:
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # it may never have begun

    async def _in_line(self, update: object, coroutine: Awaitable[object]) -> None:
        chat, task = chat_of(update), asyncio.current_task()
        assert task is not None
        line = self._lines.setdefault(chat, _Line())
        line.length += 1
        self._tasks.add(task)
        try:
            async with line.lock:
                await coroutine
            if isinstance(update, Update):
                self._window.close(update.update_id)
        finally:
            self._tasks.discard(task)
            line.length -= 1
            if not line.length:
                del self._lines[chat]


class Poller:
    """Asks Telegram for updates until it is cancelled; trouble is logged and waited out."""

    def __init__(
        self, bot: Bot, window: Window, hand_over: Callable[[Update], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._window = window
        self._hand_over = hand_over
        self._trouble: type[Exception] | None = None
        self.conflict = asyncio.Event()  # another program polls with the same token

    async def run(self) -> None:
        wait = 1.0
        while True:
            try:
                await self._round()
            except Exception as exc:  # noqa: BLE001 - a poller that dies leaves citizens in silence
                self._report(exc)
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                self._recovered()
                wait = 1.0

    async def confirm(self) -> None:
        """Let Telegram forget what has been answered."""
        offset = self._window.offset()
        if offset is not None:
            await self._bot.get_updates(offset, limit=1, timeout=0, allowed_updates=ALLOWED)

    async def _round(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._window.offset(),
            limit=BATCH,
            timeout=0 if self._window.busy else _LONG_POLL,
            allowed_updates=ALLOWED,
        )
        for update in self._window.admit(updates):
            await self._hand_over(update)
        await self._window.settle(_PACE)
        if not updates:
            await asyncio.sleep(_BREATH)

    def _report(self, exc: Exception) -> None:
        """Say each kind of trouble once, not every few seconds."""
        if isinstance(exc, Conflict):
            self.conflict.set()
        if type(exc) is self._trouble:
            return
        self._trouble = type(exc)
        if isinstance(exc, Conflict):
            _log.error(CONFLICT)
        elif isinstance(exc, TelegramError):
            _log.warning("Telegram gives no updates, trying on: %s", type(exc).__name__)
        else:
            _log.error("reading updates failed, trying on: %s", type(exc).__name__)

    def _recovered(self) -> None:
        if self._trouble:
            _log.info("Telegram gives updates again")
            self._trouble = None
