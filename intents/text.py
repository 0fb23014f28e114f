"""Vietnamese text, one string at a time: cleaning, folding, tokens.

Nothing here knows the FAQ. What a word stands for (teencode, abbreviations) is in `lexicon`;
words typed as Telex or VNI keys are read by `typing_keys`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_QUESTION = 2000
"""Characters of a question that are read; of a longer one, the first and the last half of that."""

_TOKEN = re.compile(r"[^\W_]+")
_GLIDE_AND_TONED_VOWEL = re.compile(r"(?<!q)([ou])([àáảãạèéẻẽẹỳýỷỹỵ])(?!\w)")


def clean(text: str) -> str:
    """Return NFC text on one line: no control, zero-width or direction marks, bounded length."""
    text = _shorten(text).encode("utf-8", "replace").decode("utf-8")
    if not text.isprintable():
        shown = (" " if char.isspace() else char for char in text)
        kept = (char for char in shown if char == " " or unicodedata.category(char)[0] != "C")
        text = "".join(kept)
    # Composed last: marks may meet their letter only now. Composing can also lengthen a text.
    return " ".join(_shorten(unicodedata.normalize("NFC", text)).split())


def _shorten(text: str) -> str:
    half = (MAX_QUESTION - 1) // 2
    return text if len(text) <= MAX_QUESTION else f"{text[:half]} {text[-half:]}"


def fold(text: str) -> str:
    """Lower case without any accent; đ becomes d."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


def fold_word(word: str) -> str:
    """`fold` for one word, remembered: a language has few words and says them often."""
    return _folded(word) if len(word) <= _LONGEST_REMEMBERED else fold(word)


_LONGEST_REMEMBERED = 20
_folded = lru_cache(maxsize=50_000)(fold)


def place_tones(text: str) -> str:
    """Write hoà, khoẻ, thuý as hòa, khỏe, thúy: two ways to write one word become one."""

    def move(match: re.Match[str]) -> str:
        glide, vowel = match.groups()
        base, *marks = list(unicodedata.normalize("NFD", vowel))
        if glide + base not in {"oa", "oe", "uy"}:
            return match.group()
        return unicodedata.normalize("NFC", glide + "".join(marks)) + base

    return _GLIDE_AND_TONED_VOWEL.sub(move, text)


def tokens(text: str) -> list[str]:
    """Split into runs of letters and digits of any script: lower case, tones placed."""
    return _TOKEN.findall(place_tones(text.lower()))
