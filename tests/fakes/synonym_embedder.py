"""A tiny model of meaning: bags of words, in which some words of other languages mean the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from intents.text import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SIZE = 64
_SAME = {
    "password": "mat khau",
    "forgotten": "quen",
    "lost": "mat",
    "card": "the can cuoc",
    "hospital": "kham benh bao hiem y te",
    "expired": "het han",
}


class SynonymEmbedder:
    """Texts point the same way when their words do, in whichever language they were said."""

    name = "synonyms"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), _SIZE), np.float32)
        for place, text in enumerate(texts):
            for token in tokens(fold(text)) or ["."]:
                for word in _SAME.get(token, token).split():
                    rows[place] += _direction(word)
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / lengths


def _direction(word: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).normal(size=_SIZE).astype(np.float32)
