"""Reading questions without keeping others waiting: the meaning off the event loop, in bounded time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from intents.embedding import EmbeddingError

if TYPE_CHECKING:
    from intents.matcher import Matcher
    from intents.reading import Reading

_PATIENCE = 1.5  # seconds for the meaning, waiting in line included

log = structlog.get_logger(__name__)


class Understanding:
    """Reads by the words at once and, where these leave a doubt, by the meaning in one thread.

    A language model that is late or broken costs a citizen a second at most: then the reading of
    the words stands.
    """

    def __init__(self, matcher: Matcher, *, patience: float = _PATIENCE) -> None:
        self._matcher = matcher
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, "meaning")

    async def read(self, text: str) -> Reading:
        """Read one message. Never raises for the language model's sake."""
        glance = self._matcher.glance(text)
        if glance.sure:
            return glance
        look = asyncio.get_running_loop().run_in_executor(self._thread, self._matcher.look, glance)
        try:
            return await asyncio.wait_for(look, self._patience)
        except TimeoutError:  # what waits in line is taken out of it, so the line cannot grow
            log.warning("meaning too late, the words decide", seconds=self._patience)
        except EmbeddingError as error:
            log.warning("meaning failed, the words decide", why=str(error))
        return glance

    def close(self) -> None:
        """Let go of the thread; what waits in line is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)
