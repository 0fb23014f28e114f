"""Reading questions without keeping others waiting: the meaning off the event loop, in bounded time.

Many people ask the same in the same words, above all on the day of a notice: what was read stays
for a while. A reading is a pure function of the words and the FAQ, so nothing can be out of date.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from intents.embedding import EmbeddingError

if TYPE_CHECKING:
    from intents.matcher import Matcher
    from intents.reading import Reading

_PATIENCE = 1.5  # seconds for the meaning, waiting in line included
_MOST_KEPT = 1000  # readings, some kilobytes each
_LONGEST_KEPT = 200  # characters: nobody tells the same story twice

log = structlog.get_logger(__name__)


class Understanding:
    """Reads by the words at once and, where these leave a doubt, by the meaning in one thread.

    A language model that is late or broken costs a citizen a second at most: then the reading of
    the words stands.
    """

    def __init__(
        self, matcher: Matcher, *, patience: float = _PATIENCE, most_kept: int = _MOST_KEPT
    ) -> None:
        self._matcher = matcher
        self._most_kept = most_kept
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, "meaning")
        self._kept: OrderedDict[str, Reading] = OrderedDict()  # the last asked for last

    async def read(self, text: str) -> Reading:
        """Read one message. Never raises for the language model's sake."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        glance = self._matcher.glance(text)
        if glance.sure:
            return self._keep(text, glance)
        look = asyncio.get_running_loop().run_in_executor(self._thread, self._matcher.look, glance)
        try:
            return self._keep(text, await asyncio.wait_for(look, self._patience))
        except TimeoutError:  # what waits in line is taken out of it, so the line cannot grow
            log.warning("meaning too late, the words decide", seconds=self._patience)
        except EmbeddingError as error:
            log.warning("meaning failed, the words decide", why=str(error))
        return glance

    def _keep(self, text: str, reading: Reading) -> Reading:
        if len(text) <= _LONGEST_KEPT:
            self._kept[text] = reading
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return reading

    def close(self) -> None:
        """Let go of the thread; what waits in line is dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)
