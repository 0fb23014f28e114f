"""The model of meaning within trials: each question is embedded once, whichever version it is asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.embeddings import CachedEmbedder
from bot.faq import VECTORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from intents.embedding import Embedder

Vectors = dict[tuple[str, str], "NDArray[np.float32]"]
"""By model and text. Kept in memory alone: citizens' questions leave no trace on the disk."""

_MOST = 10_000  # are handed to the next trial: 15 MB


class Remembering:
    """An embedder that remembers."""

    def __init__(
        self,
        embedder: Embedder,
        cache: Path,
        known: Mapping[tuple[str, str], NDArray[np.float32]],
    ) -> None:
        """`known` are the vectors of earlier trials; `cache` is the data folder."""
        self._embedder = embedder
        self._kept = CachedEmbedder(embedder, cache / VECTORS)
        self._vectors = dict(known)

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed what is new. Raises EmbeddingError when the model cannot be used."""
        if not texts:
            return self._embedder.embed(texts)
        self._embed(texts, self._embedder)
        return np.stack([self._vectors[self.name, text] for text in texts])

    def prepare(self, texts: Sequence[str], *, of_citizens: bool) -> None:
        """Embed questions together, on all processors; those of editors are kept on the disk.

        Raises EmbeddingError when the model cannot be used.
        """
        self._embed(texts, self._embedder if of_citizens else self._kept)

    def _embed(self, texts: Sequence[str], embedder: Embedder) -> None:
        new = [text for text in dict.fromkeys(texts) if (self.name, text) not in self._vectors]
        rows = embedder.embed(new)
        self._vectors |= {(self.name, text): row for text, row in zip(new, rows, strict=True)}

    @property
    def vectors(self) -> Vectors:
        """What the next trial need not embed: the newest."""
        return dict([*self._vectors.items()][-_MOST:])
