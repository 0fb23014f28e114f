"""Messages that were received: kept before the platform is told so, then answered, each once.

`accept` returns when the message is on the disk; many are written together. For each person the
messages are answered in their order, for many people at once. What is kept of an answer, and when,
is in `answering`; that is sent by `outbox`.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.answering import Answering, GoneError
from bot.lanes import Lanes
from bot.store import StoreError
from bot.store import inbox as table
from bot.store.store import memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.answering import Sender
    from bot.answering_process import AnsweringProcess
    from bot.channels.channel import Channel
    from bot.cipher import Cipher
    from bot.front_desk import FrontDesk
    from bot.messages import Incoming
    from bot.store import Store
    from bot.store.inbox import Kept
    from bot.store.records import TurnRecord

_AT_ONCE = 16  # people who are being answered
_MOST_WAITING = 20_000  # messages; more are not accepted, and the platform delivers them again
_MOST_ATTEMPTS = 3
_STORE_PAUSE = 2.0  # seconds after the store failed
_CROWD = 4  # messages arriving at a time
_PAUSES, _PAUSE_SECONDS = 6, 0.005
_SWEEP_SECONDS = 10.0
_SWEEPS_A_PURGE = 360  # one an hour
_MEMORY = timedelta(days=7)  # of what was delivered: longer than any platform tries

log = structlog.get_logger(__name__)


class Inbox:
    """Takes messages of all channels (`channels.channel.Reception`) and has them answered."""

    def __init__(
        self,
        store: Store,
        desk: FrontDesk,
        outbox: Sender,
        cipher: Cipher,
        channels: Sequence[Channel],
        *,
        most_waiting: int = _MOST_WAITING,
        beside: AnsweringProcess | None = None,
    ) -> None:
        """With a process `beside`, that one answers what this one takes."""
        self._store = store
        self._desk = desk
        self._cipher = cipher
        self._channels = {channel.name: channel for channel in channels}
        self._most_waiting = most_waiting
        self._waiting = 0  # about: the sweep corrects it
        self._lanes = Lanes(self._answer_next, at_once=_AT_ONCE)
        self._arriving = 0  # messages that are being stored now
        self._pace = asyncio.Lock()
        self._answering = Answering(store, desk, outbox, self._wait_for_turn)
        self._beside = beside
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on with everything that waits. Raises `StoreError`."""
        await self._sweep()
        await self._purge()
        self._sweeping = asyncio.create_task(self._keep_sweeping())
        if self._beside:
            await self._beside.start()

    def add(self, user_key: str) -> None:
        """Tell that a message of a person waits."""
        (self._beside or self._lanes).add(user_key)

    async def drain(self, seconds: float) -> None:
        """Answer what waits, but no longer than that; then stop. What is left is kept."""
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
        if self._beside:
            await self._beside.drain(seconds)
        await self._lanes.drain(seconds)

    async def accept(self, incoming: Incoming) -> bool:
        """Store a message; when this returns, it will be answered whatever crashes.

        False if it is known already. Raises `StoreError`, also when too many wait.
        """
        if self._waiting >= self._most_waiting:
            raise StoreError(
                f"Đang có {self._waiting} tin nhắn chờ trả lời, chưa nhận thêm được.",
                "Bot tự nhận lại khi đã trả lời bớt; nếu kéo dài, hãy xem lệnh hoidap inbox list.",
            )
        message = self._kept(incoming)
        self._waiting += 1
        self._arriving += 1
        # Whoever delivers may go away meanwhile: what is stored is answered all the same.
        return await asyncio.shield(asyncio.ensure_future(self._store_message(message)))

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        """Keep a citizen's opinion on an own turn; False if there is no such turn of theirs."""
        return await self._desk.keep_opinion(
            turn, channel=channel, user=user, useful=useful, reason=reason
        )

    async def erase(self, *, channel: str, user: str) -> None:
        """Forget everything that is kept about a citizen, what waits included."""
        await self._desk.erase(channel=channel, user=user)

    def _kept(self, incoming: Incoming) -> table.Received:
        try:
            received = self._desk.receive(incoming)
        except Exception as error:  # noqa: BLE001  # no traceback: it may quote the message
            # A message that is refused comes again and keeps all others from coming in.
            name = type(error).__name__
            log.error("a message cannot be read", channel=incoming.channel, error=name)  # noqa: TRY400
            received = self._desk.receive(replace(incoming, text="", choice=None))
        message = received.message
        return table.Received(
            channel=incoming.channel,
            message_id=self._desk.pseudonym(
                incoming.channel, incoming.message_id or secrets.token_hex()
            ),
            user_key=received.user_key,
            content=message.content,
            text=message.text,
            holds_personal_data=message.holds_personal_data,
            choice=message.choice,
            address=self._cipher.hide(incoming.address),
        )

    async def _store_message(self, message: table.Received) -> bool:
        number = None
        try:
            at = self._desk.now()
            number = await self._store.write(lambda c: table.add(c, message, at))
        finally:
            self._arriving -= 1
            if number is None:
                self._waiting -= 1
        if number is not None:
            self.add(message.user_key)
        return number is not None

    async def _wait_for_turn(self) -> None:
        """Let one decision after the other have its turn, and what arrives go before them.

        Platforms wait for two seconds; so what arrives in crowds is stored first. But answers go
        on, thirty a second at least. In a process beside nothing arrives, and nothing waits.
        """
        async with self._pace:
            await asyncio.sleep(0)
            for _ in range(_PAUSES):
                if self._arriving < _CROWD:
                    break
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _answer_next(self, user_key: str) -> float | None:
        """Answer a person's next message; tells when to come back (`Lanes`)."""
        try:
            found = await self._store.read(lambda c: _next(c, user_key))
            if found is None:
                return None
            kept, only, last = found
            channel = self._channels.get(kept.message.channel)
            if channel is None:  # switched off: it waits for the channel
                return None
            try:
                await self._answering.answer(channel, kept, last)
            except (GoneError, StoreError):
                raise
            except Exception as error:
                log.exception("turn failed", inbox=kept.id, error=type(error).__name__)
                if kept.attempts + 1 < _MOST_ATTEMPTS:
                    name = type(error).__name__
                    await self._store.write(lambda c: table.fail(c, kept.id, name))
                    return float(2**kept.attempts)
                await self._answering.give_up(channel, kept, type(error).__name__)
        except GoneError:
            return 0.0
        except StoreError as error:
            log.error("the store fails, messages wait", why=str(error))  # noqa: TRY400
            return _STORE_PAUSE
        self._waiting -= 1
        return None if only else 0.0  # what came meanwhile was told to the lanes

    async def _keep_sweeping(self) -> None:
        sweeps = 0
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            sweeps += 1
            with suppress(StoreError):  # whoever needs the store tells of it
                await self._sweep()
                if sweeps % _SWEEPS_A_PURGE == 0:
                    await self._purge()

    async def _sweep(self) -> None:
        """Look for what nobody told of: left by another process, retried by an operator."""
        self._waiting, people = await self._store.read(
            lambda c: (table.waiting(c), table.waiting_people(c)), long=True
        )
        if self._beside:  # it looks by itself
            return
        for user_key in people:
            self._lanes.add(user_key)

    async def _purge(self) -> None:
        """Forget what was delivered long ago."""
        before = self._desk.now() - _MEMORY
        while await self._store.write(partial(table.purge, before=before), long=True):
            pass


def _next(connection: Connection, user_key: str) -> tuple[Kept, bool, TurnRecord | None] | None:
    """Find a person's next message, whether it is the only one, and the turn it comes after."""
    found = table.oldest(connection, user_key)
    return None if found is None else (*found, memory(connection, user_key))
