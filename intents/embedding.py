"""What the matcher asks of a model of meaning. The models themselves are outside: `bot.embeddings`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

MAX_EMBEDDED = 240  # characters of a text that are embedded: the cost grows with length


class EmbeddingError(Exception):
    """Texts cannot be embedded: what, and how to mend it (Vietnamese)."""


class Embedder(Protocol):
    """Turns texts into vectors that lie close when the texts mean the same."""

    @property
    def name(self) -> str:
        """Model and version: vectors of different names are never compared."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed any texts: one row per text, all rows of one size and of unit length.

        What lies beyond `MAX_EMBEDDED` characters is left out. May be called from any thread.

        Raises:
            EmbeddingError: when the model cannot be used.
        """
