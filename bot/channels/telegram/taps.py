"""The signs that a tap was seen: the end of the waiting sign, and the button that was chosen.

Best effort, and never in the way of the answer. In a group the buttons stay as they are: they
are there for every member, and what one has chosen is shown to that one only.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telegram import CallbackQuery, InlineKeyboardMarkup, Message

from bot.channels.telegram.incoming import CHOSEN, in_group
from bot.channels.telegram.outgoing import chosen
from bot.feedback import OFF

if TYPE_CHECKING:
    from collections.abc import Coroutine

_THANKS = "Cảm ơn bạn đã góp ý."
_WHY = "Cảm ơn bạn. Bạn cho biết vì sao nhé?"
_NO_SUCH_TURN = "Câu trả lời này không còn được lưu nên mình chưa ghi được góp ý."
_NOT_THEIRS = "Mình chỉ ghi góp ý của người đã hỏi câu này."
_NOT_KEPT = "Mình chưa ghi được góp ý. Bạn bấm lại sau nhé."
_ALREADY = "Bạn đã chọn mục này rồi."
_TOAST = 200  # characters


async def show_choice(query: CallbackQuery) -> None:
    """Show what was tapped."""
    if query.data == CHOSEN:
        await query.answer(_ALREADY)
    elif in_group(query):
        label = _label(query)
        await query.answer(f"Bạn đã chọn: {label}"[:_TOAST] if label else None)
    else:
        await _both(query.answer(), _mark(query))


async def show_rating(query: CallbackQuery, *, kept: bool | None) -> None:
    """Thank for a rating, or say why it was not kept; None is "could not be stored"."""
    if kept is None:
        await query.answer(_NOT_KEPT)
    elif in_group(query):
        await query.answer(_THANKS if kept else _NOT_THEIRS)
    else:
        await _both(query.answer(_thanks(query) if kept else _NO_SUCH_TURN), _mark(query))


async def show_rating_off(query: CallbackQuery) -> None:
    """Say to a tap on an old button that opinions are not taken."""
    await query.answer(OFF)


def _thanks(query: CallbackQuery) -> str:
    return _WHY if (query.data or "").endswith(":0") else _THANKS


async def _both(
    first: Coroutine[object, object, object], second: Coroutine[object, object, object]
) -> None:
    """Do both, even if one fails; then tell of the first that did."""
    for trouble in await asyncio.gather(first, second, return_exceptions=True):
        if isinstance(trouble, BaseException):
            raise trouble


async def _mark(query: CallbackQuery) -> None:
    """Leave only the tapped button under the message, so that the choice can be seen."""
    keyboard = _keyboard(query)
    after = chosen(keyboard, query.data) if keyboard and query.data else None
    if after:
        await query.edit_message_reply_markup(after)


def _label(query: CallbackQuery) -> str | None:
    keyboard = _keyboard(query)
    rows = keyboard.inline_keyboard if keyboard else ()
    return next((b.text for row in rows for b in row if b.callback_data == query.data), None)


def _keyboard(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    return query.message.reply_markup if isinstance(query.message, Message) else None
