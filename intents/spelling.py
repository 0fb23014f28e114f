"""Slips of spelling, corrected toward the words of the FAQ.

A word that is neither known nor a Vietnamese syllable becomes the known word that is one slip
away. A syllable may well be right, known or not: it changes only where it never stands beside
its neighbours and another, that people confuse with it or that is one slip away, always does
("căn cướt", "tạm chú").
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from intents.likelier import Likelier
from intents.near import NearWords
from intents.text import fold_word
from intents.typing_keys import is_syllable, put_tone, split_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intents.vocabulary import Vocabulary

_SHORTEST, _LONGEST = 4, 24  # letters; a slip in a shorter word is found by both neighbours
_LEAST = 5  # times that a word must stand in the FAQ to be what was meant
_CLEARLY = 3  # so many times as frequent as the next word that is as near
_LEAST_BESIDE = 5  # times that the pair must stand there for a syllable that is known,
_LEAST_BESIDE_UNKNOWN = 3  # and for one that is not
_BELONGS = 0.25  # of the times that the other tone stands there, so often beside this neighbour


def _both_ways(pairs: str) -> dict[str, list[str]]:
    table = defaultdict(list)
    for pair in pairs.split():
        one, two = pair.split("=")
        table[one].append(two)
        table[two].append(one)
    return dict(table)


# What sounds alike in some region, or everywhere.
_ONSETS = _both_ways("ch=tr s=x d=gi d=r gi=r l=n")
_CODAS = _both_ways("n=ng n=nh ng=nh c=t ch=t c=ch")
_NUCLEI = _both_ways("i=y")
_OTHER_TONE = {"\u0309": "\u0303", "\u0303": "\u0309"}  # hỏi, ngã


class Speller:
    """Corrects one word at a time, seen between its neighbours."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._near = NearWords(
            word for word, count in vocabulary.folded.items() if count >= _LEAST and word.isalpha()
        )
        self._likelier = Likelier(vocabulary, self._near)
        self._other_tone = lru_cache(maxsize=4096)(self._find_other_tone)
        self._confused = lru_cache(maxsize=4096)(self._find_confused)

    def correct(self, left: str, word: str, right: str) -> str:
        """The word that was meant, nearly always the word itself.

        "" stands for no neighbour. Accents that were typed stay.
        """
        if not word.isalpha() or len(word) > _LONGEST:
            return word
        other = self._by_the_word(left, word, right)
        return other if other != word else self._by_the_neighbours(left, word, right)

    def _by_the_word(self, left: str, word: str, right: str) -> str:
        if is_syllable(word):
            other = self._between(left, word, right)
            return other if other != word else self._with_other_tone(left, word, right)
        return word if self._words.knows_folded(word) else self._misspelt(left, word, right)

    def _by_the_neighbours(self, left: str, word: str, right: str) -> str:
        meant = self._likelier.word(left, word, right)
        if not meant:
            return word
        words, wanted = self._words, _marks(word)
        forms = [form for form in words.forms_of(meant) if wanted <= _marks(form)]
        best = max(forms, key=lambda form: words.beside_as_typed(left, form, right), default="")
        if best and words.beside_as_typed(left, best, right):
            return best
        return meant if word.isascii() else word

    def _with_other_tone(self, left: str, word: str, right: str) -> str:
        """Hỏi for ngã or ngã for hỏi, where the pair as typed never stands in the FAQ."""
        other = "" if word.isascii() else self._other_tone(word)
        if not other or self._words.beside_as_typed(left, word, right):
            return word
        count = self._words.beside_as_typed(left, other, right)
        belongs = count >= max(_LEAST_BESIDE, _BELONGS * self._words.forms[other])
        return other if belongs else word

    def _misspelt(self, left: str, word: str, right: str) -> str:
        words, letters = self._words, sorted(fold_word(word))
        found = [
            form for near in self._near.of(fold_word(word)) if (form := self._form(near, word))
        ]
        if not found:
            return word
        fitting = max(found, key=lambda meant: words.beside(left, meant, right))
        exchanged = sorted(fold_word(fitting)) == letters
        short = len(word) < _SHORTEST and not exchanged
        count = (words.between if short else words.beside)(left, fitting, right)
        if count >= _LEAST_BESIDE_UNKNOWN:
            return fitting
        first, *others = sorted(found, key=words.count, reverse=True)
        clear = all(words.count(first) >= _CLEARLY * words.count(other) for other in others)
        exchanged = sorted(fold_word(first)) == letters
        certain = len(word) > _SHORTEST or (exchanged and len(word) == _SHORTEST)
        return first if clear and certain else word

    def _between(self, left: str, word: str, right: str) -> str:
        """A syllable, or another one where only that belongs between these neighbours."""
        words = self._words
        known = words.knows(word)
        least = _LEAST_BESIDE if known else _LEAST_BESIDE_UNKNOWN
        least += _CLEARLY * words.beside(left, word, right)
        return max(
            (
                variant
                for variant in self._confused(word)
                if words.agrees(left, variant, right)
                and (
                    words.belongs(left, variant, right, least=least)
                    or (not known and words.between(left, variant, right) >= least)
                )
            ),
            key=lambda variant: words.beside(left, variant, right),
            default=word,
        )

    def _form(self, meant: str, typed: str) -> str:
        """The most frequent form of a folded word that has all accents that were typed."""
        if typed.isascii():
            return meant
        wanted = _marks(typed)
        return next((f for f in self._words.forms_of(meant) if wanted <= _marks(f)), "")

    def _find_other_tone(self, word: str) -> str:
        """The same syllable with hỏi for ngã or ngã for hỏi, where it is a word of the FAQ."""
        parts = split_syllable(word)
        if not parts or parts[3] not in _OTHER_TONE:
            return ""
        other = put_tone("".join(parts[:3]), _OTHER_TONE[parts[3]])
        return other if other in self._words.forms else ""

    def _find_confused(self, word: str) -> tuple[str, ...]:
        known = self._words
        return tuple(
            variant
            for variant in variants(word)
            if (known.folded if variant.isascii() else known.forms).get(variant, 0) >= _LEAST
            and fold_word(variant) != fold_word(word)
        )


def variants(word: str) -> Iterator[str]:
    """Other syllables that are commonly written for this one: "chú" → "trú", "cướt" → "cước"."""
    parts = split_syllable(word)
    if not parts:
        return
    onset, nucleus, coda, tone = parts
    for other in _ONSETS.get(onset, ()):
        yield from _written(other + nucleus + coda, tone)
    for other in _CODAS.get(coda, ()):
        yield from _written(onset + nucleus + other, tone)
    for other in () if coda else _NUCLEI.get(nucleus, ()):
        yield from _written(onset + other, tone)


@lru_cache(maxsize=4096)
def _marks(word: str) -> frozenset[str]:
    """The accents of a word, and đ."""
    letters = unicodedata.normalize("NFD", word)
    return frozenset(letter for letter in letters if not letter.isascii())


def _written(base: str, tone: str) -> Iterator[str]:
    """The syllable with its tone, when there is one."""
    word = put_tone(base, tone)
    if word and is_syllable(word):
        yield word
