"""The model of meaning within trials: each question is embedded once, whichever version it is asked of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bot.embeddings import CachedEmbedder
from bot.faq import VECTORS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from intents.embedding import Embedder

_MOST = 10_000  # are handed to the next trial: 15 MB


def key_of(text: str) -> bytes:
    """What stands for a question between trials: the words of citizens are not kept for that."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of questions by a model, in memory alone: citizens' leave no trace on the disk."""

    model: str = ""
    keys: tuple[bytes, ...] = ()
    rows: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))


class Remembering:
    """An embedder that remembers."""

    def __init__(self, embedder: Embedder, cache: Path, known: Vectors) -> None:
        """`known` are the vectors of earlier trials; `cache` is the data folder."""
        self._embedder = embedder
        self._kept = CachedEmbedder(embedder, cache / VECTORS)
        mine = known.model == embedder.name
        self._rows = dict(zip(known.keys, known.rows, strict=True)) if mine else {}

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed what is new. Raises EmbeddingError when the model cannot be used."""
        if not texts:
            return self._embedder.embed(texts)
        self._embed(texts, self._embedder)
        return np.stack([self._rows[key_of(text)] for text in texts])

    def prepare(self, texts: Sequence[str], *, of_citizens: bool) -> None:
        """Embed questions together, on all processors; those of editors are kept on the disk.

        Raises EmbeddingError when the model cannot be used.
        """
        self._embed(texts, self._embedder if of_citizens else self._kept)

    def _embed(self, texts: Sequence[str], embedder: Embedder) -> None:
        wanted = {key_of(text): text for text in texts}
        new = {key: text for key, text in wanted.items() if key not in self._rows}
        if new:
            rows = embedder.embed([*new.values()])
            self._rows |= dict(zip(new, rows, strict=True))

    @property
    def vectors(self) -> Vectors:
        """What the next trial need not embed: the newest."""
        newest = [*self._rows.items()][-_MOST:]
        if not newest:
            return Vectors()
        return Vectors(
            self.name, tuple(key for key, _ in newest), np.stack([row for _, row in newest])
        )
