"""Ridge regression, solved in closed form.

Because it is, the score that each training row would get from a model that never saw it is exact
and needs no second fit (`HeldOut`). Only a first start needs this module: what was learned is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack

from intents.ridge import Ridge, SparseRidge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scipy import sparse

    from intents.ridge import Floats, Rows

_STRENGTH = 1.0  # of the regularisation of sparse rows; flat between 0.3 and 3
_STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)  # tried for dense rows
_COMMON = 50  # a feature of more than one row in so many is common
_BLOCK = 512  # rows of a large matrix that are worked on at a time


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
