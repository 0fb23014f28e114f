"""Phrases from a list, found in a line of words: the leftmost first, and of those the longest.

Accents may be missing, but those that are typed must be the right ones.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
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
        # By the first two words, "" for no second one: many phrases begin with the same comma.
        self._begun: dict[tuple[str, str], list[_Phrase[_Value]]] = defaultdict(list)
        for words, value in phrases:
            folded = tuple(map(fold_word, words))
            phrase = _Phrase(tuple(zip(words[1:], folded[1:], strict=True)), value)
            exact = lone_words_exact and len(words) == 1
            firsts = {*words[:1]} if exact else {*words[:1], *folded[:1]}
            for begun in product(firsts, {*words[1:2], *folded[1:2]} or {""}):
                self._begun[begun].append(phrase)
        for options in self._begun.values():
            options.sort(key=lambda phrase: -len(phrase.rest))
        self._firsts = frozenset(first for first, _ in self._begun)

    def find(self, words: Sequence[str]) -> Iterator[Found[_Value]]:
        """The phrases in lower-case words, from left to right; none overlaps another."""
        at, firsts = 0, self._firsts
        while at < len(words):
            found = self._find_at(words, at) if words[at] in firsts else None
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
        """The longest of the phrases that begin with the words there, and go on as these do."""
        for second in (*words[at + 1 : at + 2], ""):
            for phrase in self._begun.get((words[at], second), ()):
                end = at + 1
                for typed in words[end : end + len(phrase.rest)]:
                    if typed not in phrase.rest[end - at - 1]:
                        break
                    end += 1
                if end - at > len(phrase.rest):
                    return Found(at, end, phrase.value)
        return None


class _Phrase(NamedTuple, Generic[_Value]):
    rest: tuple[tuple[str, str], ...]  # the words behind the first: as meant, and folded
    value: _Value
