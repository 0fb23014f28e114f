"""Who a message in a group is for: the bot hears only what is said to it.

That is a mention (also under a picture), a reply to its own message, or a command with its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.constants import MessageEntityType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message, MessageEntity

_NAMED_COMMAND = re.compile(r"(/[A-Za-z0-9_]+)@(\w+)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot, as others name it."""

    id: int
    username: str


def said_to(message: Message, me: Me) -> str | None:
    """Give what a group's message says to the bot, without its name; None if it is for others."""
    text = message.text or message.caption or ""
    if command := _NAMED_COMMAND.match(text):
        is_ours = command[2].lower() == me.username.lower()
        return f"{command[1]}{text[command.end() :]}" if is_ours else None
    entities = message.entities if message.text else message.caption_entities
    mentions = [span for entity in entities if (span := _mention(text, entity, me))]
    if mentions:
        return _without(text, mentions)
    return text if _answers(message, me) else None


def _answers(message: Message, me: Me) -> bool:
    """Tell whether a message replies to one of the bot's; a topic's own start is no reply."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.forum_topic_created:
        return False
    return replied.from_user.id == me.id


def _mention(text: str, entity: MessageEntity, me: Me) -> tuple[int, int] | None:
    """Tell where the bot is named, in UTF-16 units; None if somebody else is."""
    start, stop = entity.offset, entity.offset + entity.length
    if entity.type == MessageEntityType.TEXT_MENTION:
        return (start, stop) if entity.user and entity.user.id == me.id else None
    if entity.type != MessageEntityType.MENTION:
        return None
    named = _units(text)[2 * start : 2 * stop].decode("utf-16-le", "replace")
    return (start, stop) if named.lower() == f"@{me.username}".lower() else None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    raw, pieces, at = _units(text), [], 0
    for start, stop in (*spans, (len(raw) // 2, 0)):
        pieces.append(raw[2 * at : 2 * start].decode("utf-16-le", "surrogatepass").strip(" \t"))
        at = stop
    rest = " ".join(piece for piece in pieces if piece)
    return rest if pieces[0] else rest.lstrip(" \t,:;.!-–—")  # "@bot, mất thẻ" is "mất thẻ"


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
