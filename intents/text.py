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

MAX_WORDS = 200
"""Words of a message that are read: more than a long story has. Of a longer one, its two ends."""

LONGEST_REMEMBERED = 40
"""Characters of a word that tables remember: of longer ones a few thousand would fill the memory."""

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


def shorten(text: str) -> str:
    """The two ends of a message that is too long to be read; any other as it stands.

    Its lines stay lines: a line ends what is asked.
    """
    if len(text) <= MAX_WORDS or len(tokens(clean(text))) <= MAX_WORDS:
        return text
    lines = "\n".join(map(clean, _shorten(text).splitlines()))
    words = list(_TOKEN.finditer(lines))
    half = MAX_WORDS // 2
    return f"{lines[: words[half - 1].end()]}\n{lines[words[-half].start() :]}"


def fold(text: str) -> str:
    """Lower case without any accent; đ becomes d."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


def fold_word(word: str) -> str:
    """`fold` for one word, remembered: a language has few words and says them often."""
    if word.isascii():
        return word.lower()
    return _folded(word) if len(word) <= LONGEST_REMEMBERED else fold(word)


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
    # No other letter becomes two characters in lower case, the second of which ends a word.
    return _TOKEN.findall(place_tones(text.replace("İ", "i").lower()))


def folded(text: str) -> str:
    """The line under which texts of the same words meet, with or without accents and capitals."""
    return " ".join(map(fold_word, tokens(clean(text))))
