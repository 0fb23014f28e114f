"""Work in lanes: one piece at a time for each key, many keys at once, first come first served."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_AFTER_A_FAULT = 5.0  # seconds

log = structlog.get_logger(__name__)


class Lanes:
    """Calls `work` for keys that have something to do.

    `work` does one piece for a key and gives None if nothing is left, or the seconds until it
    should be called again (0: when the others had their turn). A lane that waits takes no place.
    """

    def __init__(self, work: Callable[[str], Awaitable[float | None]], *, at_once: int) -> None:
        self._work = work
        self._at_once = at_once
        self._ready: deque[str] = deque()
        self._queued: set[str] = set()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()  # something came while they were busy
        self._awake: set[str] = set()  # they must not wait after this piece
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended = False

    def add(self, key: str) -> None:
        """Tell that there is something to do. A lane that waits goes on waiting: order is order."""
        if self._ended or key in self._later:
            return
        if key in self._busy:
            self._again.add(key)
            return
        self._queue(key)
        self._begin()

    def wake(self, key: str) -> None:
        """Tell the same, and that waiting may have no use any more."""
        if timer := self._later.pop(key, None):
            timer.cancel()
        if key in self._busy:
            self._awake.add(key)
        self.add(key)

    async def drain(self, seconds: float) -> None:
        """Go on until there is nothing to do now, but no longer than that; then end for good."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.info("work is left for the next start", lanes=len(self._busy) + len(self._ready))
        self._ended = True
        self._ready.clear()
        for timer in self._later.values():
            timer.cancel()
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _queue(self, key: str) -> None:
        if key not in self._queued:
            self._queued.add(key)
            self._ready.append(key)

    def _begin(self) -> None:
        while self._ready and len(self._busy) < self._at_once and not self._ended:
            key = self._ready.popleft()
            self._queued.discard(key)
            self._busy[key] = asyncio.create_task(self._run(key))
        if self._busy:
            self._idle.clear()
        else:
            self._idle.set()

    async def _run(self, key: str) -> None:
        wait: float | None = None
        try:
            wait = await self._work(key)
        except Exception as error:  # a lane that breaks must come back, and stop no other
            log.exception("work failed, trying again", error=type(error).__name__)
            wait = _AFTER_A_FAULT
        finally:
            del self._busy[key]
            again = key in self._awake or (wait is None and key in self._again)
            self._again.discard(key)
            self._awake.discard(key)
            if not self._ended:
                self._go_on(key, 0.0 if again else wait)

    def _go_on(self, key: str, wait: float | None) -> None:
        if wait:
            loop = asyncio.get_running_loop()
            self._later[key] = loop.call_later(wait, self._come_back, key)
        elif wait is not None:
            self._queue(key)
        self._begin()

    def _come_back(self, key: str) -> None:
        del self._later[key]
        self.add(key)
