"""Accents come back as the FAQ's own text has them; what was typed and what is unknown stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.accents import Accents
from intents.catalog import load
from intents.lexicon import Lexicon, LexiconFile
from intents.text import clean, fold, fold_word, tokens
from intents.yaml_source import read_yaml
from tests.faq import FOLDER
from tests.vietnamese import WORDS

LINES = [
    line.split()
    for line in (
        "mất thẻ căn cước thì làm lại ở đâu",
        "cần mang theo giấy tờ gì khi làm thẻ căn cước",
        "thẻ bảo hiểm y tế của con",
        "trẻ con có thẻ không",
        "còn hạn thì có thể dùng",
        "hồ sơ còn thiếu giấy tờ",
    )
]
ACCENTS = Accents.of(LINES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mat the can cuoc", "mất thẻ căn cước"),
        ("can mang giay to gi", "cần mang giấy tờ gì"),
        ("co the dung", "có thể dùng"),
        ("tre con co the khong", "trẻ con có thẻ không"),
        ("ho so con thieu", "hồ sơ còn thiếu"),
        ("mất the can cuoc", "mất thẻ căn cước"),
        ("mặt thẻ", "mặt thẻ"),
        ("blorp the can cuoc zzz", "blorp thẻ căn cước zzz"),
        ("", ""),
    ],
)
def test_the_likeliest_forms_come_back(typed: str, meant: str) -> None:
    """The words around decide between forms of one word."""
    assert " ".join(ACCENTS.restore(typed.split())) == meant


@given(st.lists(st.one_of(st.sampled_from([*WORDS, *map(fold, WORDS)]), st.text()), max_size=20))
def test_only_accents_are_added(words: list[str]) -> None:
    """Every word stays the same word, and one with an accent stays as it was typed."""
    restored = ACCENTS.restore(words)
    assert len(restored) == len(words)
    for before, after in zip(words, restored, strict=True):
        assert before == after or (before.isascii() and fold_word(after) == before)


@given(st.lists(st.sampled_from(WORDS), max_size=20))
def test_nothing_learned_changes_nothing(words: list[str]) -> None:
    """An empty FAQ restores no accent."""
    bare = list(map(fold, words))
    assert Accents.of([]).restore(bare) == bare


def test_phrasings_that_were_left_out_get_their_accents_back() -> None:
    """Learned from nine tenths of the FAQ's phrasings, at least 92 of 100 words come out right."""
    entries = load(FOLDER).entries.values()
    file = LexiconFile.model_validate(read_yaml(FOLDER / "_lexicon.yaml", "").data)
    phrasings = [text for entry in entries for text in entry.phrasings]
    held_out, rest = phrasings[::10], [text for i, text in enumerate(phrasings) if i % 10]
    written = [text for entry in entries for text in (entry.title, *entry.texts)]
    lexicon = Lexicon(file, written, rest)

    right = total = 0
    for text in held_out:
        words = tokens(clean(text))
        if sum(not word.isascii() for word in words) * 2 < len(words):
            continue
        meant = lexicon.read(text).meant.split()
        restored = lexicon.read(fold(text)).meant.split()
        if len(meant) == len(restored):  # else a word with its accents is no abbreviation
            right += sum(map(str.__eq__, meant, restored))
            total += len(meant)

    assert total > 5000
    assert right >= 0.92 * total
