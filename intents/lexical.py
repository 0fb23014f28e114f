"""Questions as weighted words and character n-grams, and a linear model over them.

Three views, each of unit length times its weight: folded words and word pairs (what is said),
folded character n-grams (survives typos), and words with their accents (only typed accents
speak). The model is ridge regression, solved in closed form; so the score that each phrasing
would get from a model that never saw it is exact and needs no second fit (`HeldOut`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.lexicon import Question

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int32]

_WORDS, _CHARACTERS, _ACCENTS = 0.62, 0.62, 0.48  # weights of the views; their squares sum to 1
_CHARACTER_SIZES = (2, 3, 4)
_STRENGTH = 1.0  # of the regularisation; flat between 0.3 and 3
_COMMON = 50  # a feature of more than one row in so many is common
_BLOCK = 512  # rows of a large matrix that are worked on at a time


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


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of the training rows from models that did not see them.

    `scores` is rows × labels: each row scored by a model fitted on all other rows. How common a
    label is counts as known: only the rows are held out.
    """

    scores: Floats
    _inverse: Floats
    _dual: Floats
    _targets: Floats
    _bias: Floats

    def group(self, rows: NDArray[np.intp]) -> Floats:
        """Scores of these rows by a model that saw none of them (rows × labels)."""
        residual = np.linalg.solve(self._inverse[np.ix_(rows, rows)], self._dual[rows])
        scores: Floats = self._targets[rows] - residual + self._bias
        return scores


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear model: features → one score per label, about 0 (no) to 1 (yes)."""

    weights: Floats  # features × labels
    bias: Floats

    def scores(self, columns: Ints, weights: Floats) -> Floats:
        """One score per label for one question's row."""
        scores: Floats = weights @ self.weights[columns] + self.bias
        return scores


def fit_ridge(rows: sparse.csr_array, targets: Floats) -> tuple[Ridge, HeldOut]:
    """Fit one score per column of `targets` (rows × labels, 0 or 1).

    Time grows with the cube of the number of rows, memory with its square: 6,000 rows take a few
    seconds and 150 MB.
    """
    bias = targets.mean(axis=0)
    centred = targets - bias
    inverse = _inverted(_gram(rows))
    dual = inverse @ centred
    left_out = centred - dual / np.diag(inverse)[:, None] + bias
    weights = np.ascontiguousarray(rows.T @ dual, dtype=np.float32)
    return Ridge(weights, bias), HeldOut(left_out, inverse, dual, centred, bias)


def _gram(rows: sparse.csr_array) -> Floats:
    """Inner products of all rows. Common features are multiplied densely, the rest sparsely."""
    common = np.bincount(rows.indices, minlength=rows.shape[1]) > rows.shape[0] / _COMMON
    columns = rows.tocsc()
    dense = columns[:, np.flatnonzero(common)].toarray()
    rest = columns[:, np.flatnonzero(~common)].tocsr()
    gram: Floats = (dense @ dense.T).T  # as LAPACK wants it; a symmetric matrix is its own mirror
    for block in _blocks(len(gram)):
        gram[:, block] += (rest @ rest[block].T).toarray()
    return gram


def _inverted(gram: Floats) -> Floats:
    """The inverse of the regularised matrix, made in place."""
    gram[np.diag_indices_from(gram)] += _STRENGTH
    factor, failed = lapack.spotrf(gram, lower=True, overwrite_a=True)
    assert not failed  # a Gram matrix with something added to its diagonal is positive definite
    inverse, failed = lapack.spotri(factor, lower=True, overwrite_c=True)
    assert not failed
    for block in _blocks(len(inverse)):  # only the lower half was made
        inverse[block, block.stop :] = inverse[block.stop :, block].T
        square = inverse[block, block]
        inverse[block, block] = np.tril(square) + np.tril(square, -1).T
    whole: Floats = inverse
    return whole


def _blocks(size: int) -> Iterator[slice]:
    """Slices that keep temporary copies small."""
    return (slice(at, min(at + _BLOCK, size)) for at in range(0, size, _BLOCK))
