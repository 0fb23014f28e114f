"""What ridge regression learns (`ridge_fit`): features → one score per label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int32]
    Rows = NDArray[np.intp]

_RARE = 3  # rows; a feature that stands in no more has its weights made when asked for


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear model of dense rows: features → one score per label, about 0 (no) to 1 (yes)."""

    weights: Floats  # features × labels
    bias: Floats

    def score(self, row: Floats) -> Floats:
        """One score per label for one row."""
        scores: Floats = row @ self.weights + self.bias
        return scores


@dataclass(frozen=True, slots=True)
class SparseRidge:
    """The same of sparse rows, small: most features stand in a row or two of the training rows.

    Their weights are not held but made when asked for, out of the few training rows that have
    them (`dual`): these take a third of the memory, and the scores are the same.
    """

    place: Ints  # of a feature among the `weights`; −1 − place among the rare ones
    weights: Floats  # common features × labels
    rare_rows: Ints  # rare features × at most so many training rows; filled up with row 0 …
    rare_values: Floats  # … of which they have nothing
    dual: Floats  # training rows × labels
    bias: Floats

    @classmethod
    def of(cls, rows: sparse.csr_array, dual: Floats, bias: Floats) -> Self:
        """The model whose weights are `rows.T @ dual`."""
        columns = rows.tocsc()
        counts = np.diff(columns.indptr)
        common, rare = np.flatnonzero(counts > _RARE), np.flatnonzero(counts <= _RARE)
        place = np.empty(len(counts), np.int32)
        place[common], place[rare] = np.arange(len(common)), -1 - np.arange(len(rare))
        of_rare = columns[:, rare]
        rare_rows = np.zeros((len(rare), _RARE), np.int32)
        rare_values = np.zeros((len(rare), _RARE), np.float32)
        feature = np.repeat(np.arange(len(rare)), counts[rare])
        nth = np.arange(len(feature)) - of_rare.indptr[feature]
        rare_rows[feature, nth], rare_values[feature, nth] = of_rare.indices, of_rare.data
        weights = np.ascontiguousarray(columns[:, common].T @ dual, np.float32)
        return cls(place, weights, rare_rows, rare_values, np.ascontiguousarray(dual), bias)

    def scores(self, columns: Ints, weights: Floats) -> Floats:
        """One score per label for one row."""
        place = self.place[columns]
        common = place >= 0
        scores: Floats = weights[common] @ self.weights.take(place[common], axis=0) + self.bias
        rare = -1 - place[~common]
        if len(rare):
            shares = weights[~common, None] * self.rare_values[rare]
            scores += shares.ravel() @ self.dual.take(self.rare_rows[rare].ravel(), axis=0)
        return scores
