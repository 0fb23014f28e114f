"""Cutting plain text into messages that Zalo takes: paragraphs first, then lines, then words."""

from __future__ import annotations

LIMIT = 2000
"""Zalo says "2.000 ký tự". Counted in UTF-16 units, which is never fewer than characters."""


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Cut a text into parts of 1 to `limit` units; nothing but white space at cuts is lost."""
    parts, start = [], 0
    while start < len(text):
        stop = _reach(text, start, limit)
        if stop < len(text):
            stop = _good_place(text, start, stop)
        if part := text[start:stop].strip():
            parts.append(part)
        start = stop
    return parts


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
