"""Telegram's update → `Incoming`, or a rating of an answer. No network, nothing kept.

Private chats are answered; groups when the bot is spoken to; channels and other bots never.
What is not shaped as Telegram's updates are raises (`TypeError`, `ValueError`, …): `receiving`
counts it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.channels.telegram.address import Address
from bot.channels.telegram.addressed import Me, said_to
from bot.feedback import opinion
from bot.messages import Content, Incoming

CHANNEL = "telegram"
CHOSEN = "done"  # the data of a button that shows what was chosen: tapping it does nothing
GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})

_COMMAND = re.compile(r"(/[A-Za-z0-9_]+)(?:@\w+)?(?=\s|$)")
_START = re.compile(r"/start\s+(?:f_)?([^\s:|]+)\s*")  # t.me/<bot>?start=f_<entry id>
_ENTRY_BYTES = 60  # the longest entry id


@dataclass(frozen=True, slots=True)
class Rating:
    """A tap on the thumbs under the answer of one turn."""

    turn: int
    user: str
    useful: bool
    reason: str | None = None


def to_incoming(update: Update, me: Me) -> Incoming | None:
    """Read what a citizen sent; None if there is nothing to answer."""
    if update.callback_query:
        return _tapped(update.callback_query, update.update_id)
    message = update.message or update.edited_message
    if message is None or _by_a_machine(message, me):
        return None
    if message.chat.type == ChatType.PRIVATE:
        text, user, reply_to = message.text or message.caption or "", str(message.chat.id), None
    elif message.chat.type in GROUPS and (sender := _sender(message)) is not None:
        said = said_to(message, me)
        if said is None:
            return None
        text, user, reply_to = said, f"{message.chat.id}:{sender}", message.message_id
    else:
        return None
    if not isinstance(text, str):
        raise TypeError("a text is a string")
    address = Address(message.chat.id, _thread(message), reply_to)
    return _written(message, text, user, address, update)


def to_rating(update: Update) -> Rating | None:
    """Read a tap on the thumbs; None if the update is anything else."""
    query = update.callback_query
    said = opinion(query.data) if query else None
    user = _tapper(query) if query else None
    if said is None or user is None:
        return None
    return Rating(said.turn, user, useful=said.useful, reason=said.why)


def in_group(query: CallbackQuery) -> bool:
    """Tell whether the buttons are there for more people than the one who tapped."""
    return query.message is not None and query.message.chat.type in GROUPS


def _by_a_machine(message: Message, me: Me) -> bool:
    """Tell other bots, copies of a channel's posts, and the bot's own answers shared inline.

    An administrator who stays anonymous, or a channel, writes through a bot of Telegram's.
    """
    if message.is_automatic_forward or (message.via_bot and message.via_bot.id == me.id):
        return True
    is_bot = message.from_user is not None and message.from_user.is_bot
    return is_bot and message.sender_chat is None


def _sender(message: Message) -> int | None:
    if message.sender_chat:
        return message.sender_chat.id
    return message.from_user.id if message.from_user else None


def _thread(message: Message) -> int | None:
    """Name the topic; elsewhere the field names a chain of replies, to which nothing is sent."""
    return message.message_thread_id if message.is_topic_message else None


def _tapper(query: CallbackQuery) -> str | None:
    """Name who tapped: a message too old to be shown still has its chat."""
    if query.message is None:
        return None
    chat = query.message.chat
    if chat.type == ChatType.PRIVATE:
        return str(chat.id)
    return f"{chat.id}:{query.from_user.id}" if chat.type in GROUPS else None


def _tapped(query: CallbackQuery, number: int) -> Incoming | None:
    data, user, message = query.data, _tapper(query), query.message
    if not data or user is None or message is None or data == CHOSEN or opinion(data):
        return None
    thread = _thread(message) if isinstance(message, Message) else None
    address = Address(message.chat.id, thread, message.message_id if in_group(query) else None)
    return Incoming(
        CHANNEL,
        user,
        Content.CHOICE,
        choice=data,
        message_id=str(number),
        address=str(address),
    )


def _written(
    message: Message, text: str, user: str, address: Address, update: Update
) -> Incoming | None:
    edited = update.message is None
    changed = f":{message.edit_date.timestamp():.0f}" if edited and message.edit_date else ""
    name, to = f"{update.update_id}{changed}", str(address)
    if message.text:
        said = _COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text
        linked = _START.fullmatch(said)
        if linked and len(linked[1].encode(errors="replace")) <= _ENTRY_BYTES:
            entry = f"e:{linked[1]}"
            return Incoming(
                CHANNEL, user, Content.CHOICE, choice=entry, message_id=name, address=to
            )
        return Incoming(CHANNEL, user, Content.TEXT, said, message_id=name, address=to)
    if filters.StatusUpdate.ALL.check_update(Update(0, message=message)):
        return None  # "pinned a message", "changed the auto-delete timer": nobody said anything
    if edited and not message.caption:
        return None  # a live location is edited every few seconds
    return Incoming(CHANNEL, user, Content.OTHER, text, message_id=name, address=to)
