"""Questions as weighted words and character n-grams.

Three kinds of features, each of unit length times its weight: folded words and word pairs (what
is said), folded character n-grams (survives typos), and words with their accents (only typed
accents speak).
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.lexicon import Question

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int32]

_WORDS, _CHARACTERS, _ACCENTS = 0.62, 0.62, 0.48  # weights of the views; their squares sum to 1
_CHARACTER_SIZES = (2, 3, 4)


class Vectorizer:
    """Questions → sparse rows. Fitted once on the phrasings; features unknown then are dropped."""

    def __init__(self, questions: Sequence[Question]) -> None:
        counts: Counter[str] = Counter()
        for question in questions:
            for _, features in _views(question):
                counts.update(features.keys())
        self._column = {feature: i for i, feature in enumerate(counts)}
        total = len(questions)
        self._idf = np.array(
            [np.log((1 + total) / (1 + count)) + 1 for count in counts.values()], dtype=np.float32
        )
        self._unknown = float(self._idf.max(initial=0)) / 2

    def row(self, question: Question) -> tuple[Ints, Floats]:
        """The columns and weights of one question; both empty when nothing is known."""
        columns: list[Ints] = [np.empty(0, np.int32)]
        weights: list[Floats] = [np.empty(0, np.float32)]
        for weight, features in _views(question):
            known = [(self._column[f], n) for f, n in features.items() if f in self._column]
            if not known:
                continue
            at = np.array([column for column, _ in known], dtype=np.int32)
            values = (1 + np.log(np.array([n for _, n in known], np.float32))) * self._idf[at]
            # What is unknown takes its share of the length: a question mostly about something
            # else must not look like a perfect match of the little that is known.
            length = np.sqrt((values**2).sum() + (len(features) - len(known)) * self._unknown**2)
            columns.append(at)
            weights.append(values * np.float32(weight / length))
        return np.concatenate(columns), np.concatenate(weights)

    def matrix(self, questions: Sequence[Question]) -> sparse.csr_array:
        """One row per question."""
        rows = [self.row(question) for question in questions]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        data = np.concatenate([np.empty(0, np.float32), *(weights for _, weights in rows)])
        columns = np.concatenate([np.empty(0, np.int32), *(columns for columns, _ in rows)])
        return sparse.csr_array((data, columns, starts), shape=(len(rows), len(self._column)))


def _views(question: Question) -> Iterator[tuple[float, Counter[str]]]:
    folded = question.folded
    pairs = (f"{one} {two}" for one, two in pairwise(folded))
    yield _WORDS, Counter(f"w {feature}" for feature in (*folded, *pairs))
    text = f" {' '.join(folded)} "
    yield (
        _CHARACTERS,
        Counter(f"c{text[i : i + n]}" for n in _CHARACTER_SIZES for i in range(len(text) - n + 1)),
    )
    typed = (word for word, bare in zip(question.words, folded, strict=True) if word != bare)
    yield _ACCENTS, Counter(f"a {word}" for word in typed)
