"""Ridge regression, and held-out scores that equal a second fit without the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from intents.ridge import SparseRidge
from intents.ridge_fit import fit_dense, fit_sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intents.ridge import Ridge
    from intents.ridge_fit import HeldOut

    Doubles = NDArray[np.float64]
    Floats = NDArray[np.float32]

ROWS, LENGTH = 15, 6
GROUPS = np.split(np.arange(13), [3, 7, 10])  # the last two rows belong to none
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)


def training() -> tuple[Floats, Floats]:
    """Rows that lie near the middle of their group, and whether they belong to it."""
    random = np.random.default_rng(3)
    targets = np.zeros((ROWS, len(GROUPS)), np.float32)
    features = random.normal(0, 0.1, (ROWS, LENGTH))
    for label, rows in enumerate(GROUPS):
        targets[rows, label] = 1
        features[rows, label] += 1
    return features.astype(np.float32), targets


def refitted(
    features: Floats, targets: Floats, hidden: NDArray[np.intp], strength: float
) -> Doubles:
    """Scores of the hidden rows by a model of the others: the slow obvious way.

    The share of each label is known beforehand; only the weights are learned without the rows.
    """
    bias = targets.mean(axis=0)
    seen = np.setdiff1d(np.arange(len(features)), hidden)
    left = features[seen].T @ features[seen] + strength * np.eye(LENGTH)
    weights = np.linalg.solve(left, features[seen].T @ (targets[seen] - bias))
    scores: Doubles = features[hidden] @ weights + bias
    return scores


def least_erring(features: Floats, targets: Floats) -> float:
    """The strength under which rows that were not seen are scored best."""

    def error(strength: float) -> float:
        scores = [refitted(features, targets, np.array([i]), strength)[0] for i in range(ROWS)]
        return float(((np.array(scores) - targets) ** 2).sum())

    return min(STRENGTHS, key=error)


def fitted(kind: str) -> tuple[Ridge | SparseRidge, HeldOut, float]:
    """A model of the training rows, what it says of held-out rows, and its strength."""
    features, targets = training()
    if kind == "sparse":
        return (*fit_sparse(sparse.csr_array(features), targets), 1.0)
    return (*fit_dense(features, targets), least_erring(features, targets))


def scored(ridge: Ridge | SparseRidge, row: Floats) -> Floats:
    """What a model says of a row, told as it wants it."""
    if isinstance(ridge, SparseRidge):
        columns = np.flatnonzero(row).astype(np.int32)
        return ridge.scores(columns, row[columns])
    return ridge.score(row)


@pytest.mark.parametrize("kind", ["sparse", "dense"])
@pytest.mark.parametrize("row", range(ROWS))
def test_a_row_left_out_scores_as_if_refitted_without_it(kind: str, row: int) -> None:
    """Every row, every label."""
    _, held_out, strength = fitted(kind)
    slow = refitted(*training(), np.array([row]), strength)[0]
    assert held_out.scores[row] == pytest.approx(slow, abs=1e-5)


@pytest.mark.parametrize("kind", ["sparse", "dense"])
@pytest.mark.parametrize("hidden", [*GROUPS, np.array([0, 5, 13]), np.array([14])])
def test_a_group_left_out_scores_as_if_refitted_without_it(
    kind: str, hidden: NDArray[np.intp]
) -> None:
    """Whole entries, rows of several, one row."""
    _, held_out, strength = fitted(kind)
    slow = refitted(*training(), hidden, strength)
    assert held_out.group(hidden) == pytest.approx(slow, abs=1e-4)


@pytest.mark.parametrize("kind", ["sparse", "dense"])
def test_a_group_of_one_is_a_row(kind: str) -> None:
    """Both closed forms say the same."""
    _, held_out, _ = fitted(kind)
    for row in range(ROWS):
        assert held_out.group(np.array([row]))[0] == pytest.approx(held_out.scores[row], abs=1e-5)


@pytest.mark.parametrize("kind", ["sparse", "dense"])
def test_the_model_is_ridge_regression(kind: str) -> None:
    """Its scores equal the plain normal equations over all rows."""
    ridge, _, strength = fitted(kind)
    features, targets = training()
    bias = targets.mean(axis=0)
    left = features.T @ features + strength * np.eye(LENGTH)
    weights = np.linalg.solve(left, features.T @ (targets - bias))
    for row in features:
        assert scored(ridge, row) == pytest.approx(row @ weights + bias, abs=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_weights_made_when_asked_for_are_those_of_the_rows(seed: int) -> None:
    """Features of every rarity, also of no row at all: as if every weight were held."""
    random = np.random.default_rng(seed)
    shares = random.random(12)
    features = np.where(random.random((20, 12)) < shares, random.random((20, 12)), 0)
    rows, dual = sparse.csr_array(features.astype(np.float32)), random.random((20, 3), np.float32)
    ridge = SparseRidge.of(rows, dual, np.ones(3, np.float32))
    columns = np.flatnonzero(random.random(12) < 0.5).astype(np.int32)
    asked = random.random(len(columns), np.float32)
    expected = asked @ (features.T @ dual)[columns] + 1
    assert ridge.scores(columns, asked) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kind", ["sparse", "dense"])
def test_training_rows_score_highest_on_their_own_label(kind: str) -> None:
    """Each group is told from the others."""
    ridge, _, _ = fitted(kind)
    features, _ = training()
    for label, rows in enumerate(GROUPS):
        assert {int(scored(ridge, features[row]).argmax()) for row in rows} == {label}


def test_an_empty_row_scores_the_share_of_each_label() -> None:
    """Nothing known, nothing learned."""
    ridge, _, _ = fitted("sparse")
    none = np.empty(0, np.int32)
    assert isinstance(ridge, SparseRidge)
    assert ridge.scores(none, np.empty(0, np.float32)) == pytest.approx(
        [3 / 15, 4 / 15, 3 / 15, 3 / 15]
    )
