"""A reception that answers at once and keeps nothing: what was accepted is lost with the process.

It stands here until messages are stored before they are answered.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.channels.errors import TryLaterError, UndeliverableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.channel import Channel
    from bot.front_desk import FrontDesk
    from bot.messages import Incoming

_log = logging.getLogger(__name__)

_GRACE = 1.0  # seconds given at the end to what is being answered
_ATTEMPTS = 5


class ForgetfulVault:
    """Keeps secrets for as long as the process lives."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    async def secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    async def keep_secret(self, name: str, value: str) -> None:
        self._secrets[name] = value


class DirectReception:
    """Answers the messages of all channels, each person's in order."""

    def __init__(self, desk: FrontDesk, channels: Sequence[Channel]) -> None:
        self._desk = desk
        self._channels = {channel.name: channel for channel in channels}
        self._last: dict[str, asyncio.Task[None]] = {}  # by user: what their next waits for

    async def accept(self, incoming: Incoming) -> bool:
        task = asyncio.create_task(self._answer(incoming, self._last.get(incoming.user)))
        self._last[incoming.user] = task
        task.add_done_callback(lambda done: self._forget(incoming.user, done))
        return True

    async def rate(self, turn: int, *, channel: str, user: str, useful: bool) -> bool:
        return await self._desk.rate(turn, channel=channel, user=user, useful=useful)

    async def erase(self, *, channel: str, user: str) -> None:
        await self._desk.erase(channel=channel, user=user)

    async def settle(self) -> None:
        """Finish what is nearly done, break off the rest."""
        tasks = list(self._last.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=_GRACE)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _answer(self, incoming: Incoming, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        turn = await self._desk.respond(incoming)
        channel = self._channels[incoming.channel]
        for payload in channel.render(turn):
            for attempt in range(_ATTEMPTS):
                try:
                    await channel.send(incoming.address, payload)
                    break
                except TryLaterError as error:
                    await asyncio.sleep(error.seconds or 2**attempt)
                except UndeliverableError as error:
                    _log.info("turn %s not delivered: %s", turn.id, error.reason)
                    return

    def _forget(self, user: str, done: asyncio.Task[None]) -> None:
        if self._last.get(user) is done:
            del self._last[user]
