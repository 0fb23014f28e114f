"""The chain of repairs: what was typed → the words that were meant, one by one.

First each word alone (typing keys, doubled letters, joined words), then each between its
neighbours (a lost first letter, spelling). A word that may be right is left alone; repairing
what was repaired changes nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from intents.joined import Splitter
from intents.letters import reductions, without_first_letter, without_runs
from intents.spelling import Speller
from intents.text import LONGEST_REMEMBERED
from intents.typing_keys import decode, is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intents.vocabulary import Vocabulary

_WORD_AND_NUMBER = re.compile(r"(\D{2,})(\d+)")
_SHORTEST = 3  # letters of an abbreviation whose doubled ones are taken out; "kkk" is a laugh
_SURE = 3  # letters; what is left of a word and is none itself was surely that word
_CLEARLY = 4  # so many times as often as the word as it was typed
_LEAST_BESIDE = 5  # times that a completed word stands in the FAQ beside its neighbours
# A message is read whole and in parts, so each word comes several times, mostly between the same
# neighbours; the longest message has a thousand words.
_REMEMBERED = 4096


class Repairer:
    """Repairs Vietnamese questions by the words of one FAQ."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._whole = without_first_letter(vocabulary.forms)
        self._splitter = Splitter(vocabulary)
        self._speller = Speller(vocabulary)
        self._known_without_runs = frozenset(map(without_runs, vocabulary.known))
        self._remembered_alone = lru_cache(_REMEMBERED)(self._repaired_alone)
        self._remembered_between = lru_cache(_REMEMBERED)(self._repaired_between)

    def repair(self, words: Sequence[str]) -> list[str]:
        """Lower-case words as `text.tokens` makes them, repaired. Total, in bounded time."""
        repaired = [part for word in words for part in self._alone(word)]
        at = 0
        # Every change makes a word known, or else makes neighbours that are more often neighbours
        # in the FAQ; so this ends, though the word before a change is looked at again.
        while at < len(repaired):
            left = repaired[at - 1] if at else ""
            right = repaired[at + 1] if at + 1 < len(repaired) else ""
            meant = self._between(left, repaired[at], right)
            if meant == repaired[at]:
                at += 1
            else:
                repaired[at] = meant
                at = max(at - 1, 0)
        return repaired

    def _between(self, left: str, word: str, right: str) -> str:
        if max(len(left), len(word), len(right)) > LONGEST_REMEMBERED:
            return self._repaired_between(left, word, right)
        return self._remembered_between(left, word, right)

    def _repaired_between(self, left: str, word: str, right: str) -> str:
        if not (left or right) and (self._words.knows(word) or is_syllable(word)):
            # Alone it may be right; only what is surely left of a word is completed.
            surely = len(word) >= _SURE and not self._words.knows(word)
            return next(iter(self._whole.get(word, ())), word) if surely else word
        if self._words.fits(left, word, right):
            return word
        return self._completed(left, word, right) or self._speller.correct(left, word, right)

    def _alone(self, word: str) -> Sequence[str]:
        if len(word) > LONGEST_REMEMBERED:
            return self._repaired_alone(word)
        return self._remembered_alone(word)

    def _repaired_alone(self, word: str) -> Sequence[str]:
        words = self._words
        if words.knows(word) or (is_syllable(word) and not word.isascii()):
            return (word,)
        decoded = decode(word)
        if decoded and words.knows(decoded):  # "coong", though "xoong" is a word
            return (decoded,)
        if is_syllable(word):
            return (word,)
        meant = [reduced for reduced in self._reduced(word) if self._may_be_meant(reduced)]
        if meant:
            return (max(meant, key=words.count),)
        return (word,) if words.knows_folded(word) else self._apart(word, decoded)

    def _apart(self, word: str, decoded: str | None) -> Sequence[str]:
        numbered = _WORD_AND_NUMBER.fullmatch(word)
        if numbered and not decoded:  # "muc2" → "muc", "2"
            letters, number = numbered.groups()
            return (*self._alone(letters), number)
        # "sosanh" could be the keys of "soánh"; two words of the FAQ are likelier than none.
        return self._splitter.split(word) or (decoded or word,)

    def _reduced(self, word: str) -> Iterable[str]:
        """The word with doubled letters taken out; nothing where that surely makes no word."""
        hopeless = word.isascii() and without_runs(word) not in self._known_without_runs
        return () if hopeless else reductions(word)

    def _may_be_meant(self, reduced: str) -> bool:
        """Whether a word without its doubled letters is one; typed accents make it likely."""
        if not reduced.isascii():
            return is_syllable(reduced)
        known = self._words.knows(reduced)
        return known and len(reduced) >= (2 if is_syllable(reduced) else _SHORTEST)

    def _completed(self, left: str, word: str, right: str) -> str:
        """The word with the first letter that was lost, where it has a place here only with it."""
        words = self._words
        whole: Sequence[str] = self._whole.get(word, ())
        if not words.knows(word) and len(word) >= _SURE:
            found = whole
        else:
            least = _CLEARLY * words.beside(left, word, right) + _LEAST_BESIDE
            found = [
                form
                for form in whole
                if words.agrees(left, form, right)
                and (
                    words.belongs(left, form, right, least=least)
                    or words.between(left, form, right) >= least
                    or (not words.knows(word) and words.beside(left, form, right) >= least)
                )
            ]
        return max(found, key=lambda form: words.beside_as_typed(left, form, right), default="")
