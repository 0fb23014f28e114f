"""Whatever arrives gets a verdict: bytes of any kind, a book, every plane of Unicode."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.verdict import Answer, Clarify, Unknown
from tests.sample_faq import sample_faq

PIECES = ("căn cước", "vneid", "mat khau", "?", "\n", "đ", "ơ", "🙂", "1)", "aa", "\u0301", "\x00")

STORY = """
sáng nay mưa to quá nên tôi ở nhà dọn lại cái tủ cũ, thấy một chồng ảnh của bà ngoại hồi trẻ, ngồi xem
cả buổi mà quên cả nấu cơm, đến trưa mấy đứa cháu về kêu đói mới giật mình chạy ra chợ. Vui thật
"""


def verify_verdict(text: str) -> None:
    """A verdict of one of three kinds, its ranking sorted and made of probabilities."""
    for told in sample_faq().matcher.read(text).chosen:
        assert isinstance(told.verdict, Answer | Clarify | Unknown)
        scores = [candidate.score for candidate in told.verdict.ranking]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert sum(scores) <= 1 + 1e-6


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le", "cp1258"])
def test_random_bytes(encoding: str) -> None:
    """Five hundred strings of up to 400 bytes, read as text in one way or another."""
    source = random.Random(encoding)
    for _ in range(500):
        verify_verdict(source.randbytes(source.randrange(400)).decode(encoding, "replace"))


@pytest.mark.parametrize("plane", range(17))
def test_every_plane_of_unicode(plane: int) -> None:
    """Letters, private use, what is not assigned, surrogates: sixty at a time."""
    source = random.Random(plane)
    for _ in range(30):
        verify_verdict(
            "".join(chr(plane * 0x10000 + source.randrange(0x10000)) for _ in range(60))
        )


@pytest.mark.parametrize(
    "piece", [*PIECES, "ả", "làm sao ", "và cho em hỏi, ", "a1", "…", "w" * 50]
)
def test_a_million_characters(piece: str) -> None:
    """Only so many of them are read."""
    verify_verdict(piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize("words", [190, 250, 900])
@pytest.mark.parametrize("end", ["\n", ". ", " "])
def test_a_question_behind_a_long_story_is_answered(words: int, end: str) -> None:
    """The end of a message is read, however long it is; and so is its beginning."""
    story = " ".join(STORY.split()[at % 40] for at in range(words))
    question = "Cho tôi hỏi quên mật khẩu vneid thì làm sao?"
    for text in (f"{story}{end}{question}", f"{question} {story}"):
        verdict = sample_faq().matcher.match(text)
        assert isinstance(verdict, Answer), text
        assert verdict.entry == "vneid_quen_mat_khau"


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=60))
def test_pieces_of_questions_in_any_order(pieces: list[str]) -> None:
    """What looks a little like a question."""
    verify_verdict(" ".join(pieces))
    verify_verdict("".join(pieces))
