"""The linear model of a very large FAQ: the mean of each label's rows.

Ridge regression tells neighbours apart better, but its time grows with the cube of the number of
phrasings. The means are made in one pass, are sparse, and leave a row out just as exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.ridge import Floats, Ints, Rows


@dataclass(frozen=True, slots=True)
class Centroids:
    """Sparse rows → the mean cosine with the rows of each label."""

    means: sparse.csr_array  # features × labels

    def scores(self, columns: Ints, weights: Floats) -> Floats:
        """One score per label for one sparse row."""
        scores: Floats = weights @ self.means[columns]
        return scores


class CentroidsHeldOut:
    """Scores of the training rows by means that they take no part in."""

    def __init__(
        self, rows: sparse.csr_array, labels: Sequence[Ints], centroids: Centroids, counts: Floats
    ) -> None:
        self._rows = rows
        self._labels = labels
        self._centroids = centroids
        self._counts = counts

    def row(self, row: int) -> Floats:
        """One row, seen by means without it."""
        scores: Floats = self.group(np.array([row]))[0]
        return scores

    def group(self, rows: Rows) -> Floats:
        """These rows, seen by means without any of them (rows × labels)."""
        hidden: sparse.csr_array = self._rows[rows]
        likeness = (hidden @ hidden.T).toarray()
        scores: Floats = (hidden @ self._centroids.means).toarray()
        for labels in self._labels:
            for label in np.unique(labels[rows][labels[rows] >= 0]):
                mine = labels[rows] == label
                left = self._counts[label] - mine.sum()
                total = scores[:, label] * self._counts[label] - likeness[:, mine].sum(axis=1)
                scores[:, label] = total / left if left else 0
        return scores


def fit_centroids(
    rows: sparse.csr_array, labels: Sequence[Ints], count: int
) -> tuple[Centroids, CentroidsHeldOut]:
    """Average the rows of each label.

    Each of `labels` gives every row one of `count` labels, or −1 for none.
    """
    at = [np.flatnonzero(of >= 0) for of in labels]
    member = sparse.csr_array(
        (
            np.ones(sum(map(len, at)), np.float32),
            (
                np.concatenate(at),
                np.concatenate([of[where] for of, where in zip(labels, at, strict=True)]),
            ),
        ),
        shape=(rows.shape[0], count),
    )
    counts = np.asarray(member.sum(axis=0), np.float32)
    means = (rows.T @ member @ sparse.diags_array(1 / np.maximum(counts, 1))).tocsr()
    centroids = Centroids(means.astype(np.float32))
    return centroids, CentroidsHeldOut(rows, labels, centroids, counts)
