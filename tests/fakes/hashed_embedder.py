"""A model without meaning: every text has its own direction, always the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class HashedEmbedder:
    """Notes what it is asked for, so that a test sees what was not kept."""

    def __init__(self, name: str = "hashed", size: int = 16) -> None:
        self.name = name
        self.size = size
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = np.empty((len(texts), self.size), np.float32)
        for row, text in zip(rows, texts, strict=True):
            seed = hashlib.sha256(f"{self.name}\0{text}".encode()).digest()[:8]
            row[:] = np.random.default_rng(int.from_bytes(seed)).normal(size=self.size)
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / lengths
