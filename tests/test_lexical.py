"""Rows of weighted features, and held-out scores that equal a second fit without the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.lexical import Vectorizer, fit_ridge
from intents.lexicon import Lexicon, LexiconFile, Question

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Doubles = NDArray[np.float64]
    Floats = NDArray[np.float32]

TEXTS = (
    ("kích hoạt tài khoản định danh", "kích hoạt vneid bị lỗi", "vneid không kích hoạt được"),
    ("mất thẻ căn cước", "cấp lại thẻ căn cước bị mất", "làm lại thẻ mất", "rơi mất thẻ cũ"),
    ("thẻ bảo hiểm y tế trên điện thoại", "xem bảo hiểm y tế ở đâu", "bảo hiểm điện tử"),
    ("nộp hồ sơ trực tuyến", "cổng dịch vụ công nộp hồ sơ", "gửi hồ sơ qua mạng"),
)
OUTSIDE = ("hôm nay trời mưa không", "giá vàng hôm nay")
LEXICON = Lexicon(LexiconFile(), [])


def read(text: str) -> Question:
    """A question of a lexicon without words."""
    return LEXICON.read(text)


QUESTIONS = tuple(read(text) for text in (*(t for group in TEXTS for t in group), *OUTSIDE))
GROUPS = np.split(np.arange(13), [3, 7, 10])
VECTORIZER = Vectorizer(QUESTIONS)


def training() -> tuple[sparse.csr_array, Floats]:
    """The rows of all questions and, per group, whether they belong to it."""
    targets = np.zeros((len(QUESTIONS), len(GROUPS)), np.float32)
    for label, rows in enumerate(GROUPS):
        targets[rows, label] = 1
    return VECTORIZER.matrix(QUESTIONS), targets


def refitted(rows: sparse.csr_array, targets: Floats, hidden: NDArray[np.intp]) -> Doubles:
    """Scores of the hidden rows by a ridge regression over the others: the slow obvious way.

    The share of each label is known beforehand; only the weights are learned without the rows.
    """
    features, bias = rows.toarray().astype(np.float64), targets.mean(axis=0)
    seen = np.setdiff1d(np.arange(len(features)), hidden)
    left = features[seen].T @ features[seen] + np.eye(features.shape[1])
    weights = np.linalg.solve(left, features[seen].T @ (targets[seen] - bias))
    scores: Doubles = features[hidden] @ weights + bias
    return scores


@pytest.mark.parametrize("row", range(len(QUESTIONS)))
def test_a_row_left_out_scores_as_if_refitted_without_it(row: int) -> None:
    """Every row, every label."""
    rows, targets = training()
    _, held_out = fit_ridge(rows, targets)
    slow = refitted(rows, targets, np.array([row]))[0]
    assert held_out.scores[row] == pytest.approx(slow, abs=1e-5)


@pytest.mark.parametrize("hidden", [*GROUPS, np.array([0, 5, 13]), np.array([14])])
def test_a_group_left_out_scores_as_if_refitted_without_it(hidden: NDArray[np.intp]) -> None:
    """Whole entries, rows of several, one row."""
    rows, targets = training()
    _, held_out = fit_ridge(rows, targets)
    assert held_out.group(hidden) == pytest.approx(refitted(rows, targets, hidden), abs=1e-5)


def test_a_group_of_one_is_a_row() -> None:
    """Both closed forms say the same."""
    _, held_out = fit_ridge(*training())
    for row in range(len(QUESTIONS)):
        assert held_out.group(np.array([row]))[0] == pytest.approx(held_out.scores[row], abs=1e-5)


def test_the_model_is_ridge_regression() -> None:
    """Its scores equal the plain normal equations over all rows."""
    rows, targets = training()
    ridge, _ = fit_ridge(rows, targets)
    features, bias = rows.toarray().astype(np.float64), targets.mean(axis=0)
    left = features.T @ features + np.eye(features.shape[1])
    weights = np.linalg.solve(left, features.T @ (targets - bias))
    for question, row in zip(QUESTIONS, features, strict=True):
        scores = ridge.scores(*VECTORIZER.row(question))
        assert scores == pytest.approx(row @ weights + bias, abs=1e-5)


def test_training_questions_score_highest_on_their_own_label() -> None:
    """And out-of-scope questions on none."""
    ridge, _ = fit_ridge(*training())
    scores = np.array([ridge.scores(*VECTORIZER.row(question)) for question in QUESTIONS])
    for label, rows in enumerate(GROUPS):
        assert set(scores[rows].argmax(axis=1)) == {label}
    assert scores[13:].max() < 0.25


def test_an_empty_question_scores_the_share_of_each_label() -> None:
    """Nothing known, nothing learned."""
    ridge, _ = fit_ridge(*training())
    columns, weights = VECTORIZER.row(read("?!"))
    assert (columns.size, weights.size) == (0, 0)
    assert ridge.scores(columns, weights) == pytest.approx([3 / 15, 4 / 15, 3 / 15, 3 / 15])


def test_a_known_question_has_unit_length() -> None:
    """Three views whose squares sum to one."""
    for question in QUESTIONS:
        assert np.linalg.norm(VECTORIZER.row(question)[1]) == pytest.approx(1, abs=0.001)


def test_what_is_unknown_takes_its_share_of_the_length() -> None:
    """A question mostly about something else is no perfect match of the little that is known."""
    known = np.linalg.norm(VECTORIZER.row(read("mất thẻ căn cước"))[1])
    strange_words = " xylophone jazz quizzes fjord".split(" ")
    lengths = [
        float(np.linalg.norm(VECTORIZER.row(read("mất thẻ căn cước" + " ".join(words)))[1]))
        for words in (strange_words[:n] for n in (2, 3, 4, 5))
    ]
    strange = VECTORIZER.row(read("qqq zzz"))[1]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] < known
    assert lengths[-1] < 0.9 * known
    assert np.linalg.norm(strange) < 0.3


def test_accents_that_are_not_typed_do_not_speak() -> None:
    """Bare text shares all its features with the accented one, which has more."""
    bare, accented = read("mat the can cuoc"), read("mất thẻ căn cước")
    with_accents = set(VECTORIZER.row(accented)[0].tolist())
    without = set(VECTORIZER.row(bare)[0].tolist())
    assert without < with_accents
    assert len(with_accents - without) == 4


def test_accents_that_differ_speak_against() -> None:
    """Words that only fold alike are near each other, but not the same."""
    row = VECTORIZER.matrix([read("mất thẻ căn cước"), read("mạt thể cán cuộc")]).toarray()
    assert 0.5 < float(row[0] @ row[1]) < 0.8


def test_one_row_is_the_row_of_the_matrix() -> None:
    """One question at a time or all at once."""
    matrix = VECTORIZER.matrix(QUESTIONS).toarray()
    for question, row in zip(QUESTIONS, matrix, strict=True):
        columns, weights = VECTORIZER.row(question)
        dense = np.zeros(matrix.shape[1], np.float32)
        dense[columns] = weights
        assert dense == pytest.approx(row)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_vectors_are_total_and_bounded(text: str) -> None:
    """Any text: columns that exist, once each, finite weights, never longer than one."""
    columns, weights = VECTORIZER.row(read(text))
    assert len(set(columns.tolist())) == len(columns) == len(weights)
    assert columns.size == 0 or (columns.min() >= 0 and columns.max() < 10_000)
    assert np.isfinite(weights).all()
    assert np.linalg.norm(weights) <= 1.001
