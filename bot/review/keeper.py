"""Keeps the review up to date beside the work: gathers what was not answered, when little is to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.review.intake import Intake
    from bot.review.recheck import Recheck

_REST = 5.0  # seconds between two looks

log = structlog.get_logger(__name__)


class Keeper:
    """Runs the intake again and again, in one process of those that share a database."""

    def __init__(
        self,
        intake: Intake,
        recheck: Recheck,
        now: Callable[[], datetime],
        *,
        busy: Callable[[], Awaitable[bool]],
        rest: float = _REST,
    ) -> None:
        """`busy` tells whether citizens wait: then the review waits."""
        self._intake = intake
        self._recheck = recheck
        self._now = now
        self._busy = busy
        self._rest = rest
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
        while True:
            try:
                if not await self._busy():
                    await self._intake.run(self._now())
                    await self._recheck.run()
                self._failing = False
            except StoreError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001  # the bot answers on, whatever breaks here
                self._tell(type(error).__name__)
            await asyncio.sleep(self._rest)

    def _tell(self, why: str) -> None:
        if not self._failing:  # once, not every five seconds
            log.error("the review cannot be kept up to date", why=why)
        self._failing = True
