"""What was read of a FAQ survives being kept, and is not taken for another one's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.examples import Examples
from intents.prepared import Prepared
from tests.sample_faq import sample_faq

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
