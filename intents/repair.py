"""The chain of repairs: what was typed → the words that were meant, one by one.

First each word alone (typing keys, doubled letters, joined words), then each between its
neighbours (a lost first letter, spelling). A word that may be right is left alone; repairing
what was repaired changes nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intents.joined import Splitter
from intents.letters import reductions, with_first_letter
from intents.spelling import Speller
from intents.text import fold_word
from intents.typing_keys import decode, is_syllable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.vocabulary import Vocabulary

_WORD_AND_NUMBER = re.compile(r"(\D{2,})(\d+)")
_SHORTEST = 3  # letters left when doubled ones are taken out: "kkk" is a laugh, no "k"
_LEAST = 5  # times that a word stands in the FAQ, to be what is left of another
_LEAST_BESIDE = 5  # times that it stands there beside its neighbours


class Repairer:
    """Repairs Vietnamese questions by the words of one FAQ."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._splitter = Splitter(vocabulary)
        self._speller = Speller(vocabulary)

    def repair(self, words: Sequence[str]) -> list[str]:
        """Lower-case words as `text.tokens` makes them, repaired. Total, in bounded time."""
        repaired = [part for word in words for part in self._alone(word)]
        bare = ["", *map(fold_word, repaired), ""]
        at = 0
        # A word changes only to become known, or to stand beside a neighbour of the FAQ. Neither
        # is ever undone; so this ends, though the word before is looked at again.
        while at < len(repaired):
            left, right = bare[at], bare[at + 2]
            word = repaired[at]
            meant = self._completed(left, word, right)
            meant = self._speller.correct(left, meant, right)
            if meant == word:
                at += 1
                continue
            repaired[at], bare[at + 1] = meant, fold_word(meant)
            at = max(at - 1, 0)
        return self._speller.correct_tones(repaired)

    def _alone(self, word: str) -> Sequence[str]:
        if self._words.knows(fold_word(word)):
            return (word,)
        decoded = decode(word)
        if decoded and decoded in self._words.forms:  # "coong", though "xoong" is a word
            return (decoded,)
        if is_syllable(word):
            return (word,)
        for reduced in reductions(word):
            if self._may_be_meant(reduced):
                return (reduced,)
        if decoded:
            return (decoded,)
        numbered = _WORD_AND_NUMBER.fullmatch(word)
        if numbered:  # "muc2" → "muc", "2"
            letters, number = numbered.groups()
            return (*self._alone(letters), number)
        return self._splitter.split(word) or (word,)

    def _may_be_meant(self, reduced: str) -> bool:
        """Whether a word without its doubled letters is one; typed accents make it likely."""
        return len(reduced) >= _SHORTEST and (
            self._words.knows(fold_word(reduced))
            or (not reduced.isascii() and is_syllable(reduced))
        )

    def _completed(self, left: str, word: str, right: str) -> str:
        """The word with the first letter that was lost, where it has a place here only with it."""
        words = self._words
        bare = fold_word(word)
        if words.beside(left, bare, right):
            return word
        known = words.knows(bare)
        for whole in with_first_letter(word):
            if whole not in words.forms:
                continue
            if words.belongs(left, fold_word(whole), right, least=_LEAST_BESIDE) or (
                not known and words.forms[whole] >= _LEAST
            ):
                return whole
        return word
