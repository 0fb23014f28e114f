"""Ridge regression: features → one score per label, solved in closed form.

Because it is, the score that each training row would get from a model that never saw it is exact
and needs no second fit (`HeldOut`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.linalg import lapack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int32]
    Rows = NDArray[np.intp]

_STRENGTH = 1.0  # of the regularisation of sparse rows; flat between 0.3 and 3
_STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)  # tried for dense rows
_COMMON = 50  # a feature of more than one row in so many is common
_RARE = 3  # rows; a feature that stands in no more has its weights made when asked for
_BLOCK = 512  # rows of a large matrix that are worked on at a time


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
        rare = -1 - place[~common]
        shares: Floats = (weights[~common, None] * self.rare_values[rare]).ravel()
        scores: Floats = (
            weights[common] @ self.weights[place[common]]
            + shares @ self.dual[self.rare_rows[rare].ravel()]
            + self.bias
        )
        return scores


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of the training rows from models that did not see them.

    `scores` is rows × labels: each row scored by a model fitted on all other rows. How common a
    label is counts as known: only the rows are held out.
    """

    scores: Floats
    _inverse: Callable[[Rows], Floats]  # rows → their block of the inverted Gram matrix
    _dual: Floats
    _targets: Floats
    _bias: Floats

    def row(self, row: int) -> Floats:
        """One row, seen by a model that did not see it."""
        scores: Floats = self.scores[row]
        return scores

    def group(self, rows: Rows) -> Floats:
        """Scores of these rows by a model that saw none of them (rows × labels)."""
        residual = np.linalg.solve(self._inverse(rows), self._dual[rows])
        scores: Floats = self._targets[rows] - residual + self._bias
        return scores


def fit_sparse(rows: sparse.csr_array, targets: Floats) -> tuple[SparseRidge, HeldOut]:
    """Fit one score per column of `targets` (rows × labels, 0 or 1).

    Time grows with the cube of the number of rows, memory with its square: 8,000 rows take a few
    seconds and 500 MB.
    """
    bias = targets.mean(axis=0)
    centred = targets - bias
    inverse = _inverted(_gram(rows))
    dual = inverse @ centred
    left_out = centred - dual / np.diag(inverse)[:, None] + bias
    held_out = HeldOut(left_out, lambda at: inverse[np.ix_(at, at)], dual, centred, bias)
    return SparseRidge.of(rows, dual, bias), held_out


def fit_dense(rows: Floats, targets: Floats) -> tuple[Ridge, HeldOut]:
    """The same for short dense rows; the strength is the one that errs least on held-out rows.

    Time and memory grow with the number of rows and the square (time: cube) of their length.
    """
    bias = targets.mean(axis=0)
    centred = targets - bias
    values, vectors = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    turned = (rows @ vectors).astype(np.float32)
    found = (turned.T @ centred).astype(np.float32)
    best = (np.inf, 0.0)
    for strength in _STRENGTHS:
        shrunk = (1 / (np.maximum(values, 0) + strength)).astype(np.float32)
        leverage = (turned**2) @ shrunk
        residual = (centred - turned @ (shrunk[:, None] * found)) / (1 - leverage)[:, None]
        best = min(best, (float((residual**2).sum()), strength))
    strength = best[1]
    shrunk = (1 / (np.maximum(values, 0) + strength)).astype(np.float32)
    weights = shrunk[:, None] * found
    residual = centred - turned @ weights
    leverage = (turned**2) @ shrunk
    left_out = centred - residual / (1 - leverage)[:, None] + bias

    def inverse(at: Rows) -> Floats:
        block: Floats = np.eye(len(at), dtype=np.float32) - (turned[at] * shrunk) @ turned[at].T
        return block / np.float32(strength)

    ridge = Ridge(np.ascontiguousarray(vectors.astype(np.float32) @ weights), bias)
    return ridge, HeldOut(left_out, inverse, residual / np.float32(strength), centred, bias)


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
