"""The catalog's own questions as if they were new: seen by models that did not see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from intents.centroids import fit_centroids
from intents.evidence import View
from intents.meaning import Meanings, Space
from intents.ridge_fit import fit_dense, fit_sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.centroids import Centroids, CentroidsHeldOut
    from intents.evidence import Evidence
    from intents.examples import Examples
    from intents.ridge import Floats, Ridge, SparseRidge
    from intents.ridge_fit import HeldOut

MOST_SOLVED = 16_000
"""Rows up to which ridge regression is solved (a minute, 1 GB); more are averaged."""

Solve = Callable[["Examples"], tuple["SparseRidge", "HeldOut"]]
"""What solves the ridge regression of a FAQ's words, see `solved`."""


def solved(examples: Examples) -> tuple[SparseRidge, HeldOut]:
    """Solve it: the longest part of fitting, and of checking which entries are taken for another."""
    return fit_sparse(examples.rows, examples.targets())


class Unseen:
    """Training rows as if they were new, in every view that there is."""

    def __init__(self, examples: Examples, evidence: Evidence, solve: Solve = solved) -> None:
        self._examples = examples
        self._solve = solve
        self._evidence = evidence
        self._held_out: list[HeldOut | CentroidsHeldOut] = []
        self._meanings: Meanings | None = None

    def learn_words(self) -> SparseRidge | Centroids:
        examples = self._examples
        model: SparseRidge | Centroids
        held_out: HeldOut | CentroidsHeldOut
        if len(examples.questions) <= MOST_SOLVED:
            model, held_out = self._solve(examples)
        else:
            model, held_out = fit_centroids(examples.rows, examples.labels(), examples.label_count)
        self._held_out.append(held_out)
        return model

    def learn_meaning(self, vectors: Floats) -> tuple[Space, Ridge]:
        space = Space.of(vectors)
        ridge, held_out = fit_dense(space.place(vectors), self._examples.targets())
        self._held_out.append(held_out)
        self._meanings = Meanings(space, vectors)
        return space, ridge

    def row(self, row: int) -> list[View]:
        """One row, seen by models that did not see it."""
        scores = [held_out.row(row) for held_out in self._held_out]
        return self._views(row, scores, slice(row, row + 1))

    def entry(self, entry: int, chosen: set[int]) -> Iterator[tuple[int, list[View]]]:
        """The chosen rows of an entry, seen by models that saw nothing of the entry."""
        rows = self._examples.rows_of(entry)
        at = [row for row in range(rows.start, rows.stop) if row in chosen]
        if not at:
            return
        every = [held_out.group(np.arange(rows.start, rows.stop)) for held_out in self._held_out]
        for scores in every:
            scores[:, entry] = -1
        for row in at:
            yield row, self._views(row, [scores[row - rows.start] for scores in every], rows)

    def _views(self, row: int, scores: Sequence[Floats], hidden: slice) -> list[View]:
        stored = self._examples.rows
        own = slice(*stored.indptr[row : row + 2])
        comparing = [self._evidence.comparing(stored.indices[own], stored.data[own])]
        if self._meanings:
            comparing.append(self._meanings.comparing(row))
        return [View(*seen, hidden) for seen in zip(scores, comparing, strict=True)]


def sample(examples: Examples, rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, in their order.

    Drawn by what their texts are, not by where they stand: a phrasing more or less changes a
    draw of thousands by one.
    """
    if len(rows) <= most:
        return rows
    meant = [examples.questions[row].meant for row in rows.tolist()]
    drawn = np.array([crc32(text.encode(errors="surrogatepass")) for text in meant])
    return rows[np.sort(np.argsort(drawn, kind="stable")[:most])]
