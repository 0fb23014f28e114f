"""Keeps the review up to date beside the work: gathers what was not answered, when little is to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.review.cluster import Progress
from bot.review.intake import Intake
from bot.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.review.places import Places
    from bot.review.recheck import Recheck
    from bot.store import Store

_REST = 5.0  # seconds between two looks
_SHORT_REST = 0.5  # seconds, while citizens wait
_PATIENCE = 60.0  # seconds: a queue that is a minute late is better than none

log = structlog.get_logger(__name__)


class Keeper:
    """Runs the intake again and again, in one process of those that share a database."""

    def __init__(
        self,
        store: Store,
        places: Places,
        recheck: Recheck,
        now: Callable[[], datetime],
        *,
        busy: Callable[[], Awaitable[bool]],
        gathering: Callable[[Progress | None], None],
        rest: float = _REST,
        patience: float = _PATIENCE,
    ) -> None:
        """`busy` tells whether citizens wait: then the review waits, some `patience` at most.

        `gathering` is told how far a long pass came, and None when it is over.
        """
        self._intake = Intake(store, places=places, between=self._between)
        self._recheck = recheck
        self._now = now
        self._busy = busy
        self._gathering = gathering
        self._rest = rest
        self._patience = patience
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def start(self) -> None:
        """Begin; must be called inside the event loop."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End; what was gathered stays, and is gone on with at the next start."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep(self) -> None:
        with suppress(StoreError):  # told by the first look
            done, total = await self._intake.reach()
            self._gathering(Progress(done, total) if done < total else None)
        while True:
            await asyncio.sleep(self._rest)
            try:
                await self._give_way()
                await self._intake.run(self._now())
                self._gathering(None)
                await self._recheck.run(self._give_way)
                self._failing = False
            except StoreError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001  # the bot answers on, whatever breaks here
                self._tell(type(error).__name__)

    async def _between(self, done: int, total: int) -> None:
        self._gathering(Progress(done, total) if done < total else None)
        await self._give_way()

    async def _give_way(self) -> None:
        """Wait while citizens do; where they always do, go on after a while all the same."""
        waited = 0.0
        while waited < self._patience and await self._busy():
            await asyncio.sleep(_SHORT_REST)
            waited += _SHORT_REST

    def _tell(self, why: str) -> None:
        if not self._failing:  # once, not every five seconds
            log.error("the review cannot be kept up to date", why=why)
        self._failing = True
