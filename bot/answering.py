"""The answer to one message that was kept, and all that must be written with it at once.

One transaction holds the turns, the messages to be sent and the note that the message is done. So
whatever crashes, a message is answered, and its turns are stored once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog

from bot import privacy_replies, replies
from bot.conversation import Message
from bot.decided import Received, settle, unstored
from bot.store import StoreError, subscriptions
from bot.store import inbox as table
from bot.store import outbox as outbox_table
from bot.store.outbox import Outgoing
from bot.store.store import erase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

    from bot.channels.channel import Channel
    from bot.decided import Decided
    from bot.front_desk import FrontDesk
    from bot.messages import Turn
    from bot.store import Store
    from bot.store.inbox import Kept
    from bot.store.records import TurnRecord

_TYPING_AFTER = 0.7  # seconds

log = structlog.get_logger(__name__)


class Sender(Protocol):
    """Who sends what is stored (`outbox.Outbox`), perhaps in another process."""

    def add(self, channel: str, user_key: str) -> None:
        """Tell that something waits for a person."""

    def wake(self, channel: str, user_key: str) -> None:
        """Tell that what a person's lane waited for may be gone."""

    def show_typing(self, channel: str, address: str) -> None:
        """Have the citizen of an encrypted address see that an answer is being looked for."""


class GoneError(Exception):
    """The message does not wait any more: it was erased, or another process answered it."""


class Answering:
    """Answers kept messages, and hands what is to be sent to the outbox."""

    def __init__(
        self,
        store: Store,
        desk: FrontDesk,
        outbox: Sender,
        pace: Callable[[], Awaitable[None]],
    ) -> None:
        """`pace` is waited for before each decision, which keeps everything else waiting."""
        self._store = store
        self._desk = desk
        self._outbox = outbox
        self._pace = pace

    async def answer(self, channel: Channel, kept: Kept, last: TurnRecord | None) -> None:
        """Decide, store and hand over. Raises `GoneError`, `StoreError`, or what else breaks."""
        await self._pace()
        loop = asyncio.get_running_loop()
        sign = loop.call_later(
            _TYPING_AFTER, self._outbox.show_typing, channel.name, kept.message.address
        )
        try:
            decided = await self._desk.decide(_received(kept), last, reachable=True)
        finally:
            sign.cancel()
        if decided.erases:
            await self._erase(channel, kept, decided)
            return
        numbers = await self._store.write(partial(self._settle, channel, kept, decided))
        decided.told(numbers)
        self._outbox.add(channel.name, kept.message.user_key)

    def _settle(
        self, channel: Channel, kept: Kept, decided: Decided, connection: Connection
    ) -> list[int]:
        """Write the turns, what is to be sent, and that the message is done: all or nothing."""
        if not table.finish(connection, kept.id):
            raise GoneError
        user_key, at = kept.message.user_key, self._desk.now()
        numbers = settle(connection, decided, user_key, at)
        if decided.unsubscribes:
            subscriptions.stop(connection, user_key)
        if decided.subscribes:
            subscriptions.add(connection, decided.subscribes, user_key, at)
        sending = _outgoing(channel, kept, decided.stored(numbers))
        outbox_table.add(connection, sending, at)
        return numbers

    async def _erase(self, channel: Channel, kept: Kept, decided: Decided) -> None:
        """Forget all up to this message, and confirm it.

        The confirmation belongs to no message, so that nothing of the person is left once it is
        sent. What they wrote afterwards is answered.
        """
        confirmation = _outgoing(channel, kept, unstored(decided.replies[0]), traced=False)

        def write(connection: Connection) -> int:
            if not table.finish(connection, kept.id):
                raise GoneError
            turns = erase(connection, kept.message.user_key, up_to=kept.id)
            outbox_table.add(connection, confirmation, self._desk.now())
            return turns

        try:
            erased = await self._store.erasing(write)
        except StoreError as error:
            log.error("erasing failed", channel=channel.name, why=str(error))  # noqa: TRY400  # the sentence says it all
            raise
        log.info("erased", channel=channel.name, turns=erased)
        self._outbox.wake(channel.name, kept.message.user_key)  # what it waited to send is gone

    async def give_up(self, channel: Channel, kept: Kept, error: str) -> None:
        """Keep the message as a dead letter, and tell its citizen that something is broken."""
        failed = replies.failed()
        if kept.message.choice == privacy_replies.ERASE_YES.id:
            failed = privacy_replies.erasing_failed()

        sending: list[Outgoing] = []
        with suppress(Exception):  # a channel that cannot even write this
            sending = _outgoing(channel, kept, unstored(failed))

        def write(connection: Connection) -> None:
            if not table.bury(connection, kept.id, error):
                raise GoneError
            outbox_table.add(connection, sending, self._desk.now())

        await self._store.write(write)
        log.error("a message is given up", channel=channel.name, inbox=kept.id)
        self._outbox.add(channel.name, kept.message.user_key)


def _received(kept: Kept) -> Received:
    message = kept.message
    return Received(
        message.channel,
        message.user_key,
        Message(
            message.content,
            message.text,
            message.choice,
            holds_personal_data=message.holds_personal_data,
        ),
    )


def _outgoing(channel: Channel, kept: Kept, turn: Turn, *, traced: bool = True) -> list[Outgoing]:
    """Write a reply as the messages to be sent; `traced` ones tell whose reply they are."""
    message = kept.message
    outgoing = Outgoing(
        inbox_id=kept.id if traced else None,
        turn_id=turn.id or None,
        channel=message.channel,
        user_key=message.user_key,
        address=message.address,
        payload={},
    )
    return [replace(outgoing, payload=payload) for payload in channel.render(turn)]
