"""The figures of all entries, counted beside the work and kept for some minutes.

Counting walks the turns of months: it is never waited for longer than a blink, and done at most
once in five minutes however many officials look.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.store import StoreError
from bot.store.entry_stats import EntryStats, entry_stats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.store import Store

LATELY = timedelta(days=30)
LONG = timedelta(days=90)
_FRESH = timedelta(minutes=5)
_PATIENCE = 1.0  # seconds for the first count; later ones are not waited for

log = structlog.get_logger(__name__)


class EntryFigures:
    """Counts when somebody asks and what is known is old."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._known: Mapping[str, EntryStats] | None = None
        self._at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    async def all(self) -> Mapping[str, EntryStats] | None:
        """The figures by entry; None while they are counted for the first time."""
        if self._task is None and (self._at is None or self._now() - self._at >= _FRESH):
            self._task = asyncio.create_task(self._count())
        if self._known is None and self._task is not None:
            await asyncio.wait({self._task}, timeout=_PATIENCE)
        return self._known

    async def of(self, entry: str) -> EntryStats | None:
        """The figures of one entry."""
        known = await self.all()
        return None if known is None else known.get(entry, EntryStats())

    async def settled(self) -> None:
        """Wait for the count under way, if there is one."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _count(self) -> None:
        now = self._now()
        try:
            self._known = await self._store.read(
                lambda connection: entry_stats(connection, lately=now - LATELY, since=now - LONG),
                long=True,
            )
        except StoreError as error:
            log.warning("the figures of entries were not counted", why=str(error))
        finally:
            self._at, self._task = now, None
