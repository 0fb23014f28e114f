"""The FAQ on the disk, followed while the bot runs: what is valid is served, else the old one goes on.

What must be fitted is fitted in a process beside, for fitting holds Python for many seconds.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog
from watchfiles import awatch

from bot.faq import is_fitted, knows_meaning, load_faq, with_meaning
from bot.fitting_beside import fit_beside
from bot.learning import Learning
from intents.catalog import load
from intents.problems import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.faq import Faq
    from intents.embedding import Embedder
    from intents.problems import Problem

_DEBOUNCE, _STEP = 300, 50  # milliseconds: an editor's program writes several times
_LOOK_AGAIN = 5.0  # seconds, where the system does not tell of changes

log = structlog.get_logger(__name__)


class Reload:
    """Follows the FAQ's folder. `problems` is what keeps the newest files from being served."""

    def __init__(
        self,
        folder: Path,
        cache: Path,
        faq: Faq,
        serve: Callable[[Faq], None],
        embedder: Embedder | None = None,
    ) -> None:
        """`serve` is called in the event loop with every FAQ that is to be answered from."""
        self.problems: tuple[Problem, ...] = ()
        self._folder = folder
        self._cache = cache
        self._first = faq
        self._digest = faq.catalog.digest
        self._serve = serve
        self._embedder = embedder
        self._learning: Learning | None = None
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch, and to learn the meaning; must be called inside the event loop."""
        if self._embedder:
            self._learn(self._first, self._embedder)
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End the watching and what is being learned."""
        if self._watching:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        if self._learning:
            self._learning.stop()

    async def now(self, *_: object) -> bool:
        """Serve what is on the disk, when it is new and valid; whether it did. Never raises."""
        async with self._lock:
            try:
                return await self._reload()
            except CatalogError as error:
                if error.problems != self.problems:
                    first = str(error.problems[0]) if error.problems else ""
                    log.error("the FAQ is invalid, the former is served", first=first)  # noqa: TRY400  # the sentence says it all
                self.problems = error.problems
            except Exception as error:
                log.exception("the FAQ was not reloaded", error=type(error).__name__)
            return False

    async def _reload(self) -> bool:
        catalog = await asyncio.to_thread(load, self._folder)
        self.problems = ()
        if catalog.digest == self._digest:
            return False
        if self._learning:
            self._learning.stop()  # what it learns would not be served any more
        if not is_fitted(catalog, self._cache):
            await self._fitted_beside()
        faq = await asyncio.to_thread(self._loaded)
        self._digest = faq.catalog.digest
        self._serve(faq)
        log.info("the FAQ is reloaded", entries=len(faq.catalog.entries))
        if self._embedder and not faq.matcher.semantic:
            self._learn(faq, self._embedder)
        return True

    async def _fitted_beside(self) -> None:
        stopping = threading.Event()  # a thread is not cancelled, and a program waits for it
        try:
            await asyncio.to_thread(
                fit_beside, self._folder, self._cache, stopping=stopping.is_set
            )
        finally:
            stopping.set()

    def _loaded(self) -> Faq:
        faq = load_faq(self._folder, self._cache)
        if self._embedder and knows_meaning(faq, self._cache, self._embedder):
            return with_meaning(faq, self._cache, self._embedder)
        return faq

    def _learn(self, faq: Faq, embedder: Embedder) -> None:
        """Learn the meaning beside the work; what an older FAQ meant is not served any more."""
        if self._learning:
            self._learning.stop()
        digest = faq.catalog.digest

        def serve(learned: Faq) -> None:
            if digest == self._digest:
                self._serve(learned)

        beside = partial(fit_beside, self._folder, self._cache, embedder.name)
        self._learning = Learning(faq, self._cache, embedder, serve, fit=beside)
        self._learning.start()

    async def _watch(self) -> None:
        try:
            async for _ in awatch(self._folder, debounce=_DEBOUNCE, step=_STEP):
                await self.now()
        except (OSError, RuntimeError) as error:  # no watches left, a folder of another machine
            log.warning("the FAQ's folder is looked at from time to time", why=str(error))
            while True:
                await asyncio.sleep(_LOOK_AGAIN)
                await self.now()
