"""The words of the FAQ's own text: how often each stands there, and beside which others.

What the editors wrote (titles, answers) is well typed. Phrasings are typed as citizens type; of
these, a word counts when the editors use it too, when its accents make it a syllable, or when
it comes again and again ("photo"). Whatever repairs a question asks here what is known.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from intents.text import clean, fold_word, tokens
from intents.typing_keys import decode, is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ADDRESS = re.compile(r"\S*(?:://|@|\w\.(?:gov|com|vn)\b)\S*")  # "dichvucong" is no word
_AGAIN_AND_AGAIN = 3
_BELONGS = 0.25  # so much of a word's occurrences

Lines = list[list[str]]


def well_typed(written: Iterable[str], asked: Iterable[str]) -> Lines:
    """The words of the editors' text and of phrasings, line by line, without slips.

    Where a word is left out, its line is cut in two.
    """
    lines = [tokens(_ADDRESS.sub(" ", clean(text))) for text in written]
    known = set(map(fold_word, chain.from_iterable(lines)))
    questions = [tokens(clean(text)) for text in asked]
    counts = Counter(chain.from_iterable(questions))
    counted = {
        word
        for word, count in counts.items()
        if fold_word(word) in known
        or (not word.isascii() and is_syllable(word))
        or (count >= _AGAIN_AND_AGAIN and fold_word(decode(word) or "") not in known)
    }
    lines += (part for line in questions for part in _cut(line, counted))
    return lines


class Vocabulary:
    """Counts of words and of neighbours, with their accents and folded."""

    def __init__(self, lines: Lines, shorthand: Iterable[str] = ()) -> None:
        """`shorthand` is known too, but is no word that others are corrected to."""
        folded = [list(map(fold_word, line)) for line in lines]
        # A line without a single accent says nothing about accents.
        accented = [line for line, bare in zip(lines, folded, strict=True) if line != bare]
        self.folded = dict(Counter(chain.from_iterable(folded)))
        self.forms = dict(Counter(chain.from_iterable(accented)))
        self.folded_pairs = dict(Counter(chain.from_iterable(map(pairwise, folded))))
        self._pairs = dict(Counter(chain.from_iterable(map(pairwise, accented))))
        self._forms_of: dict[str, list[str]] = defaultdict(list)
        for form in sorted(self.forms, key=lambda form: -self.forms[form]):
            self._forms_of[fold_word(form)].append(form)
        self._known = {fold_word(word) for text in shorthand for word in tokens(clean(text))}
        self._known.update(self.folded)

    def knows(self, folded: str) -> bool:
        """Whether a folded word stands in the FAQ or its lexicon."""
        return folded in self._known

    def forms_of(self, folded: str) -> Sequence[str]:
        """How a folded word is written with its accents, the most frequent first."""
        return self._forms_of.get(folded, ())

    def beside(self, left: str, folded: str, right: str) -> int:
        """How often a word stands beside these neighbours, all of them folded."""
        count = self.folded_pairs.get
        return count((left, folded), 0) + count((folded, right), 0)

    def belongs(self, left: str, folded: str, right: str, *, least: int) -> bool:
        """Whether these neighbours are where a word stands, so often and not by chance."""
        count = self.beside(left, folded, right)
        return count >= max(least, _BELONGS * self.folded.get(folded, 0))

    def beside_as_typed(self, left: str, word: str, right: str) -> int:
        """How often a word stands beside these neighbours, every accent as it is."""
        return self._pairs.get((left, word), 0) + self._pairs.get((word, right), 0)


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
