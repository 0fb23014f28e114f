"""Figures as pages and commands ask for them: read aside, kept for a minute."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.insight.days import Days
from bot.insight.figures import figures
from bot.insight.periods import today
from bot.store import StoreError
from bot.store.figures import top_clusters
from intents.upcoming import Event, upcoming

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from bot.insight.figures import Figures
    from bot.insight.periods import Period
    from bot.store import Store
    from intents.catalog import Catalog

_KEPT = timedelta(seconds=60)
_MOST_KEPT = 64
_SOON = timedelta(days=30)
_PREPARED = timedelta(minutes=10)
_PART = 14  # days

log = structlog.get_logger(__name__)


class Insight:
    """Gives figures; counts the same period at most once a minute, one period at a time."""

    def __init__(
        self, store: Store, catalog: Callable[[], Catalog], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._now = now
        self._kept: dict[Period, Figures] = {}
        self._days = Days()
        self._preparing: asyncio.Task[None] | None = None
        self._prepared: datetime | None = None
        self._turn = asyncio.Lock()  # several who look at once must not count side by side

    async def of(self, period: Period) -> Figures:
        """The figures of a period, at most a minute old; `at` says when they were counted."""
        async with self._turn:
            kept = self._kept.get(period)
            if kept is not None and self._now() - kept.at < _KEPT:
                return kept
            at, catalog = self._now(), self._catalog()
            found = await self._store.walk(
                lambda connection: figures(
                    self._days.count(connection, period), period, catalog, at
                )
            )
            self._kept.pop(period, None)
            self._kept[period] = found
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return found

    def prepare(self, period: Period) -> None:
        """Have a period's days counted beside the work, for whoever may ask for it next."""
        over = self._preparing is None or self._preparing.done()
        if over and (self._prepared is None or self._now() - self._prepared >= _PREPARED):
            self._prepared = self._now()
            self._preparing = asyncio.create_task(self._prepare(period))

    async def prepared(self) -> None:
        """Wait for what is being counted beside the work, if anything is."""
        if self._preparing is not None:
            await asyncio.wait({self._preparing})

    async def _prepare(self, period: Period) -> None:
        for part in period.parts(_PART):
            try:
                async with self._turn:  # let go between two parts: nobody waits for all of them
                    await self._store.walk(partial(self._days.keep, period=part))
            except StoreError as error:
                log.warning("days were not counted ahead", why=str(error))
                return

    async def clusters(self, limit: int = 10) -> list[dict[str, Any]]:
        """The most pressing open clusters: id, title, people, turns."""
        return await self._store.read(
            lambda connection: top_clusters(connection, limit), long=True
        )

    def expiring(self) -> list[Event]:
        """What ends or must be looked at in the next 30 days, the soonest first."""
        day = today(self._now())
        return upcoming(self._catalog(), day, day + _SOON)
