"""Phrases from a list, found in a line of words: the leftmost first, and of those the longest.

Accents may be missing, but those that are typed must be the right ones.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from intents.text import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_Value = TypeVar("_Value")


class Found(NamedTuple, Generic[_Value]):
    """A phrase at words[start:end], and what its list says of it."""

    start: int
    end: int
    value: _Value


class Phrases(Generic[_Value]):
    """A list of phrases, each with a value."""

    def __init__(
        self, phrases: Iterable[tuple[Sequence[str], _Value]], *, lone_words_exact: bool = False
    ) -> None:
        """`phrases`: lower-case words and a value; of two equal phrases the first counts.

        `lone_words_exact`: a phrase of one word counts only with all its accents. Without them
        one syllable is too many words: "ma" is mà, mã and má.
        """
        self._by_first: dict[str, list[_Phrase[_Value]]] = defaultdict(list)
        for words, value in phrases:
            folded = tuple(map(fold_word, words))
            phrase = _Phrase(tuple(words), folded, value)
            exact = lone_words_exact and len(words) == 1
            for first in {*words[:1]} if exact else {*words[:1], *folded[:1]}:
                self._by_first[first].append(phrase)
        for options in self._by_first.values():
            options.sort(key=lambda phrase: -len(phrase.words))

    def find(self, words: Sequence[str]) -> Iterator[Found[_Value]]:
        """The phrases in lower-case words, from left to right; none overlaps another."""
        at = 0
        while at < len(words):
            found = self._find_at(words, at)
            if found:
                yield found
            at = found.end if found else at + 1

    def without(self, words: Sequence[str]) -> list[str]:
        """The words that belong to no phrase."""
        left: list[str] = []
        at = 0
        for found in self.find(words):
            left += words[at : found.start]
            at = found.end
        return left + list(words[at:])

    def _find_at(self, words: Sequence[str], at: int) -> Found[_Value] | None:
        for phrase in self._by_first.get(words[at], ()):
            end = at + len(phrase.words)
            if end <= len(words) and all(map(_agree, words[at:end], phrase.words, phrase.folded)):
                return Found(at, end, phrase.value)
        return None


class _Phrase(NamedTuple, Generic[_Value]):
    words: tuple[str, ...]
    folded: tuple[str, ...]
    value: _Value


def _agree(typed: str, meant: str, folded: str) -> bool:
    return typed in (meant, folded)
