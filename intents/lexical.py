"""Questions as weighted words and character n-grams.

Three kinds of features, each of unit length times its weight: folded words and pairs of them,
next to each other or with one between (what is said), folded character n-grams within words
(survives typos), and words with their accents (only typed accents speak).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import sparse

from intents.text import LONGEST_REMEMBERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.lexicon import Question

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int32]

_WORDS, _CHARACTERS, _ACCENTS = 0.73, 0.59, 0.345  # weights of the kinds; their squares sum to 1
_CHARACTER_SIZES = (2, 3)


class Vectorizer:
    """Questions → sparse rows. Fitted once on the phrasings; features unknown then are dropped."""

    def __init__(self, features: Sequence[str], idf: Sequence[float]) -> None:
        """`idf` weighs each feature: the rarer, the more."""
        self.features = features
        self.idf = idf
        self._column = {feature: i for i, feature in enumerate(features)}
        self._unknown = max(idf, default=0.0) / 2

    @classmethod
    def of(cls, questions: Sequence[Question]) -> Self:
        """Learn which features there are, and how rare each is."""
        counts: Counter[str] = Counter()
        for question in questions:
            for _, features in _kinds(question):
                # Not a set: its order, and so that of the columns, differs between processes.
                counts.update(dict.fromkeys(features, 1))
        total = len(questions)
        idf = [log((1 + total) / (1 + count)) + 1 for count in counts.values()]
        return cls(list(counts), idf)

    def row(self, question: Question) -> tuple[Ints, Floats]:
        """The columns and weights of one question; both empty when nothing is known."""
        column_of, idf = self._column.get, self.idf
        columns: list[int] = []
        weights: list[float] = []
        for weight, features in _kinds(question):
            found = Counter(features)
            known = [(at, n) for f, n in found.items() if (at := column_of(f, -1)) >= 0]
            values = [idf[at] if n == 1 else (1 + log(n)) * idf[at] for at, n in known]
            # What is unknown takes its share of the length: a question mostly about something
            # else must not look like a perfect match of the little that is known.
            unknown = (len(found) - len(known)) * self._unknown**2
            scale = weight / sqrt(sum([value * value for value in values]) + unknown or 1)
            columns += [at for at, _ in known]
            weights += [value * scale for value in values]
        return np.array(columns, np.int32), np.array(weights, np.float32)

    def matrix(self, questions: Sequence[Question]) -> sparse.csr_array:
        """One row per question."""
        rows = [self.row(question) for question in questions]
        # Short integers: with long ones scipy would make `columns` long too.
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)], dtype=np.int32)
        data = np.concatenate([np.empty(0, np.float32), *(weights for _, weights in rows)])
        columns = np.concatenate([np.empty(0, np.int32), *(columns for columns, _ in rows)])
        return sparse.csr_array((data, columns, starts), shape=(len(rows), len(self._column)))


def _kinds(question: Question) -> Iterator[tuple[float, list[str]]]:
    """The features of a question by kind, with the weight of the kind."""
    folded = question.folded
    words = [f"w {word}" for word in folded]
    words += [f"w {one} {two}" for one, two in pairwise(folded)]
    words += [f"w {one} … {two}" for one, two in zip(folded, folded[2:], strict=False)]
    yield _WORDS, words
    yield _CHARACTERS, [gram for word in folded for gram in _grams(word)]
    typed = zip(question.words, folded, strict=True)
    yield _ACCENTS, [f"a {word}" for word, bare in typed if word != bare]


def _grams(word: str) -> tuple[str, ...]:
    """Character n-grams of a word, its ends marked, remembered: a language has few words."""
    return _remembered_grams(word) if len(word) <= LONGEST_REMEMBERED else _made_grams(word)


def _made_grams(word: str) -> tuple[str, ...]:
    text = f" {word} "
    return tuple(f"c{text[i : i + n]}" for n in _CHARACTER_SIZES for i in range(len(text) - n + 1))


_remembered_grams = lru_cache(maxsize=20_000)(_made_grams)
