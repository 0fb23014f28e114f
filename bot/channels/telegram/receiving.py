"""One update's way: read it, store what a citizen sent, then show the signs that it was seen.

The same for updates that were asked for and for those that were delivered. `take` returns when
the update is stored; signs and inline answers are sent beside, at most so many at a time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram import CallbackQuery, ChatMember, Update
from telegram.error import TelegramError

from bot.channels.telegram import inline, taps
from bot.channels.telegram.incoming import CHANNEL, Rating, to_incoming, to_rating
from bot.feedback import FeedbackOffError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Coroutine

    from telegram import Bot, ChatMemberUpdated

    from bot.channels.channel import Reception
    from bot.channels.telegram.addressed import Me
    from bot.messages import Incoming

_log = logging.getLogger(__name__)

_BESIDE = 200  # signs that are being sent at a time; more are left out
_PLAIN = frozenset(
    "message_id date edit_date chat from sender_chat via_bot is_automatic_forward text caption "
    "message_thread_id is_topic_message".split()
)
_GONE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


class Receiver:
    """Takes updates as Telegram wrote them, for one bot and one reception."""

    def __init__(
        self,
        bot: Bot,
        me: Me,
        reception: Reception,
        find: inline.Find | None,
        counts: Counter[str],
    ) -> None:
        self._bot = bot
        self._me = me
        self._reception = reception
        self._find = find
        self._beside: set[asyncio.Task[None]] = set()
        self.counts = counts

    async def take(self, raw: object) -> None:
        """Store what an update holds. Raises only when that fails; it must then come again."""
        try:
            update = _parse(raw, self._bot)
            incoming, rating = to_incoming(update, self._me), to_rating(update)
        except Exception as exc:  # noqa: BLE001 - total on any JSON: one odd update stops no other
            self.counts["unreadable"] += 1
            _log.warning("an update cannot be read and is left out: %s", type(exc).__name__)
            return
        if incoming:
            await self._store(incoming)
        elif not rating:
            self.counts["ignored"] += 1
        await self._answer_at_once(update, rating)

    async def settle(self, seconds: float) -> None:
        """Let the signs that are being sent out; break off what takes longer."""
        if not self._beside:
            return
        _, late = await asyncio.wait(self._beside, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _store(self, incoming: Incoming) -> None:
        new = await self._reception.accept(incoming)
        self.counts["accepted" if new else "known"] += 1

    async def _answer_at_once(self, update: Update, rating: Rating | None) -> None:
        query = update.callback_query
        if query and rating:
            await self._rate(rating, query)
        elif query:
            self._aside(taps.show_choice(query))
        elif update.inline_query and self._find:
            self._aside(inline.answer(update.inline_query, self._find, self._me.username))
        elif update.my_chat_member:
            self._note(update.my_chat_member)

    async def _rate(self, rating: Rating, query: CallbackQuery) -> None:
        kept: bool | None = None
        try:
            kept = await self._reception.rate(
                rating.turn,
                channel=CHANNEL,
                user=rating.user,
                useful=rating.useful,
                reason=rating.reason,
            )
        except FeedbackOffError:
            self._aside(taps.show_rating_off(query))
            return
        except Exception as exc:  # noqa: BLE001 - the citizen is told, and may tap again
            _log.error("a rating could not be kept: %s", type(exc).__name__)
        self._aside(taps.show_rating(query, kept=kept))

    def _note(self, change: ChatMemberUpdated) -> None:
        """Count who lets the bot in or out; nobody is written to for that."""
        gone = change.new_chat_member.status in _GONE
        self.counts["blocked" if gone else "joined"] += 1
        _log.info("the bot was %s in a %s", "removed" if gone else "let in", change.chat.type)

    def _aside(self, sign: Coroutine[Any, Any, None]) -> None:
        if len(self._beside) >= _BESIDE:
            self.counts["signs left out"] += 1
            sign.close()
            return
        task = asyncio.create_task(_quietly(sign))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


def _parse(raw: object, bot: Bot) -> Update:
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        raise TypeError("an update is an object with a number")
    try:
        return Update.de_json(raw, bot)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        plain = _plain(raw)
        if plain is None:
            raise
        _log.warning("a message cannot be read as a whole: %s", type(exc).__name__)
        return Update.de_json(plain, bot)


def _plain(raw: dict[str, Any]) -> dict[str, Any] | None:
    """Leave of a message who wrote it and its words; None if the update is none.

    Fields change with the versions of Telegram: nobody shall get no answer for a new kind of poll.
    """
    for kind in ("message", "edited_message"):
        message = raw.get(kind)
        if isinstance(message, dict):
            kept = {name: value for name, value in message.items() if name in _PLAIN}
            return {"update_id": raw["update_id"], kind: kept}
    return None


async def _quietly(sign: Coroutine[Any, Any, None]) -> None:
    """A sign that fails never keeps an answer away; Telegram refuses those that come too late."""
    try:
        await sign
    except TelegramError as exc:
        _log.info("a sign was refused: %s", type(exc).__name__)
    except Exception as exc:  # noqa: BLE001 - the answer goes its own way
        _log.error("a sign could not be shown: %s", type(exc).__name__)
