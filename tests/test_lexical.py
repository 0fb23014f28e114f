"""Questions as rows of weighted features."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.lexical import Vectorizer, _remembered_grams
from intents.lexicon import Lexicon, LexiconFile, Question

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
VECTORIZER = Vectorizer.of(QUESTIONS)


def test_an_empty_question_has_no_features() -> None:
    """Nothing known, nothing weighed."""
    columns, weights = VECTORIZER.row(read("?!"))
    assert (columns.size, weights.size) == (0, 0)


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
    assert np.linalg.norm(strange) < 0.4


def test_accents_that_are_not_typed_do_not_speak() -> None:
    """Bare text shares all its features with the accented one, which has more."""
    bare, accented = read("mat the can cuoc"), read("mất thẻ căn cước")
    with_accents = set(VECTORIZER.row(accented)[0].tolist())
    without = set(VECTORIZER.row(bare)[0].tolist())
    assert without < with_accents
    assert len(with_accents - without) == 4


def test_accents_that_differ_speak_against() -> None:
    """Words that only fold alike are no nearer to each other than words typed without accents."""
    same, other, bare = VECTORIZER.matrix(
        [read("mất thẻ căn cước"), read("mạt thể cán cuộc"), read("mat the can cuoc")]
    ).toarray()
    assert 0.5 < float(same @ other) < 0.9 * float(same @ same)
    assert float(same @ other) == pytest.approx(float(same @ bare))


def test_one_row_is_the_row_of_the_matrix() -> None:
    """One question at a time or all at once."""
    matrix = VECTORIZER.matrix(QUESTIONS).toarray()
    for question, row in zip(QUESTIONS, matrix, strict=True):
        columns, weights = VECTORIZER.row(question)
        dense = np.zeros(matrix.shape[1], np.float32)
        dense[columns] = weights
        assert dense == pytest.approx(row)


def test_features_have_the_same_columns_in_every_process() -> None:
    """What was fitted in one process is used by others, whose sets are in another order."""
    program = (
        "from tests.test_lexical import VECTORIZER, QUESTIONS\n"
        "print([VECTORIZER.row(q)[0].tolist() for q in QUESTIONS])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_vectors_are_total_and_bounded(text: str) -> None:
    """Any text: columns that exist, once each, finite weights, never longer than one."""
    columns, weights = VECTORIZER.row(read(text))
    assert len(set(columns.tolist())) == len(columns) == len(weights)
    assert columns.size == 0 or (columns.min() >= 0 and columns.max() < 10_000)
    assert np.isfinite(weights).all()
    assert np.linalg.norm(weights) <= 1.001


def test_long_words_are_not_remembered() -> None:
    """Each is another; some thousands of them would fill the memory."""
    remembered = _remembered_grams.cache_info().currsize
    for number in range(100):
        VECTORIZER.row(read(f"{number}{'x' * 1900}"))
    assert _remembered_grams.cache_info().currsize == remembered
