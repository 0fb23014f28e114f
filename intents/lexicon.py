"""What people type and what it stands for: teencode, abbreviations, everyday words, filler.

The words are data (`faq/_lexicon.yaml`); here is how they are applied to a question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from intents.entry import Model
from intents.text import clean, fold_word, tokens
from intents.typing_keys import decode, is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WORD_AND_NUMBER = re.compile(r"(\D{2,})(\d+)")


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

    `said` is everything that was said, written out, repaired and folded, on one line. `words` are
    the lower-case words of it without filler; `folded` are the same words without accents;
    `has_subject` is False for a question that names no thing at all.
    """

    said: str
    words: tuple[str, ...]
    folded: tuple[str, ...]
    has_subject: bool

    @property
    def normalised(self) -> str:
        """One line under which equal questions meet."""
        return " ".join(self.folded)


class Lexicon:
    """Turns typed text into a `Question`."""

    def __init__(self, file: LexiconFile, vocabulary: Iterable[str]) -> None:
        """`vocabulary`: text the FAQ's editors typed well; its words are never "repaired"."""
        self.teencode = file.teencode
        # One table, so that the longest key wins and nothing replaced is read again.
        written_out = file.teencode | file.abbreviations | file.phrases
        self._written_out = _by_first_word(written_out)
        self._filler = _by_first_word(dict.fromkeys(file.filler, ""))
        self._stop_words = _by_first_word(dict.fromkeys(file.stop_words, ""))
        known = (word for text in (*vocabulary, *written_out) for word in tokens(clean(text)))
        self._known = set(map(fold_word, known))
        self._repairs = bool(file.teencode)  # a lexicon marks a Vietnamese FAQ

    def read(self, text: str) -> Question:
        """Clean, write out and repair a question. Bounded time for any text."""
        repaired = [word for token in tokens(clean(text)) for word in self._repair(token)]
        said = _replace(repaired, self._written_out)
        content = _replace(said, self._filler)
        return Question(
            said=" ".join(map(fold_word, said)),
            words=tuple(content),
            folded=tuple(map(fold_word, content)),
            has_subject=bool(_replace(content, self._stop_words)),
        )

    def _repair(self, token: str) -> Sequence[str]:
        if not self._repairs or fold_word(token) in self._known or is_syllable(token):
            return (token,)
        decoded = decode(token)
        if decoded:
            return (decoded,)
        joined = _WORD_AND_NUMBER.fullmatch(token)
        return joined.groups() if joined else (token,)  # "muc2" → "muc", "2"


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
