"""`@bot từ khóa` in any chat: answers to share. No turn is kept, nothing is logged."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from bot.channels.telegram.delivery import NO_PREVIEW
from bot.channels.telegram.outgoing import body, clean
from bot.channels.telegram.split import LIMIT, split
from bot.markup import to_plain
from bot.messages import Turn

if TYPE_CHECKING:
    from telegram import InlineQuery

    from bot.messages import Reply

Find = Callable[[str], Awaitable[Sequence[Turn]]]

_MOST = 10  # answers; Telegram takes 50
_QUERY = 256  # characters Telegram lets people type
_KEPT = 300  # seconds Telegram may show the same answers for the same words
_TITLE, _LINE = 80, 120  # characters of a result that a phone shows
_MORE = "\n\n… (còn tiếp, bạn hỏi @{username} để xem đầy đủ)"


async def answer(query: InlineQuery, find: Find, username: str) -> None:
    """Show what can be shared for the words typed so far."""
    words = query.query.strip()[:_QUERY]
    turns = await find(words) if words else ()
    found = [result for turn in turns if (result := _result(turn.reply, username))][:_MOST]
    await query.answer(
        [
            InlineQueryResultArticle(str(number), title, content, description=line)
            for number, (title, line, content) in enumerate(found, start=1)
        ],
        cache_time=_KEPT,
        is_personal=False,
    )


def _result(reply: Reply, username: str) -> tuple[str, str, InputTextMessageContent] | None:
    """Write a reply as title, a line under it and the message to share; None if it is empty."""
    lead = " ".join(clean(to_plain(reply.text)).split())
    title = " ".join(clean(reply.title or "").split()) or lead
    if not lead:
        return None
    heading = f"<b>{html.escape(title, quote=False)}</b>\n\n" if reply.title else ""
    whole = heading + body(replace(reply, choices=(), choices_title=None))
    first, *rest = split(whole)
    shared = first.html
    if rest:
        more = _MORE.format(username=username)
        shared = split(whole, LIMIT - len(more))[0].html + html.escape(more)
    content = InputTextMessageContent(shared, ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return _cut(title, _TITLE), _cut(lead, _LINE), content


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rpartition(' ')[0] or head}…"
