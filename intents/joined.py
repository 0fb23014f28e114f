"""Words typed without spaces: "lamsaokichhoat" → "lam sao kich hoat".

A Viterbi search over the ways to cut a word into words of the FAQ, by how often these stand
beside each other there.
"""

from __future__ import annotations

from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from intents.text import fold
from intents.typing_keys import is_syllable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.vocabulary import Vocabulary

LONGEST = 40
"""Characters of a word that is still split."""

_SHORTEST = 5  # "tivi" and "code" are words of their own
_SHORT, _LEAST_ALONE = 6, 3  # letters; times that two words must be neighbours to be a short one
_SURELY_JOINED = 9  # letters; no other word is so long and made of nothing but the FAQ's words
_LONGEST_PART = 10
_ONE_LETTER = frozenset("oy")  # ở, ý
_LEAST = 2  # times that a part must stand in the FAQ
_LEAST_FOREIGN = 5  # the same for a part that is no syllable: "vneid", "bhyt", "app"
_PAIRS, _SINGLE = 0.7, 0.3  # how much a pair's count says beside the word's own

_Way = tuple[float, int, str]  # cost so far, where the part before begins, that part


class Splitter:
    """Splits joined words, none of which is long."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        counts = vocabulary.folded
        self._counts = counts
        self._pairs = vocabulary.folded_pairs
        self._total = max(1, sum(counts.values()))
        self._parts = {
            word
            for word, count in counts.items()
            if (len(word) > 1 or word in _ONE_LETTER)
            and len(word) <= _LONGEST_PART
            and word.isalpha()
            and count >= (_LEAST if is_syllable(word) else _LEAST_FOREIGN)
        }

    def split(self, word: str) -> Sequence[str]:
        """The words that a lower-case word is made of, as typed; none when it is not joined.

        Nearly all neighbours must be neighbours in the FAQ too: "samsung" is not "sam sung".
        """
        bare = fold(word)
        if not _SHORTEST <= len(word) <= LONGEST or len(bare) != len(word):
            return ()
        parts = self._likeliest(bare)
        pairs = list(map(" ".join, pairwise(parts)))
        unseen = sum(pair not in self._pairs for pair in pairs)
        if not pairs or unseen * (2 if len(word) >= _SURELY_JOINED else 3) > len(pairs):
            return ()
        if len(word) <= _SHORT and self._pairs.get(pairs[0], 0) < _LEAST_ALONE:
            return ()
        ends = [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
        typed = [word[start:end] for start, end in pairwise(ends)]
        return typed if all(part.isascii() or is_syllable(part) for part in typed) else ()

    def _likeliest(self, bare: str) -> list[str]:
        """The cheapest way to cover the whole word with parts."""
        ways: list[dict[str, _Way]] = [{} for _ in range(len(bare) + 1)]
        ways[0][""] = (0.0, 0, "")
        for end in range(1, len(bare) + 1):
            for start in range(max(0, end - _LONGEST_PART), end):
                part = bare[start:end]
                if ways[start] and part in self._parts:
                    ways[end][part] = min(
                        (cost + self._cost(before, part), start, before)
                        for before, (cost, _, _) in ways[start].items()
                    )
        if not ways[-1]:
            return []
        at, part = len(bare), min(ways[-1], key=lambda last: ways[-1][last])
        parts: list[str] = []
        while part:
            parts.append(part)
            _, at, part = ways[at][part]
        return parts[::-1]

    def _cost(self, before: str, part: str) -> float:
        single = self._counts[part] / self._total
        pair = self._pairs.get(f"{before} {part}", 0) / self._counts[before] if before else single
        return -log(_PAIRS * pair + _SINGLE * single)
