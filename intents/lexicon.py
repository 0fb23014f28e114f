"""What people type and what it stands for: teencode, abbreviations, everyday words, filler.

The words are data (`faq/_lexicon.yaml`); here is how they are applied to a question. The lists
that `segments` and `facets` look for are made ready here too, written out as questions are.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import Field

from intents.accents import Accents
from intents.entry import Facet, Model
from intents.phrases import Phrases
from intents.repair import Repairer
from intents.tables import Tables
from intents.text import clean, fold_word, place_tones, tokens
from intents.vocabulary import Counts, Vocabulary, well_typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HARDLY_ACCENTED = 0.2  # of the words: whoever types accents has them on more than half
_WORD_OR_MARK = re.compile(r"[^\W_]+|[,.]")
_GAP = re.compile(r"…|\.{3}")

_Value = TypeVar("_Value")


class LexiconFile(Model):
    """`_lexicon.yaml`. Every part is optional: a FAQ in another language may have none."""

    teencode: dict[str, str] = Field(default_factory=dict)
    abbreviations: dict[str, str] = Field(default_factory=dict)
    phrases: dict[str, str] = Field(default_factory=dict)
    filler: tuple[str, ...] = ()
    stop_words: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    wishing: tuple[str, ...] = ()
    connectives: tuple[str, ...] = ()
    referring: tuple[str, ...] = ()
    dotted: tuple[str, ...] = ()
    facets: dict[Facet, tuple[str, ...]] = Field(default_factory=dict)
    facet_exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for matching.

    `spoken` is everything that was said, written out and repaired, in lower case. `words` are
    those of them that are no filler, with their accents put back where none were typed; `folded`
    are the same words without accents; `has_subject` is False for a question that names no thing
    at all. `meant` is everything that was said on one line, its accents put back too, as a
    language model should read it.
    """

    spoken: tuple[str, ...]
    words: tuple[str, ...]
    folded: tuple[str, ...]
    has_subject: bool
    meant: str

    @property
    def said(self) -> str:
        """Everything that was said on one line, without accents."""
        return " ".join(map(fold_word, self.spoken))

    @property
    def normalised(self) -> str:
        """One line under which equal questions meet."""
        return " ".join(self.folded)


class Lexicon:
    """Turns typed text into a `Question`, and holds the lists that are looked for in one.

    `asking` are words that ask, `wishing` those that do so of a named thing; `connectives` begin
    a clause, each with the words that must follow later (often none); `referring` point back at
    what was said before; `stop_words` carry no subject; `dotted` are abbreviations written with a
    full stop; `facets` ask for a part of an answer, or (None) only look so; `teencode` is what
    people write for short.
    """

    def __init__(
        self, file: LexiconFile, vocabulary: Iterable[str], asked: Iterable[str] = ()
    ) -> None:
        """`vocabulary`: text the FAQ's editors typed well; its words are never "repaired".

        `asked`: phrasings as citizens type them.
        """
        self.teencode = file.teencode
        # One table, so that the longest key wins and nothing replaced is read again.
        written_out = file.teencode | file.abbreviations | file.phrases
        self._written_out = Phrases(
            (tokens(clean(typed)), tokens(clean(meant))) for typed, meant in written_out.items()
        )
        self._filler = Phrases((tokens(clean(phrase)), None) for phrase in file.filler)
        self.stop_words = Phrases((tokens(clean(phrase)), None) for phrase in file.stop_words)
        self.asking = self._list((phrase, None) for phrase in file.asking)
        self.wishing = self._list((phrase, None) for phrase in file.wishing)
        self.connectives = self._connectives(file.connectives)
        self.referring = Phrases((self._as_spoken(phrase), None) for phrase in file.referring)
        self.dotted = frozenset(map(clean, file.dotted))
        self.facets = self._list(_facets(file))
        self._shorthand = written_out.keys()
        self._texts = (
            chain(vocabulary, written_out.values(), file.filler, file.stop_words),
            asked,
        )

    @cached_property
    def tables(self) -> Tables | None:
        """What was learned of the FAQ's words, at first need; None when it is not Vietnamese."""
        if not self.teencode:  # which marks a Vietnamese FAQ
            return None
        lines = well_typed(*self._texts)
        accented = (self._replace(line) for line in lines if _accented(line))
        return Tables(Counts.of(lines), Accents.of(accented))

    def knowing(self, tables: Tables) -> Self:
        """The same lexicon, with what was learned of the very same words before."""
        other = copy(self)
        other.__dict__["tables"] = tables
        other.__dict__.pop("_repairer", None)
        return other

    @cached_property
    def _repairer(self) -> Repairer | None:
        return Repairer(Vocabulary(self.tables.counts, self._shorthand)) if self.tables else None

    def read(self, text: str) -> Question:
        """Clean, repair and write out a question. Bounded time for any text."""
        repaired = self.repair(tokens(clean(text)))
        spoken = self._replace(repaired)
        content = self._filler.without(spoken)
        typed = _accented(repaired)
        return Question(
            spoken=tuple(spoken),
            words=tuple(content if typed else self._restore(content)),
            folded=tuple(map(fold_word, content)),
            has_subject=bool(self.stop_words.without(content)),
            meant=" ".join(spoken if typed else self._restore(spoken)),
        )

    def repair(self, words: Sequence[str]) -> Sequence[str]:
        """Words with what was mistyped put right; the very words in a FAQ that is not Vietnamese."""
        return self._repairer.repair(words) if self._repairer else words

    def write_out(self, typed: Sequence[str]) -> list[str]:
        """Repair tokens and write out what they stand for."""
        return self._replace(self.repair(typed))

    def _restore(self, words: Sequence[str]) -> Sequence[str]:
        return self.tables.accents.restore(words) if self.tables else words

    def _replace(self, words: Sequence[str]) -> list[str]:
        out: list[str] = []
        at = 0
        for found in self._written_out.find(words):
            out += words[at : found.start]
            out += found.value
            at = found.end
        return out + list(words[at:])

    def _list(self, phrases: Iterable[tuple[str, _Value]]) -> Phrases[_Value]:
        """Phrases as they stand in a question that is written out; commas and full stops count."""
        return Phrases(
            ((self._as_spoken(phrase), value) for phrase, value in phrases), lone_words_exact=True
        )

    def _connectives(self, phrases: Iterable[str]) -> Phrases[list[list[str]]]:
        """What must follow by what a clause begins with: "còn … thì sao" needs its second half."""
        followed_by: dict[str, list[list[str]]] = {}
        for phrase in phrases:
            head, *tail = _GAP.split(phrase, maxsplit=1)
            words = self._as_spoken(tail[0]) if tail else []
            followed_by.setdefault(head.strip(), []).append(words)
        return self._list(followed_by.items())

    def _as_spoken(self, phrase: str) -> list[str]:
        return self._replace(_WORD_OR_MARK.findall(place_tones(clean(phrase).lower())))


def _accented(words: Sequence[str]) -> bool:
    """Whether words were typed with accents."""
    return sum(not word.isascii() for word in words) > _HARDLY_ACCENTED * len(words)


def _facets(file: LexiconFile) -> Iterator[tuple[str, Facet | None]]:
    for phrase in file.facet_exceptions:
        yield phrase, None
    for facet, phrases in file.facets.items():
        for phrase in phrases:
            yield phrase, facet
