"""Questions as vectors of a language model: near each other when they mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np

from intents.embedding import MAX_EMBEDDED, EmbeddingError
from intents.evidence import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intents.embedding import Embedder
    from intents.evidence import Cosines
    from intents.fitted import Meaning
    from intents.ridge import Ridge

    Floats = NDArray[np.float32]


_REMEMBERED = 1000  # vectors of questions


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors seen from the middle of the FAQ, where all are about equally long.

    Vectors of one language model all point about the same way: what tells them apart shows only
    after their mean is taken off.
    """

    mean: Floats
    spread: float

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        """The space of a FAQ's own vectors."""
        mean = vectors.mean(axis=0)
        spread = float(np.sqrt(((vectors - mean) ** 2).sum(axis=1).mean())) or 1.0
        return cls(mean.astype(np.float32), spread)

    def place(self, vectors: Floats) -> Floats:
        """Centre and scale one vector or rows of them."""
        placed: Floats = ((vectors - self.mean) / np.float32(self.spread)).astype(np.float32)
        return placed


class Meanings:
    """The meaning of every training row, to compare a question with."""

    def __init__(self, space: Space, vectors: Floats) -> None:
        self.space = space
        self._directions = _directions(space.place(vectors))

    def see(self, vector: Floats, ridge: Ridge) -> View:
        """Score the vector of a question that is not part of the catalog."""
        placed = self.space.place(vector)
        return View(ridge.score(placed), self._comparing(_directions(placed[None])[0]))

    def comparing(self, row: int) -> Cosines:
        """What compares a training row with slices of the training rows."""
        return self._comparing(self._directions[row])

    def _comparing(self, direction: Floats) -> Cosines:
        return lambda slices: [self._directions[rows] @ direction for rows in slices]


class Semantic:
    """Looks at the meaning of questions, with what was learned from it and what embeds them."""

    def __init__(self, learned: Meaning, vectors: Floats, embedder: Embedder) -> None:
        """`vectors` are those on which the meaning was learned, `embedder`'s own."""
        self.judge = learned.judge
        self._ridge = learned.ridge
        self._meanings = Meanings(learned.space, vectors)
        # Many people ask the same; the latest are remembered, in memory alone.
        self._embed = lru_cache(_REMEMBERED)(lambda text: embedder.embed([text])[0])

    def see(self, text: str) -> View:
        """Score a text that is not part of the catalog; from any thread.

        Raises:
            EmbeddingError: when it cannot be embedded.
        """
        vector = self._embed(text[:MAX_EMBEDDED])
        if vector.shape != self._meanings.space.mean.shape:  # a server may change its model
            raise EmbeddingError(
                f"mô hình trả về {vector.size} số thay vì {self._meanings.space.mean.size} – "
                "khởi động lại để học lại từ FAQ"
            )
        return self._meanings.see(vector, self._ridge)


def _directions(placed: Floats) -> Floats:
    directions: Floats = placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-9)
    return directions
