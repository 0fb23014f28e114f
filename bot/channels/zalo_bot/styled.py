"""Text with bold and italic stretches, cut into messages that Zalo takes.

Zalo's `text_styles` name stretches of the text by UTF-16 units, so nothing has to be escaped and a
client that shows no styles still shows the same words. While a text is put together, its stretches
stand between private characters; `cut` turns them into offsets.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 2000
"""Zalo says "2000 ký tự". Counted in UTF-16 units, which is never fewer than characters."""

BOLD = ("\ue000", "\ue001")
ITALIC = ("\ue002", "\ue003")

_OPENS = {BOLD[0]: "b", ITALIC[0]: "i"}
_CLOSES = {BOLD[1]: "b", ITALIC[1]: "i"}
_UNWANTED = str.maketrans("", "", "".join((*BOLD, *ITALIC, "\0")))

_Stretch = tuple[int, int, str]  # from, to, Zalo's code


@dataclass(frozen=True, slots=True)
class Style:
    """A stretch of a message: where it starts and how long it is in units, and Zalo's code."""

    start: int
    length: int
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """One message: 1 to `LIMIT` units, and its stretches."""

    text: str
    styles: tuple[Style, ...] = ()


def clean(text: str) -> str:
    """Join accents (they count apart), drop what UTF-8 cannot carry and what marks a stretch."""
    joined = unicodedata.normalize("NFC", text).translate(_UNWANTED)
    return joined.encode("utf-8", "ignore").decode()


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(marked: str, limit: int = LIMIT) -> list[Part]:
    """Cut a marked text into parts; nothing but white space at the cuts is lost."""
    text, stretches = _read(marked)
    return [
        Part(text[start:stop], tuple(_inside(text, stretches, start, stop)))
        for start, stop in _cuts(text, limit)
    ]


def _read(marked: str) -> tuple[str, list[_Stretch]]:
    """Take the marks out: the visible text, and every stretch that was closed."""
    seen: list[str] = []
    stretches: list[_Stretch] = []
    opened: dict[str, list[int]] = {"b": [], "i": []}
    for letter in marked:
        if code := _OPENS.get(letter):
            opened[code].append(len(seen))
        elif code := _CLOSES.get(letter):
            start = opened[code].pop() if opened[code] else len(seen)
            if not opened[code] and start < len(seen):  # bold inside of bold is bold once
                stretches.append((start, len(seen), code))
        else:
            seen.append(letter)
    return "".join(seen), sorted(stretches)


def _inside(text: str, stretches: list[_Stretch], start: int, stop: int) -> Iterator[Style]:
    for opens, closes, code in stretches:
        first, last = max(opens, start), min(closes, stop)
        if first < last:
            yield Style(units(text[start:first]), units(text[first:last]), code)


def _cuts(text: str, limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        stop = _reach(text, start, limit)
        if stop < len(text):
            stop = _good_place(text, start, stop)
        left = stop - len(text[start:stop].lstrip())
        right = start + len(text[start:stop].rstrip())
        if left < right:
            yield left, right
        start = stop


def _reach(text: str, start: int, limit: int) -> int:
    """Find how far `limit` units go from `start`; at least one character."""
    room = limit
    for place in range(start, len(text)):
        room -= 2 if text[place] > "\uffff" else 1
        if room < 0:
            return max(place, start + 1)
    return len(text)


def _good_place(text: str, start: int, stop: int) -> int:
    """Prefer the end of a paragraph, then of a line, then of a word, in the second half."""
    for end in ("\n\n", "\n", " "):
        place = text.rfind(end, start + (stop - start) // 2, stop + len(end))
        if place > start:
            return place
    return stop
