"""Asking Telegram for updates, and asking for later ones only after these are stored.

Telegram forgets an update when a later offset is asked for. So the offset never passes an update
that is not stored: whatever happens to this process, Telegram delivers it again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import Conflict, TelegramError

from bot.channels.telegram.delivery import seconds_asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.telegram.connection import Connection

_log = logging.getLogger(__name__)

CONFLICT = (
    "Một chương trình khác đang nhận tin nhắn bằng cùng mã Telegram này (lỗi 409). "
    "Hãy tắt bản hoidap kia, hoặc tạo bot khác bằng @BotFather cho bản này."
)

_LONG_POLL = 25  # seconds
_BREATH = 0.2  # seconds, so that a server which does not hold a poll is not run over
_LONGEST_WAIT = 30.0  # seconds between attempts while Telegram cannot be reached


class Poller:
    """Asks Telegram for updates until it is cancelled; trouble is logged and waited out."""

    def __init__(self, bot: Connection, take: Callable[[object], Awaitable[None]]) -> None:
        self._bot = bot
        self._take = take
        self._offset: int | None = None  # the first update that is not stored
        self._trouble: type[Exception] | None = None
        self.conflict = asyncio.Event()  # another program polls with the same token

    async def run(self) -> None:
        wait = 1.0
        while True:
            try:
                await self._round()
            except Exception as exc:  # noqa: BLE001 - a poller that dies leaves citizens in silence
                self._report(exc)
                await asyncio.sleep(max(wait, seconds_asked(exc)))
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                self._recovered()
                wait = 1.0

    async def confirm(self) -> None:
        """Let Telegram forget what is stored."""
        if self._offset is not None:
            await self._bot.forget_before(self._offset)

    async def _round(self) -> None:
        before = self._offset
        updates = await self._bot.raw_updates(before, _LONG_POLL)
        for update in updates:
            await self._take(update)
            number = update.get("update_id") if isinstance(update, dict) else None
            if isinstance(number, int):
                self._offset = number + 1
        if self._offset == before:
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
            _log.error("updates cannot be stored, asking again: %s", type(exc).__name__)

    def _recovered(self) -> None:
        if self._trouble:
            _log.info("Telegram gives updates again")
            self._trouble = None
