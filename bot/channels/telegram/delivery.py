"""Sending: what is tried again, what is given up, and what the log may say of it.

A citizen should rather read an answer twice than never, so a send whose outcome is unknown is
repeated. 429 is honoured below this, by the rate limiter.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.channels.telegram.outgoing import Outgoing

_log = logging.getLogger(__name__)

_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between attempts: a minute in all
_SLOW = 0.5  # seconds of thinking after which "typing" is shown
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def deliver(bot: Bot, chat: int, messages: Sequence[Outgoing], *, turn: int | None) -> None:
    """Send the messages of one turn in order; what cannot be sent is logged and dropped."""
    for message in messages:
        try:
            await _send(bot, chat, message)
        except Forbidden:
            _log.info("turn %s not delivered: the bot was blocked", turn)
            return
        except TelegramError as exc:
            _log.warning("turn %s not delivered: %s", turn, type(exc).__name__)
            return


@asynccontextmanager
async def typing(bot: Bot, chat: int) -> AsyncIterator[None]:
    """Show "typing" while the body runs, if it takes long enough to be worth a request."""

    async def show() -> None:
        with suppress(TelegramError):
            await asyncio.sleep(_SLOW)
            await bot.send_chat_action(chat, ChatAction.TYPING)

    shown = asyncio.create_task(show())
    try:
        yield
    finally:
        shown.cancel()
        await asyncio.wait([shown])


async def _send(bot: Bot, chat: int, message: Outgoing) -> None:
    for delay in _DELAYS:
        try:
            return await _send_once(bot, chat, message)
        except BadRequest:
            raise  # a NetworkError by inheritance only: it would fail again
        except NetworkError as exc:
            _log.warning("send failed, trying again in %s s: %s", delay, type(exc).__name__)
            await asyncio.sleep(delay)
    return await _send_once(bot, chat, message)


async def _send_once(bot: Bot, chat: int, message: Outgoing) -> None:
    try:
        await bot.send_message(
            chat,
            message.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=message.keyboard,
        )
    except BadRequest as exc:
        if "can't parse entities" not in exc.message.lower():
            raise
        _log.warning("Telegram refused the marks of a message: it goes out as plain text")
        await bot.send_message(
            chat,
            message.plain,
            link_preview_options=_NO_PREVIEW,
            reply_markup=message.keyboard,
        )
