"""Words a slip away, as comparing with every word of the list would find them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from intents.near import NearWords

WORD = st.text("abc", min_size=1, max_size=10)
WORDS = st.lists(WORD, max_size=40, unique=True)
LIST = ["cuoc", "cuop", "cuo", "chip", "dien", "dinh", "danh", "passport", "facebook"]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("cuoc", ["cuo", "cuop"]),  # itself is not near it; the shorter first
        ("cuooc", ["cuoc"]),
        ("ucoc", ["cuoc"]),  # exchanged
        ("xuoc", []),  # the first letter is hardly ever wrong
        ("chpi", ["chip"]),
        ("pasport", ["passport"]),
        ("pasprot", []),  # two slips, in seven letters
        ("passprto", ["passport"]),
        ("pasxsprot", ["passport"]),  # two, in nine
        ("fcaebok", []),
        ("facbok", []),
        ("facebokk", ["facebook"]),
        ("cu", []),
        ("", []),
    ],
)
def test_a_slip_or_in_long_words_two(word: str, near: list[str]) -> None:
    """Most slips are one letter more, less, other, or two exchanged."""
    assert list(NearWords(LIST).of(word)) == near


@given(WORDS, WORD)
def test_as_comparing_with_every_word_finds_them(words: list[str], typed: str) -> None:
    """Those with fewer slips first, then the shorter, then as in the list."""
    slips = 2 if len(typed) >= 8 else 1
    near = [
        (distance, len(word), at, word)
        for at, word in enumerate(words)
        if 0 < (distance := OSA.distance(typed, word)) <= slips
        and (word[0] == typed[0] or word[:2] == typed[:2][::-1])
    ]
    expected = [word for *_, word in sorted(near)] if len(typed) >= 3 else []
    assert list(NearWords(words).of(typed)) == expected


@given(WORDS, WORD)
def test_one_slip_away_is_any_word_of_one_slip(words: list[str], typed: str) -> None:
    """Also at the first letter, and of a long word those of one slip alone."""
    near = {word for word in words if OSA.distance(typed, word) == 1}
    assert NearWords(words).one_slip_away(typed) == (near if len(typed) >= 3 else set())
