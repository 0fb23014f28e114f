"""Fitting in a process of its own: it holds Python for many seconds, while citizens wait.

What was fitted is kept in the data folder, where `bot.faq` finds it. When the process dies nothing
is lost: whoever needs the fit makes it then.
"""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.children import settle
from bot.faq import load_faq, with_meaning
from intents.embedding import EmbeddingError
from intents.problems import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_LOOK = 0.2  # seconds between two looks whether it is still wanted

log = structlog.get_logger(__name__)


def fit_beside(
    folder: Path, cache: Path, model: str = "", *, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Fit the FAQ in a folder, by the vectors of a model too if one is named. Blocks; never raises.

    All vectors must be in the cache already. The work is ended when `stopping` tells so.
    """
    process = multiprocessing.get_context("spawn").Process(
        target=_fit, args=(folder, cache, model), daemon=True
    )
    try:
        process.start()
    except OSError as error:  # no memory, no process left
        log.warning("nothing is fitted beside", error=error.strerror)
        return
    while process.is_alive():
        process.join(_LOOK)
        if stopping():
            process.kill()
    process.close()


def _fit(folder: Path, cache: Path, model: str) -> None:
    settle()
    with suppress(CatalogError, EmbeddingError):  # changed again meanwhile
        faq = load_faq(folder, cache)
        if model:
            with_meaning(faq, cache, _Kept(model))


@dataclass(frozen=True, slots=True)
class _Kept:
    """An embedder of which only what is in the cache is known: no model is loaded."""

    name: str

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise EmbeddingError(f"{len(texts)} câu chưa có vector")
