"""Phrases in a line of words: the leftmost, of those the longest, accents missing or right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.phrases import Found, Phrases
from intents.text import fold_word

WORD = st.sampled_from(["căn", "can", "cần", "cước", "cuoc", "ở", "o", ",", "đâu"])
LINE = st.lists(WORD, max_size=12)
LIST = st.lists(st.lists(WORD, min_size=1, max_size=4), max_size=8)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("căn cước ở đâu", ["căn cước", "ở đâu"]),
        ("can cuoc o dau", ["căn cước", "ở đâu"]),
        ("cần cước", []),  # a wrong accent is another word
        ("căn cước công dân", ["căn cước công dân"]),
        ("căn cước công", ["căn cước"]),
        ("căn căn cước", ["căn cước"]),
        ("ở", []),
        ("", []),
    ],
)
def test_the_longest_phrase_is_found(line: str, found: list[str]) -> None:
    """Of those that begin at the same word."""
    texts = ["căn cước", "ở đâu", "căn cước công dân"]
    phrases = Phrases((text.split(), text) for text in texts)
    assert [phrase.value for phrase in phrases.find(line.split())] == found


def test_of_two_equal_phrases_the_first_counts() -> None:
    """Also where they are equal only without accents."""
    phrases = Phrases([(["căn", "cước"], 1), (["cắn", "cước"], 2)])
    assert [found.value for found in phrases.find(["can", "cuoc"])] == [1]
    assert [found.value for found in phrases.find(["cắn", "cước"])] == [2]


@given(LIST, LINE, st.booleans())
def test_as_a_plain_search_finds_them(
    phrases: list[list[str]],
    line: list[str],
    exact: bool,  # noqa: FBT001
) -> None:
    """Every phrase tried at every word."""
    known = Phrases([(words, at) for at, words in enumerate(phrases)], lone_words_exact=exact)
    assert list(known.find(line)) == plain_search(phrases, line, exact=exact)


def plain_search(phrases: list[list[str]], line: list[str], *, exact: bool) -> list[Found[int]]:
    found: list[Found[int]] = []
    at = 0
    while at < len(line):
        fitting = [
            (-len(words), place)
            for place, words in enumerate(phrases)
            if agree(line[at : at + len(words)], words, exact=exact and len(words) == 1)
        ]
        if fitting:
            length, place = min(fitting)
            found.append(Found(at, at - length, place))
            at -= length
        else:
            at += 1
    return found


def agree(typed: list[str], meant: list[str], *, exact: bool) -> bool:
    if len(typed) != len(meant):
        return False
    return all(
        t == m or (t == fold_word(m) and not exact) for t, m in zip(typed, meant, strict=True)
    )


@given(LIST, LINE)
def test_what_is_left_is_the_line_without_what_was_found(
    phrases: list[list[str]], line: list[str]
) -> None:
    """Nothing else goes, nothing moves."""
    known = Phrases((words, None) for words in phrases)
    covered = {at for found in known.find(line) for at in range(found.start, found.end)}
    assert known.without(line) == [word for at, word in enumerate(line) if at not in covered]
