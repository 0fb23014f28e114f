"""Telegram's update → `Incoming`, or a rating of an answer. Total functions, no network.

Only private chats are answered: in groups, channels and for other bots there is nothing to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.messages import Content, Incoming

CHANNEL = "telegram"
CHOSEN = "done"  # the data of a button that shows what was chosen: tapping it does nothing

_RATING = re.compile(r"fb:([0-9]{1,18}):([01])")
_COMMAND = re.compile(r"(/[A-Za-z0-9_]+)(?:@\w+)?(?=\s|$)")
_START = re.compile(r"/start\s+(?:f_)?([^\s:|]+)\s*")  # t.me/<bot>?start=f_<entry id>
_ENTRY_BYTES = 60  # the longest entry id


@dataclass(frozen=True, slots=True)
class Rating:
    """A tap on the thumbs under the answer of one turn."""

    turn: int
    user: str
    useful: bool


def to_incoming(update: Update) -> Incoming | None:
    """Read what a citizen sent; None if there is nothing to answer."""
    if update.callback_query:
        return _tapped(update.callback_query)
    message = update.message or update.edited_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    if message.from_user and message.from_user.is_bot:
        return None
    return _written(message, edited=update.message is None)


def to_rating(update: Update) -> Rating | None:
    """Read a tap on the thumbs; None if the update is anything else."""
    query = update.callback_query
    found = _RATING.fullmatch(query.data or "") if query else None
    user = _user(query) if query else None
    if found is None or user is None:
        return None
    return Rating(int(found[1]), user, useful=found[2] == "1")


def chat_of(update: object) -> int | None:
    """Tell the chat an update belongs to: updates of one chat are handled in order."""
    if not isinstance(update, Update):
        return None
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None


def _user(query: CallbackQuery) -> str | None:
    """Name the private chat of a tap: a message too old to be shown still has its chat."""
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    return str(query.message.chat.id)


def _tapped(query: CallbackQuery) -> Incoming | None:
    data, user = query.data, _user(query)
    if not data or user is None or data == CHOSEN or _RATING.fullmatch(data):
        return None
    return Incoming(CHANNEL, user, Content.CHOICE, choice=data)


def _written(message: Message, *, edited: bool) -> Incoming | None:
    user = str(message.chat.id)
    if message.text:
        text = (
            _COMMAND.sub(r"\1", message.text, count=1) if message.text[0] == "/" else message.text
        )
        linked = _START.fullmatch(text)
        if linked and len(linked[1].encode()) <= _ENTRY_BYTES:
            return Incoming(CHANNEL, user, Content.CHOICE, choice=f"e:{linked[1]}")
        return Incoming(CHANNEL, user, Content.TEXT, text)
    if filters.StatusUpdate.ALL.check_update(Update(0, message=message)):
        return None  # "pinned a message", "changed the auto-delete timer": nobody said anything
    if edited and not message.caption:
        return None  # a live location is edited every few seconds
    return Incoming(CHANNEL, user, Content.OTHER, message.caption or "")
