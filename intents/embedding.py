"""What turns texts into vectors: the port to a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

MAX_EMBEDDED = 240
"""Characters of a text that are embedded; what a model costs grows with them."""


class EmbeddingError(Exception):
    """Texts could not be embedded: what, where, how to mend it (Vietnamese)."""


class Embedder(Protocol):
    """Embeds texts by one model."""

    @property
    def name(self) -> str:
        """Names the model and its version: vectors of other names are not comparable."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of unit length per text, all of one size.

        Raises:
            EmbeddingError: when the model cannot be asked or answers nonsense.
        """
        ...
