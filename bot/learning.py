"""Learning the meaning of the FAQ beside the work: the bot answers by the words at once."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import structlog

from bot.faq import Faq, with_meaning
from intents.embedding import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from intents.embedding import Embedder

_TOLD_EVERY = 10  # percent
_THREAD = "learning"

log = structlog.get_logger(__name__)


def unfinished() -> bool:
    """Whether a thread still learns. It may be deep in native code, where Python cannot end it."""
    return any(thread.name == _THREAD for thread in threading.enumerate())


class _StopLearning(Exception):  # noqa: N818  # no error: the program ends
    pass


class Learning:
    """One thread that embeds the FAQ, has the matcher fitted again, then hands it over."""

    def __init__(
        self,
        faq: Faq,
        cache: Path,
        embedder: Embedder,
        serve: Callable[[Faq], None],
        *,
        fit: Callable[..., None] | None = None,
    ) -> None:
        """`serve` is called in the event loop, once, when everything is learned.

        `fit` leaves the fit in the cache, called with `stopping`, which tells whether it is still
        wanted; without it, or when it leaves nothing, the thread fits and holds Python meanwhile.
        """
        self._faq = faq
        self._cache = cache
        self._embedder = embedder
        self._serve = serve
        self._fit = fit
        self._stopping = threading.Event()
        self._told = -1
        self._done = asyncio.Event()

    def start(self) -> None:
        """Begin; must be called inside the event loop."""
        # A daemon: a program that is told to end does not wait for minutes of work.
        thread = threading.Thread(
            target=self._learn, args=(asyncio.get_running_loop(),), name=_THREAD, daemon=True
        )
        thread.start()

    def stop(self) -> None:
        """End at the next batch; what was embedded is kept."""
        self._stopping.set()

    async def finished(self) -> None:
        """Wait until the learning ended, well or not."""
        await self._done.wait()

    def _learn(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            learned = with_meaning(
                self._faq, self._cache, self._embedder, self._tell, embedded=self._have_fitted
            )
        except _StopLearning:
            return
        except EmbeddingError as error:
            log.warning("meaning cannot be learned, the words decide", why=str(error))
            self._hand_over(loop, None)
        except Exception as error:
            log.exception("learning failed, the words decide", error=type(error).__name__)
            self._hand_over(loop, None)
        else:
            log.info("the meaning is learned", texts=len(self._faq.knowledge.examples.meant))
            self._hand_over(loop, learned)

    def _have_fitted(self) -> None:
        if self._fit:
            self._fit(stopping=self._stopping.is_set)
        if self._stopping.is_set():
            raise _StopLearning

    def _hand_over(self, loop: asyncio.AbstractEventLoop, learned: Faq | None) -> None:
        if not self._stopping.is_set() and not loop.is_closed():
            loop.call_soon_threadsafe(self._finish, learned)

    def _finish(self, learned: Faq | None) -> None:
        if learned:
            self._serve(learned)
        self._done.set()

    def _tell(self, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _StopLearning
        percent = 100 * done // total
        if percent // _TOLD_EVERY > self._told // _TOLD_EVERY or self._told < 0:
            self._told = percent
            log.info("learning the meaning of the FAQ", percent=percent, texts=total)
