"""A word that is one slip away and far likelier between its neighbours than the one typed.

The spelling rules look at the word first; here its neighbours speak: "mật lhẩu" is "mật khẩu",
and "căn vước" is "căn cước". How likely a word is between two others is what a model of pairs of
words makes of the FAQ's own text.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from intents.text import fold_word
from intents.typing_keys import is_syllable

if TYPE_CHECKING:
    from intents.near import NearWords
    from intents.vocabulary import Vocabulary

_SHORTEST = 3  # letters of a word that is looked at
_LONGEST = 24
_LEAST = 5  # times that a word must stand in the FAQ to be what was meant
_BELIEF = 5.0  # occurrences of a neighbour that weigh as much as what is known of the word alone
_LEAST_BETWEEN = 2  # times that it must stand between the two for a syllable to be taken for it
_NO_SYLLABLE, _SYLLABLE = log(30), log(1000)  # so much likelier it must be than the word typed


class Likelier:
    """Looks for the likelier word among those that stand beside the neighbours in the FAQ."""

    def __init__(self, vocabulary: Vocabulary, near: NearWords) -> None:
        """`near`: the words that may have been meant."""
        self._words = vocabulary
        self._total = sum(vocabulary.folded.values()) + 1
        self._near = near

    def word(self, left: str, typed: str, right: str) -> str:
        """The folded word that was meant here; "" when the typed one may stand.

        What is known is let stand, however strange it is here. "" stands for no neighbour.
        """
        known = self._words.knows(typed) or (
            not is_syllable(typed) and self._words.knows_folded(typed)
        )
        if known or not (_SHORTEST <= len(typed) <= _LONGEST and typed.isalpha()):
            return ""
        bare, before, behind = fold_word(typed), fold_word(left), fold_word(right)
        words = self._words
        found = sorted(
            w for w in self._near.one_slip_away(bare) if words.beside(before, w, behind)
        )
        if not found:
            return ""
        best = max(found, key=lambda word: self._likelihood(before, word, behind))
        if words.beside(before, best, behind) <= words.beside(before, bare, behind):
            return ""
        gain = self._likelihood(before, best, behind) - self._likelihood(before, bare, behind)
        if is_syllable(typed):
            meant = gain > _SYLLABLE and (
                words.between(before, best, behind) >= _LEAST_BETWEEN
                or words.belongs(before, best, behind, least=_LEAST)
            )
        else:
            meant = gain > _NO_SYLLABLE
        return best if meant else ""

    def _likelihood(self, left: str, word: str, right: str) -> float:
        """Logarithm of P(word | left) · P(right | word), each smoothed by the words alone."""
        return self._step(left, word) + (self._step(word, right) if right else 0.0)

    def _step(self, word: str, following: str) -> float:
        count = self._words.folded.get
        alone = (count(following, 0) + 0.5) / self._total
        pair = self._words.folded_pairs.get(f"{word} {following}", 0) if word else 0
        after = count(word, 0) if word else 0
        return log((pair + _BELIEF * alone) / (after + _BELIEF))
