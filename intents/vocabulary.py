"""The words of the FAQ's own text: how often each stands there, and beside which others.

What the editors wrote (titles, answers) is well typed. Phrasings are typed as citizens type; of
these, a word counts when the editors use it too, when its accents make it a syllable, or when
it comes again and again ("photo"). Whatever repairs a question asks here what is known.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Self

from intents.text import clean, fold_word, tokens
from intents.typing_keys import decode, is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ADDRESS = re.compile(r"\S*(?:://|@|\w\.(?:gov|com|vn)\b)\S*")  # "dichvucong" is no word
_AGAIN_AND_AGAIN = 3
_OFTEN = 3  # fewer may be slips that an editor left in phrasings on purpose
_ABBREVIATION = 3  # letters; "atm" is not "tam"
_BELONGS = 0.25  # so much of the occurrences of the rarer of two neighbours

Lines = list[list[str]]


def well_typed(written: Iterable[str], asked: Iterable[str]) -> Lines:
    """The words of the editors' text and of phrasings, line by line, without slips.

    Where a word is left out, its line is cut in two.
    """
    lines = [tokens(_ADDRESS.sub(" ", clean(text))) for text in written]
    known = set(map(fold_word, chain.from_iterable(lines)))
    questions = [tokens(clean(text)) for text in asked]
    counts = Counter(chain.from_iterable(questions))
    letters = {"".join(sorted(word)) for word in known}

    def slip(word: str) -> bool:
        """Whether it is a known word, left as typing keys or with two letters exchanged."""
        return fold_word(decode(word) or "") in known or (
            len(word) > _ABBREVIATION and "".join(sorted(fold_word(word))) in letters
        )

    counted = {
        word
        for word, count in counts.items()
        if fold_word(word) in known
        or (not word.isascii() and is_syllable(word))
        or (count >= _AGAIN_AND_AGAIN and (is_syllable(word) or not slip(word)))
    }
    lines += (part for line in questions for part in _cut(line, counted))
    return lines


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each word stands in some lines, and each pair of neighbours: "căn cước"."""

    folded: dict[str, int]
    forms: dict[str, int]  # with their accents
    folded_pairs: dict[str, int]
    pairs: dict[str, int]

    @classmethod
    def of(cls, lines: Lines) -> Self:
        """Count."""
        folded = [list(map(fold_word, line)) for line in lines]
        # A line without a single accent says nothing about accents.
        accented = [line for line, bare in zip(lines, folded, strict=True) if line != bare]
        return cls(
            dict(Counter(chain.from_iterable(folded))),
            dict(Counter(chain.from_iterable(accented))),
            dict(Counter(pair for line in folded for pair in map(" ".join, pairwise(line)))),
            dict(Counter(pair for line in accented for pair in map(" ".join, pairwise(line)))),
        )


class Vocabulary:
    """Words and neighbours, with their accents and folded."""

    def __init__(self, counts: Counts, shorthand: Iterable[str] = ()) -> None:
        """`shorthand` is known too, but is no word that others are corrected to."""
        self.folded, self.forms = counts.folded, counts.forms
        self.folded_pairs, self._pairs = counts.folded_pairs, counts.pairs
        self._forms_of: dict[str, list[str]] = defaultdict(list)
        for form in sorted(self.forms, key=lambda form: -self.forms[form]):
            self._forms_of[fold_word(form)].append(form)
        typed = {word for text in shorthand for word in tokens(clean(text))}
        self._known = {*map(fold_word, typed), *self.folded}
        self._known_as_typed = {*typed, *self.forms}

    @property
    def known(self) -> Iterable[str]:
        """All words that stand in the FAQ or its lexicon, folded."""
        return self._known

    def knows(self, word: str) -> bool:
        """Whether a word stands in the FAQ or its lexicon, with these accents if it has any."""
        return word in (self._known if word.isascii() else self._known_as_typed)

    def knows_folded(self, word: str) -> bool:
        """The same, accents aside."""
        return fold_word(word) in self._known

    def count(self, word: str) -> int:
        """How often a word stands in the FAQ, accents aside."""
        return self.folded.get(fold_word(word), 0)

    def forms_of(self, folded: str) -> Sequence[str]:
        """How a folded word is written with its accents, the most frequent first."""
        return self._forms_of.get(folded, ())

    def beside(self, left: str, word: str, right: str) -> int:
        """How often a word stands beside these neighbours, accents aside; "" is no neighbour."""
        return sum(self._beside(left, word, right))

    def between(self, left: str, word: str, right: str) -> int:
        """How often at least it stands behind the one and before the other, accents aside."""
        return min(self._beside(left, word, right))

    def beside_as_typed(self, left: str, word: str, right: str) -> int:
        """How often a word stands beside these neighbours, every accent as it is."""
        return self._pairs.get(f"{left} {word}", 0) + self._pairs.get(f"{word} {right}", 0)

    def fits(self, left: str, word: str, right: str) -> bool:
        """Whether a word is surely right here: it stands there with these very accents."""
        if word.isascii():
            return self.beside(left, word, right) > 0
        return self.beside_as_typed(left, word, right) >= _OFTEN

    def agrees(self, left: str, word: str, right: str) -> bool:
        """Whether the accents of a word go with those of its neighbours, where they have any."""
        bare = word.isascii() or (left + right).isascii()
        return bare or self.beside_as_typed(left, word, right) > 0

    def belongs(self, left: str, word: str, right: str, *, least: int) -> bool:
        """Whether one of these neighbours stands beside it so often that it is hardly chance."""
        own = self.count(word)
        return any(
            count >= max(least, _BELONGS * min(own, self.count(neighbour)))
            for neighbour, count in zip(
                (left, right), self._beside(left, word, right), strict=True
            )
        )

    def _beside(self, left: str, word: str, right: str) -> tuple[int, int]:
        # The most frequent look-up of all: what has no accents is not folded again.
        bare = word if word.isascii() else fold_word(word)
        before = left if left.isascii() else fold_word(left)
        after = right if right.isascii() else fold_word(right)
        count = self.folded_pairs.get
        return count(f"{before} {bare}", 0), count(f"{bare} {after}", 0)


def _cut(line: Sequence[str], counted: set[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in line:
        if word in counted:
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part
