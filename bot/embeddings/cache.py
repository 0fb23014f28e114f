"""The FAQ's texts are embedded once and kept: seconds to minutes of work at the first start only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import structlog

from bot.embeddings.text import embeddable
from bot.embeddings.vectors import VectorFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from intents.embedding import Embedder

MOST_KEPT = 60_000  # vectors on disk; 384 numbers each make 50 MB
_BATCH = 64  # texts between two savings

log = structlog.get_logger(__name__)


class CachedEmbedder:
    """An embedder that keeps what it embedded, in one file, by hash of model and text.

    For the texts of the FAQ only: a citizen's question would leave its trace on disk.

    Each batch is kept as soon as it is embedded, so a program that is killed goes on where it
    was. Rows are rounded as on disk, and so the same whether they were kept or are new.
    """

    def __init__(
        self,
        embedder: Embedder,
        path: Path,
        *,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        most_kept: int = MOST_KEPT,
    ) -> None:
        """Wrap an embedder.

        `progress` hears (done, total) of the texts that are new, before the first and after each
        batch. It may raise to end the work: what was done is kept.
        """
        self._embedder = embedder
        self._file = VectorFile(path)
        self._progress = progress
        self._most_kept = most_kept

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts that are new, and recall the others.

        Raises:
            EmbeddingError: when there are new texts, and the model cannot be used.
        """
        if not texts:
            return self._embedder.embed(texts)
        clean = [embeddable(text) for text in texts]
        keys = [self._key(text) for text in clean]
        wanted = dict(zip(keys, clean, strict=True))
        vectors = self._file.recall(list(wanted))
        if len({len(vector) for vector in vectors.values()}) > 1:
            vectors = {}  # of two models under one name: nobody knows which is today's
        new = self._embed(_without(wanted, vectors))
        if new and vectors and _size(new) != _size(vectors):
            log.warning("the model gives vectors of another size, embedding all again")
            new |= self._embed(_without(wanted, new))
        vectors |= new
        if new:
            self._file.prune(self._most_kept)
        rows = np.stack([vectors[key] for key in keys]).astype(np.float32)
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / lengths

    def knows(self, texts: Sequence[str]) -> bool:
        """Whether all of these texts are kept already."""
        wanted = {self._key(embeddable(text)) for text in texts}
        return len(self._file.recall(list(wanted))) == len(wanted)

    def _embed(self, wanted: dict[bytes, str]) -> dict[bytes, NDArray[np.float16]]:
        """Embed and keep texts, batch by batch."""
        new: dict[bytes, NDArray[np.float16]] = {}
        keys = list(wanted)
        for start in range(0, len(keys), _BATCH):
            self._progress(start, len(keys))
            batch = keys[start : start + _BATCH]
            rows = self._embedder.embed([wanted[key] for key in batch]).astype(np.float16)
            done = dict(zip(batch, rows, strict=True))
            self._file.keep(done)
            new |= done
        if keys:
            self._progress(len(keys), len(keys))
        return new

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self.name}\0{text}".encode(), digest_size=16).digest()


def _without(
    wanted: dict[bytes, str], known: dict[bytes, NDArray[np.float16]]
) -> dict[bytes, str]:
    return {key: text for key, text in wanted.items() if key not in known}


def _size(vectors: dict[bytes, NDArray[np.float16]]) -> int:
    return len(next(iter(vectors.values())))
