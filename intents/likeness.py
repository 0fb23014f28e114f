"""The cosines of a question's row with training rows: the most frequent sum of the matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

# scipy's own loops, without the checks and copies around them that would cost more.
from scipy.sparse._sparsetools import csc_matvec, csr_matvec, csr_row_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from intents.ridge import Floats, Ints


class Likeness:
    """Compares rows of unit length with the training rows."""

    def __init__(self, rows: sparse.csr_array, outside: slice) -> None:
        """`outside`: rows that every question is compared with, all of them."""
        self._rows = rows
        self._lengths = np.diff(rows.indptr)
        self._numbers = np.arange(len(self._lengths), dtype=np.int32)
        self._outside = outside
        # Features × rows: only the features that a question has are looked at.
        self._by_feature = rows[outside].T.tocsr()
        self._lengths_by_feature = np.diff(self._by_feature.indptr)

    def cosines(self, columns: Ints, weights: Floats, slices: Sequence[slice]) -> list[Floats]:
        """One row with each row of each slice."""
        if slices == [self._outside]:
            return [self._with_outside(columns, weights)]
        numbers = np.concatenate([self._numbers[at] for at in slices])
        starts, of_rows, data = _copied(self._rows, numbers, self._lengths)
        asked = np.zeros(self._rows.shape[1], np.float32)
        asked[columns] = weights
        found = np.zeros(len(numbers), np.float32)
        csr_matvec(len(found), len(asked), starts, of_rows, data, asked, found)
        parts: list[Floats] = []
        end = 0
        for at in slices:
            start, end = end, end + at.stop - at.start
            parts.append(found[start:end])
        return parts

    def _with_outside(self, columns: Ints, weights: Floats) -> Floats:
        starts, rows, data = _copied(self._by_feature, columns, self._lengths_by_feature)
        found = np.zeros(self._by_feature.shape[1], np.float32)
        csc_matvec(len(found), len(columns), starts, rows, data, weights, found)
        return found


def _copied(matrix: sparse.csr_array, rows: Ints, lengths: Ints) -> tuple[Ints, Ints, Floats]:
    """Some rows of a matrix, as the starts, columns and data of a smaller one."""
    starts = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(lengths[rows], out=starts[1:])
    columns, data = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    csr_row_index(len(rows), rows, matrix.indptr, matrix.indices, matrix.data, columns, data)
    return starts, columns, data
