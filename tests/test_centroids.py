"""Means of rows, and held-out scores that equal the means without the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from intents import unseen
from intents.centroids import fit_centroids
from intents.fitted import Fitted
from intents.fitting import fit
from intents.matcher import Matcher
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intents.centroids import Centroids, CentroidsHeldOut

    Floats = NDArray[np.float32]

# Rows of three entries in two topics, the last two out of scope.
ENTRIES = np.array([0, 0, 0, 1, 1, 2, 5, 5], np.int32)
TOPICS = np.array([3, 3, 3, 3, 3, 4, -1, -1], np.int32)
LABELS = 6


def training() -> Floats:
    """Rows of unit length."""
    rows = np.random.default_rng(5).random((len(ENTRIES), 7))
    lengths: Floats = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / lengths).astype(np.float32)


def fitted() -> tuple[Centroids, CentroidsHeldOut]:
    return fit_centroids(sparse.csr_array(training()), [ENTRIES, TOPICS], LABELS)


def mean_likeness(row: int, hidden: set[int]) -> list[float]:
    """The mean cosine of a row with the rows of each label that are not hidden, one by one."""
    rows = training()
    found = []
    for label in range(LABELS):
        members = [i for i in range(len(rows)) if label in {ENTRIES[i], TOPICS[i]} - {-1}]
        left = [float(rows[row] @ rows[i]) for i in members if i not in hidden]
        found.append(sum(left) / len(left) if left else 0.0)
    return found


def test_a_score_is_the_mean_cosine_with_the_rows_of_the_label() -> None:
    """Every row, every label."""
    centroids, _ = fitted()
    columns = np.arange(7, dtype=np.int32)
    for number, row in enumerate(training()):
        assert centroids.scores(columns, row) == pytest.approx(mean_likeness(number, set()))


@pytest.mark.parametrize("row", range(len(ENTRIES)))
def test_a_row_left_out_takes_no_part_in_the_means(row: int) -> None:
    """A label whose only row it was scores nothing."""
    _, held_out = fitted()
    assert held_out.row(row) == pytest.approx(mean_likeness(row, {row}), abs=1e-6)


@pytest.mark.parametrize("hidden", [{0, 1, 2}, {3, 4}, {5}, {6, 7}, {0, 3, 7}])
def test_a_group_left_out_takes_no_part_in_the_means(hidden: set[int]) -> None:
    """Whole entries, rows of several."""
    _, held_out = fitted()
    rows = np.array(sorted(hidden))
    for row, scores in zip(rows, held_out.group(rows), strict=True):
        assert scores == pytest.approx(mean_likeness(int(row), hidden), abs=1e-6)


def test_a_large_faq_is_matched_by_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way with the other model: it finds most phrasings, and survives being kept."""
    knowledge = sample_faq().knowledge
    monkeypatch.setattr(unseen, "MOST_SOLVED", 0)
    by_means = fit(knowledge)
    matcher = Matcher(knowledge, by_means)
    kept = Matcher(knowledge, Fitted.from_arrays(by_means.arrays()))
    right = 0
    asked = [(e.id, text) for e in knowledge.examples.entries for text in e.phrasings]
    for entry, text in asked:
        verdict = matcher.match(text)
        assert kept.match(text) == verdict
        right += verdict.ranking[0].entry == entry
    assert right >= 0.95 * len(asked)
