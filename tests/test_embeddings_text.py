"""The form in which a text is embedded."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.embeddings.text import embeddable
from intents.embedding import MAX_EMBEDDED


@pytest.mark.parametrize(
    ("text", "embedded"),
    [
        ("mất căn cước", "mất căn cước"),
        ("  mất\n\n căn\tcước ", "mất căn cước"),
        (unicodedata.normalize("NFD", "mất căn cước"), "mất căn cước"),
        ("ｍấｔ thẻ №1", "mất thẻ No1"),
        ("Mất THẺ?", "Mất THẺ?"),
        ("trước\0sau", "trước sau"),
        ("nửa \ud83d chữ", "nửa ? chữ"),
        ("\ufdfa", "صلى الله عليه وسلم"),
        ("", ""),
        (" \0\n", ""),
    ],
)
def test_a_text_becomes_one_clean_line(text: str, embedded: str) -> None:
    """Letters and accents stay, what no model understands goes."""
    assert embeddable(text) == embedded


def test_a_long_text_is_cut() -> None:
    """At the same place, however long it is and however much its characters unfold."""
    assert embeddable("ă" * 1_000_000) == "ă" * MAX_EMBEDDED
    assert len(embeddable("\ufdfa" * 1_000_000)) == MAX_EMBEDDED


@given(st.text(st.characters(), max_size=2 * MAX_EMBEDDED))
def test_any_text_can_be_embedded(text: str) -> None:
    """Valid UTF-8 of bounded length, nothing that unfolds, and once is enough."""
    clean = embeddable(text)
    assert len(clean) <= MAX_EMBEDDED
    assert "\0" not in clean
    assert clean == unicodedata.normalize("NFKC", clean)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert embeddable(clean) == clean.strip()
