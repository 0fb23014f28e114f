"""Sending one message, and telling whether a refusal is for now or for ever.

Waiting and trying again is the outbox's work. A citizen should rather read an answer twice than
never, so a send whose outcome is unknown counts as one that failed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.errors import TryLaterError, UndeliverableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.channel import Payload
    from bot.channels.telegram.address import Address
    from bot.channels.telegram.connection import Connection

_log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NO_MARKS = "can't parse entities"
_NO_THREAD = "message thread not found"
_BLOCKED = "người nhận đã chặn bot, hoặc nhóm đã gỡ bot"
_OTHER_VERSION = "tin do phiên bản hoidap khác ghi, không đọc được"
_KNOWN = (  # Telegram's words that may be told: its other sentences may quote the message
    "chat not found",
    "message is too long",
    "message text is empty",
    "button_data_invalid",
    "not enough rights",
    "have no rights",
    "topic_closed",
)


async def deliver(bot: Connection, address: Address, payload: Payload) -> None:
    """Send one message of `outgoing`. Raises `TryLaterError` or `UndeliverableError`."""
    with _told():
        try:
            await _send(bot, address, payload)
        except ChatMigrated as moved:  # the group has become a supergroup: its messages stayed
            _log.info("a group has a new id, the answer goes there")
            await _send(bot, replace(address, chat=moved.new_chat_id, reply_to=None), payload)


async def typing(bot: Connection, address: Address) -> None:
    """Show "typing" in a chat; what goes wrong does not matter."""
    with suppress(TelegramError):
        await bot.send_chat_action(
            address.chat, ChatAction.TYPING, message_thread_id=address.thread
        )


async def _send(bot: Connection, address: Address, payload: Payload) -> None:
    try:
        await _send_html(bot, address, payload)
    except BadRequest as exc:
        if _NO_MARKS in exc.message.lower():
            _log.warning("Telegram refused the marks of a message: it goes out as plain text")
            await _send_text(bot, address, payload, payload["plain"], None)
        elif _NO_THREAD in exc.message.lower() and address.thread is not None:
            await _send_html(bot, replace(address, thread=None), payload)
        else:
            raise


async def _send_html(bot: Connection, address: Address, payload: Payload) -> None:
    await _send_text(bot, address, payload, payload["text"], ParseMode.HTML)


async def _send_text(
    bot: Connection, address: Address, payload: Payload, text: str, marks: ParseMode | None
) -> None:
    quoted = address.reply_to
    await bot.say(
        chat_id=address.chat,
        text=text,
        parse_mode=marks,
        link_preview_options=NO_PREVIEW,
        message_thread_id=address.thread,
        reply_parameters=None
        if quoted is None  # a message that was deleted meanwhile is still answered
        else ReplyParameters(quoted, allow_sending_without_reply=True),
        reply_markup=InlineKeyboardMarkup.de_json(payload["reply_markup"])
        if "reply_markup" in payload
        else None,
    )


@contextmanager
def _told() -> Iterator[None]:
    """Tell Telegram's refusal in the channel's terms.

    It is raised outside of `except`: the library's errors may hold the message or the token.
    """
    trouble: TryLaterError | UndeliverableError
    try:
        yield
    except RetryAfter as exc:
        trouble = TryLaterError("429", seconds_asked(exc))
    except Forbidden:
        trouble = UndeliverableError(_BLOCKED)
    except BadRequest as exc:
        words = exc.message.lower()
        trouble = UndeliverableError(
            f"Telegram: {next((known for known in _KNOWN if known in words), '400')}"
        )
    except TelegramError as exc:  # no network, 5xx, a token that is refused until it is mended
        trouble = TryLaterError(type(exc).__name__)
    except (KeyError, TypeError, ValueError, AttributeError):
        trouble = UndeliverableError(_OTHER_VERSION)
    else:
        return
    raise trouble


def seconds_asked(exc: Exception) -> float:
    """Tell how long Telegram asked to wait: a number now, a duration in a later version."""
    if not isinstance(exc, RetryAfter):
        return 0.0
    wait = exc.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
