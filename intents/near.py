"""The words of a list that are a slip away from one that was typed."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT, _LONG = 3, 8  # letters; shorter words have no near ones, two slips are found in long ones
_SLIPS_IN_LONG = 2
_REMEMBERED = 4096


class NearWords:
    """A list of words, and which of them are near a word: a letter more, less, other or exchanged.

    `of` gives those that begin with the same letter, or with the first two exchanged; of a long
    word also those two slips away. `one_slip_away` gives those of one slip, also at the first letter.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """`words`: lower case, without accents, each once."""
        self._rank = {word: rank for rank, word in enumerate(words)}
        self._long = [word for word in self._rank if len(word) >= _LONG - _SLIPS_IN_LONG]
        # Two words one slip apart have one in common among themselves and what is left of them
        # without one of their letters; so only few words need be compared.
        self._by_rest: dict[str, list[str]] = defaultdict(list)
        for word in self._rank:
            for rest in _rests(word):
                self._by_rest[rest].append(word)
        self.of = lru_cache(_REMEMBERED)(self._of)
        self.one_slip_away = lru_cache(_REMEMBERED)(self._one_slip_away)

    def _of(self, word: str) -> tuple[str, ...]:
        """The near words: those with fewer slips first, then the shorter, then as in the list."""
        if len(word) < _SHORT:
            return ()
        is_long = len(word) >= _LONG
        slips = _SLIPS_IN_LONG if is_long else 1
        found = []
        for near in self._long if is_long else self._akin(word):
            if near[0] == word[0] or near[:2] == word[1::-1]:
                distance = OSA.distance(word, near, score_cutoff=slips)
                if 0 < distance <= slips:
                    found.append((distance, len(near), self._rank[near], near))
        return tuple(near for *_, near in sorted(found))

    def _one_slip_away(self, word: str) -> frozenset[str]:
        """The words one slip away, however they begin."""
        if len(word) < _SHORT:
            return frozenset()
        akin = self._akin(word) - {word}
        return frozenset(near for near in akin if OSA.distance(word, near, score_cutoff=1) == 1)

    def _akin(self, word: str) -> set[str]:
        """All words one slip away, and a few more."""
        return {near for rest in _rests(word) for near in self._by_rest.get(rest, ())}


def _rests(word: str) -> set[str]:
    """A word, and what is left of it without one of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
