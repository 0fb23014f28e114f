"""Cutting Telegram HTML into messages Telegram accepts.

Telegram counts UTF-16 units of what is left after its tags and entities are read. So the HTML is
read into visible text and marks, the text is cut at good places, and every part is written
again with the marks that reach into it: no cut can break a tag or an entity.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """One message: as Telegram HTML, and as what a reader sees of it."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A tag from `start` to `stop` of the visible text."""

    start: int
    stop: int
    opening: str
    closing: str


def split(text: str, limit: int = LIMIT) -> list[Part]:
    """Cut well-formed Telegram HTML into parts of at most `limit` UTF-16 units."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    visible = "".join(reader.pieces)
    marks = sorted(reader.marks, key=lambda mark: (mark.start, -mark.stop))
    return [
        Part(_write(visible, marks, start, stop), visible[start:stop])
        for start, stop in _cuts(visible, limit)
    ]


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader(HTMLParser):
    """Collects visible text and closed marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.marks: list[_Mark] = []
        self._length = 0
        self._open: list[tuple[str, str, int]] = []  # tag, as it was written, where it began

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        self._length += len(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attrs)
        self._open.append((tag, f"<{tag}{written}>", self._length))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, opening, start = self._open.pop()
            self.marks.append(_Mark(start, self._length, opening, f"</{tag}>"))


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
    """Find how far `limit` units go from `start`."""
    room = limit
    for place in range(start, len(text)):
        room -= 2 if text[place] > "\uffff" else 1
        if room < 0:
            return place
    return len(text)


def _good_place(text: str, start: int, stop: int) -> int:
    """Prefer the end of a paragraph, then of a line, then of a word, in the second half."""
    for end in ("\n\n", "\n", " "):
        place = text.rfind(end, start + (stop - start) // 2, stop)
        if place > start:
            return place
    return stop


def _write(text: str, marks: list[_Mark], start: int, stop: int) -> str:
    """Write `text[start:stop]` with the marks that overlap it; `marks` are outermost first."""
    out: list[str] = []
    waiting = [mark for mark in marks if mark.start < stop and mark.stop > start]
    waiting.reverse()
    open_marks: list[_Mark] = []
    at = start
    while waiting or open_marks:
        opens = max(waiting[-1].start, start) if waiting else stop
        closes = min(open_marks[-1].stop, stop) if open_marks else stop
        place = min(opens, closes)
        out.append(html.escape(text[at:place], quote=False))
        at = place
        if open_marks and closes <= opens:
            out.append(open_marks.pop().closing)
        else:
            open_marks.append(waiting.pop())
            out.append(open_marks[-1].opening)
    out.append(html.escape(text[at:stop], quote=False))
    return "".join(out)
