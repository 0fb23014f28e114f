"""How well words that somebody types name an entry: in its title, in one phrasing, or anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intents.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intents.entry import Entry

TITLE, PHRASING, ELSEWHERE = range(3)
_APART = re.compile(r"[\W_]+")


def asked_words(text: str) -> list[str]:
    """What somebody looks for: words without accents."""
    return fold(clean(text)).split()


class EntryWords:
    """The texts of one entry without accents: searching while somebody types stays quick."""

    __slots__ = ("_named", "_phrasings", "_rest")

    def __init__(self, entry: Entry, more: Iterable[str] = ()) -> None:
        self._named = _spaced(f"{entry.id}\n{entry.title}")
        self._phrasings = tuple(map(_spaced, entry.phrasings))
        self._rest = fold("\n".join((entry.id, entry.title, *entry.phrasings, *more)))

    def rank(self, words: Sequence[str]) -> int | None:
        """How near: TITLE, PHRASING, ELSEWHERE; None unless every word stands somewhere.

        In a title and a phrasing words count where a word begins so: “can” is none of “bacan”.
        """
        if not all(word in self._rest for word in words):
            return None
        begun = [_spaced(word) for word in words]
        if all(word in self._named for word in begun):
            return TITLE
        if any(all(word in text for word in begun) for text in self._phrasings):
            return PHRASING
        return ELSEWHERE


def _spaced(text: str) -> str:
    """A space before every word, so that its beginning can be looked for."""
    return f" {_APART.sub(' ', fold(text)).strip()}"
