"""What was read of a FAQ survives being kept, and is not taken for another one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq import load_faq
from intents.examples import Examples
from intents.prepared import Prepared
from intents.tables import Tables
from intents.text import fold
from tests.sample_faq import install, sample_faq

if TYPE_CHECKING:
    from pathlib import Path

LEXICON = sample_faq().catalog.lexicon


def kept(prepared: Prepared) -> Prepared:
    return Prepared.from_arrays(prepared.arrays())


def test_a_faq_is_restored_as_it_was_read() -> None:
    """Questions, features and rows, number for number."""
    read = sample_faq().knowledge.examples.prepared
    restored = kept(read)
    assert restored.questions == read.questions
    assert np.array_equal(restored.rows.toarray(), read.rows.toarray())
    for question in read.questions:
        for one, other in zip(
            restored.vectorizer.row(question), read.vectorizer.row(question), strict=True
        ):
            assert np.array_equal(one, other)


def test_what_was_learned_of_words_is_restored() -> None:
    """Every repair and every accent comes out as before."""
    assert LEXICON.tables is not None
    restored = LEXICON.knowing(Tables.from_arrays(LEXICON.tables.arrays()))
    phrasings = [text for e in sample_faq().catalog.entries.values() for text in e.phrasings]
    for text in phrasings:
        for typed in (text, fold(text), text.replace(" ", ""), text[1:], text.replace("n", "nn")):
            assert restored.read(typed) == LEXICON.read(typed)


def test_a_faq_that_is_loaded_again_reads_and_answers_as_before(tmp_path: Path) -> None:
    """Nothing is learned a second time, and nothing is lost."""
    before = sample_faq()
    again = load_faq(
        install(tmp_path), tmp_path / "data", fitting=lambda: pytest.fail("learned again")
    )
    for entry in before.catalog.entries.values():
        for typed in map(fold, entry.phrasings):
            assert again.matcher.read(typed) == before.matcher.read(typed)


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=40), max_size=5))
def test_any_texts_are_restored(texts: list[str]) -> None:
    """Whatever an editor typed."""
    read = Prepared.of(LEXICON, texts)
    assert kept(read).questions == read.questions


def test_what_was_read_of_another_faq_is_refused() -> None:
    """Rows would stand for other entries."""
    other = Prepared.of(LEXICON, ["một", "hai"])
    with pytest.raises(ValueError, match="another catalog"):
        Examples.of(sample_faq().catalog, other)
