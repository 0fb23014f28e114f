"""What is encrypted comes back for whoever has the key, and for nobody else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cipher import Cipher, UnreadableError

KEY = b"a key of thirty-two bytes, indeed"


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_any_text_comes_back_and_looks_different_every_time(text: str) -> None:
    """Lone surrogates too: platforms send them."""
    cipher = Cipher(KEY)
    once, again = cipher.hide(text), cipher.hide(text)
    assert once != again
    assert cipher.show(once) == Cipher(KEY).show(again) == text
    assert once.isascii()


def test_another_key_reads_nothing() -> None:
    with pytest.raises(UnreadableError):
        Cipher(KEY[::-1]).show(Cipher(KEY).hide("chat-1"))


@given(st.data())
def test_a_spoiled_byte_is_noticed(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(Cipher(KEY).hide("chat-1")))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(UnreadableError):
        Cipher(KEY).show(base64.urlsafe_b64encode(raw).decode())


@given(st.text())
def test_what_was_never_hidden_cannot_be_shown(text: str) -> None:
    with pytest.raises(UnreadableError):
        Cipher(KEY).show(text)
