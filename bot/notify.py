"""Telling citizens that a question of theirs has an answer now: each once, whatever crashes.

The tables are the truth: whoever waits, and whose question's cluster was closed with an entry, is
found by the next look, also when another process published it. The note that they were told and
the messages to them are written in one transaction.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot import offers
from bot.messages import Turn
from bot.store import StoreError
from bot.store import outbox as outbox_table
from bot.store import subscriptions as table
from bot.store.entry_history import published_entries
from bot.store.outbox import Outgoing
from bot.web.answers import answer_of, today
from intents.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.answering import Sender
    from bot.channels.channel import Channel
    from bot.faq import Faq
    from bot.front_desk import FrontDesk
    from bot.messages import Reply
    from bot.proposals import Published
    from bot.store import Store
    from bot.store.subscriptions import Due

_SLICE = 50
_SWEEP_SECONDS = 60.0
_MARGIN = timedelta(hours=1)  # of a platform's window, for sending what waits

log = structlog.get_logger(__name__)


class Notifier:
    """Tells whoever waits for an answer."""

    def __init__(
        self, store: Store, desk: FrontDesk, outbox: Sender, channels: Sequence[Channel]
    ) -> None:
        self._store = store
        self._desk = desk
        self._outbox = outbox
        self._channels = {channel.name: channel for channel in channels}
        self._one = asyncio.Lock()
        self._unfit: set[tuple[int, str, int | None]] = (
            set()
        )  # looked at with this FAQ: no answer to them
        self._faq: Faq | None = None
        self._sweeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on for who may be told."""
        self._sweeping = asyncio.create_task(self._keep_sweeping())

    async def stop(self) -> None:
        """Look no more; who was not told is told after the next start."""
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])

    async def published(self, published: Published) -> None:
        """Tell whom a published proposal answers (a hook of `Proposals`)."""
        await self.answered(published.clusters, next(iter(published.entries), None))

    async def answered(self, cluster_ids: Collection[int], entry: str | None) -> None:
        """Tell those who wait for these clusters, which an entry answers now and which are closed."""
        if cluster_ids and entry:
            with suppress(StoreError):  # the next look finds them
                await self.tell()

    async def tell(self) -> int:
        """Tell everybody who may be told now; how many."""
        async with self._one:
            if self._faq is not self._desk.faq:
                self._faq = self._desk.faq
                self._unfit.clear()
            count = last = 0
            since = self._oldest()
            while found := await self._store.read(
                partial(table.due, after=last, since=since, limit=_SLICE), long=True
            ):
                last = found[-1].id
                for due in found:
                    count += await self._tell(due)
        if count:
            log.info("told of new answers", people=count)
        return count

    async def _tell(self, due: Due) -> bool:
        channel, asked = self._channels.get(due.channel), (due.id, due.entry, due.proposal)
        if channel is None or self._shut(channel, due) or asked in self._unfit:
            return False
        reply = await self._answer(due)
        if reply is None:
            self._unfit.add(asked)
            return False
        outgoing = [
            Outgoing(None, None, due.channel, due.user_key, due.address, payload)
            for payload in channel.render(Turn(0, offers.news(reply)))
        ]
        at = self._desk.now()

        def write(connection: Connection) -> bool:
            if not table.told(connection, due.id, due.entry, at):
                return False
            outbox_table.add(connection, outgoing, at)
            return True

        told = await self._store.write(write)
        if told:
            self._outbox.add(due.channel, due.user_key)
        return told

    def _shut(self, channel: Channel, due: Due) -> bool:
        """Tell whether the platform takes nothing for them until they write again."""
        window = channel.window
        return window is not None and self._desk.now() - due.heard > window - _MARGIN

    async def _answer(self, due: Due) -> Reply | None:
        """Give the answer if the matcher, too, thinks first of this entry for their question.

        Where people said that it is this entry, it need only not be sure of another one.
        """
        faq = self._desk.faq
        reading = await asyncio.to_thread(faq.matcher.read, due.text)
        verdicts = [one.verdict for one in reading.chosen]
        first = {verdict.ranking[0].entry for verdict in verdicts if verdict.ranking}
        if due.entry not in first:
            sure_of_another = any(isinstance(verdict, Answer) for verdict in verdicts)
            if sure_of_another or not await self._decided(due):
                return None
        return answer_of(faq.catalog, due.entry, today())

    async def _decided(self, due: Due) -> bool:
        """Whether people published this very entry, and no other, for their question's cluster."""
        number = due.proposal
        if number is None:
            return False
        found = await self._store.read(lambda c: published_entries(c, number))
        return found == {due.entry}

    def _oldest(self) -> datetime:
        """Since when a wish counts: a year later nobody remembers it."""
        return self._desk.now() - timedelta(days=offers.KEPT_DAYS)

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                await self.tell()
                before = self._oldest()
                while await self._store.write(partial(table.purge, before=before), long=True):
                    pass
            except StoreError as error:
                log.error("nobody can be told now", why=str(error))  # noqa: TRY400
            except Exception as error:
                log.exception("telling failed", error=type(error).__name__)
            await asyncio.sleep(_SWEEP_SECONDS)
