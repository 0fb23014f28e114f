"""What people type and what it stands for: teencode, abbreviations, everyday words, filler.

The words are data (`faq/_lexicon.yaml`); here is how they are applied to a question.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from intents.accents import Accents
from intents.entry import Model
from intents.repair import Repairer
from intents.text import clean, fold_word, tokens
from intents.vocabulary import Vocabulary, well_typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HARDLY_ACCENTED = 0.2  # of the words: whoever types accents has them on more than half


class LexiconFile(Model):
    """`_lexicon.yaml`. Every part is optional: a FAQ in another language may have none."""

    teencode: dict[str, str] = Field(default_factory=dict)
    abbreviations: dict[str, str] = Field(default_factory=dict)
    phrases: dict[str, str] = Field(default_factory=dict)
    filler: tuple[str, ...] = ()
    stop_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for matching.

    `said` is everything that was said, written out, repaired and folded, on one line; `meant` is
    the same with its accents, those that were left out put back. `words` are the lower-case words
    without filler, with the accents that were typed; `folded` are the same words without accents;
    `has_subject` is False for a question that names no thing at all.
    """

    said: str
    meant: str
    words: tuple[str, ...]
    folded: tuple[str, ...]
    has_subject: bool

    @property
    def normalised(self) -> str:
        """One line under which equal questions meet."""
        return " ".join(self.folded)


class Lexicon:
    """Turns typed text into a `Question`."""

    def __init__(
        self, file: LexiconFile, vocabulary: Iterable[str], asked: Iterable[str] = ()
    ) -> None:
        """`vocabulary`: text the FAQ's editors typed well; its words are never "repaired".

        `asked`: phrasings as citizens type them.
        """
        # One table, so that the longest key wins and nothing replaced is read again.
        written_out = file.teencode | file.abbreviations | file.phrases
        self._written_out = _by_first_word(written_out)
        self._filler = _by_first_word(dict.fromkeys(file.filler, ""))
        self._stop_words = _by_first_word(dict.fromkeys(file.stop_words, ""))
        self._vietnamese: tuple[Repairer, Accents] | None = None
        if file.teencode:  # a lexicon marks a Vietnamese FAQ
            written = (*vocabulary, *written_out.values(), *file.filler, *file.stop_words)
            lines = well_typed(written, asked)
            accented = (_replace(line, self._written_out) for line in lines if _accented(line))
            repairer = Repairer(Vocabulary(lines, written_out))
            self._vietnamese = repairer, Accents(accented)

    def read(self, text: str) -> Question:
        """Clean, repair and write out a question. Bounded time for any text."""
        repaired = self.repair(tokens(clean(text)))
        said = _replace(repaired, self._written_out)
        content = _replace(said, self._filler)
        return Question(
            said=" ".join(map(fold_word, said)),
            meant=" ".join(said if _accented(repaired) else self._restore(said)),
            words=tuple(content),
            folded=tuple(map(fold_word, content)),
            has_subject=bool(_replace(content, self._stop_words)),
        )

    def repair(self, words: Sequence[str]) -> Sequence[str]:
        """Words with what was mistyped put right; the very words in a FAQ that is not Vietnamese."""
        return self._vietnamese[0].repair(words) if self._vietnamese else words

    def _restore(self, words: Sequence[str]) -> Sequence[str]:
        return self._vietnamese[1].restore(words) if self._vietnamese else words


def _accented(words: Sequence[str]) -> bool:
    """Whether words were typed with accents."""
    return sum(not word.isascii() for word in words) > _HARDLY_ACCENTED * len(words)


_Replacements = dict[str, list[tuple[list[str], list[str]]]]


def _by_first_word(phrases: Mapping[str, str]) -> _Replacements:
    """Replacements by their folded first word, the longest first."""
    table: _Replacements = defaultdict(list)
    for phrase, replacement in phrases.items():
        words = tokens(clean(phrase))
        if words:
            table[fold_word(words[0])].append((words, tokens(clean(replacement))))
    for options in table.values():
        options.sort(key=lambda option: -len(option[0]))
    return dict(table)


def _replace(words: Sequence[str], table: _Replacements) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(words):
        for phrase, replacement in table.get(fold_word(words[at]), ()):
            if len(phrase) <= len(words) - at and all(map(_agrees, words[at:], phrase)):
                out += replacement
                at += len(phrase)
                break
        else:
            out.append(words[at])
            at += 1
    return out


def _agrees(typed: str, meant: str) -> bool:
    """Accents may be missing, but those that are typed must be the right ones."""
    return typed == meant or typed == fold_word(meant)
