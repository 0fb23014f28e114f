"""The Telegram channel: joins reading, writing and sending, and owns the connection's life.

Neither the token nor anything a citizen wrote is logged: python-telegram-bot and httpx would
do both, so their loggers are silenced and trouble is told from here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.channels.errors import ChannelError, TryLaterError, UndeliverableError
from bot.channels.telegram.address import Address
from bot.channels.telegram.addressed import Me
from bot.channels.telegram.connection import (
    REFUSED,
    Connection,
    looks_like_a_token,
    open_connection,
    set_webhook,
    silence,
)
from bot.channels.telegram.delivery import deliver, typing
from bot.channels.telegram.incoming import CHANNEL
from bot.channels.telegram.outgoing import to_payloads
from bot.channels.telegram.polling import CONFLICT, Poller
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.webhook import Webhook, webhook_route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta

    from starlette.routing import BaseRoute

    from bot.channels.channel import Payload, Reception
    from bot.channels.telegram.inline import Find
    from bot.messages import Choice, Turn

_GRACE = 0.8  # seconds given to the signs that are being sent when the channel stops
_LAST_WORD = 0.4  # seconds to tell Telegram what is stored


class TelegramChannel:
    """Serves private chats and, when it is spoken to, groups; `Channel` says what is promised.

    With a public address Telegram delivers updates to `routes`; without one they are asked for.
    """

    name = CHANNEL
    window: timedelta | None = None

    def __init__(
        self,
        *,
        token: str,
        base_url: str | None = None,
        topics: Callable[[], Sequence[Choice]] = tuple,
        find: Find | None = None,
        public_url: str | None = None,
        webhook_secret: str | None = None,
        key: bytes = b"",
        patience: float = 20.0,
        watch: float = 2.0,
    ) -> None:
        """Take what the channel works with.

        `find` gives the answers that `@bot words` may share, none if it is missing. Without
        `webhook_secret` the webhook's secret follows from `key`. `patience` is how many seconds
        Telegram may take to answer, `watch` how many the start looks for a rival poller.
        Raises `ChannelError` if Telegram could not deliver to the public address.
        """
        self._token = token.strip()
        self._server = (base_url or "https://api.telegram.org").rstrip("/")
        self._topics = topics
        self._find = find
        self._patience = patience
        self._watch = watch
        self._webhook = (
            Webhook.at(public_url, secret=webhook_secret, key=key, token=self._token)
            if public_url
            else None
        )
        self._bot: Connection | None = None
        self._receiver: Receiver | None = None
        self._poller: Poller | None = None
        self._polling: asyncio.Task[None] | None = None
        self.username = ""  # known after `start`
        self.counts: Counter[str] = Counter()
        """Updates: accepted, known, ignored, unreadable, bad secret, blocked, joined."""

    @property
    def title(self) -> str:
        return f"@{self.username}"

    def routes(self) -> Sequence[BaseRoute]:
        if self._webhook is None:
            return ()
        return (webhook_route(self._webhook, lambda: self._receiver),)

    async def start(self, reception: Reception) -> None:
        silence()
        if not looks_like_a_token(self._token):
            raise ChannelError(REFUSED)
        await self.close()
        bot = Connection(self._token, self._server, self._patience)
        fault: ChannelError | None
        try:
            fault = await self._open(bot, reception)
        except BaseException:  # a start that is broken off leaves nothing open either
            await self._abandon(bot)
            raise
        if fault:  # raised outside of `except`: the library's error shows the token
            await self._abandon(bot)
            raise fault
        self._bot = bot

    async def stop(self) -> None:
        receiver, self._receiver = self._receiver, None
        if self._polling:
            self._polling.cancel()
            await asyncio.wait([self._polling])
            self._polling = None
        if receiver:
            await receiver.settle(_GRACE)
        if self._poller:
            await _briefly(self._poller.confirm())
            self._poller = None

    async def close(self) -> None:
        bot, self._bot = self._bot, None
        await self.stop()
        if bot:
            await bot.shutdown()

    def render(self, turn: Turn) -> Sequence[Payload]:
        return to_payloads(turn, self._topics())

    async def send(self, address: str, payload: Payload) -> None:
        if self._bot is None:
            raise TryLaterError("not connected")
        try:
            to = Address.read(address)
        except ValueError:
            raise UndeliverableError("địa chỉ người nhận không đọc được") from None
        await deliver(self._bot, to, payload)

    async def show_typing(self, address: str) -> None:
        with suppress(ValueError):
            if self._bot:
                await typing(self._bot, Address.read(address))

    async def _open(self, bot: Connection, reception: Reception) -> ChannelError | None:
        """Begin to take updates; tell what is wrong, if anything."""
        fault = await open_connection(bot, self._server, self._webhook)
        if fault:
            return fault
        self.username = bot.username
        me = Me(bot.id, bot.username)
        self._receiver = Receiver(bot, me, reception, self._find, self.counts)
        if self._webhook:
            return await set_webhook(bot, self._server, self._webhook)
        self._poller = Poller(bot, self._receiver.take)
        self._polling = asyncio.create_task(self._poller.run())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._watch):
                await self._poller.conflict.wait()
        return ChannelError(CONFLICT) if self._poller.conflict.is_set() else None

    async def _abandon(self, bot: Connection) -> None:
        await self.stop()
        await bot.shutdown()


async def _briefly(last: Awaitable[object]) -> None:
    with suppress(TelegramError, TimeoutError):
        async with asyncio.timeout(_LAST_WORD):
            await last
