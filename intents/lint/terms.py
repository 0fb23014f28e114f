"""Words in answers: abbreviations nobody explained, and names that the law has left behind.

Which abbreviations everybody knows, and what is said today instead of an old name, is data:
`_terms.yaml`. Without the file nothing is said about words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import Field

from intents.entry import Model, OneOrMany, Text
from intents.lint.sentences import plain, sentences
from intents.problems import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem
    from intents.yaml_source import Place

_WORD = re.compile(r"[^\W_]+(?:[./@&-][^\W_]+)*")
_JOINTS = re.compile(r"[./@&-]")
_ABBREVIATION = re.compile(r"[A-Za-zĐđ]+")
_ROMAN = re.compile(r"[IVX]+")


class Outdated(Model):
    """A term that has gone out of use, and what to write today."""

    term: OneOrMany
    instead: Text
    beside: tuple[Text, ...] = Field((), description="Chỉ xét câu có một trong các từ này")
    unless: tuple[Text, ...] = Field((), description="Bỏ qua câu có một trong các từ này")


class TermsFile(Model):
    """`_terms.yaml`."""

    known_abbreviations: tuple[Text, ...] = ()
    outdated: tuple[Outdated, ...] = ()


def check_abbreviations(entries: Sequence[Located], known: Sequence[str]) -> Iterator[Problem]:
    """An abbreviation must be one that everybody knows, or be written out once in its entry."""
    familiar = set(known)
    for one in entries:
        first: dict[str, Place] = {}
        everything = []
        for place, text in one.prose():
            everything.append(plain(text))
            for word in _abbreviations(everything[-1]):
                first.setdefault(word, place)
        whole = "\n".join(everything)
        for word, place in first.items():
            if word not in familiar and not _is_explained(word, whole):
                what = f"chữ viết tắt “{word}” chưa được giải thích"
                mend = (
                    f"viết đủ, hoặc “tên đầy đủ ({word})”; ai cũng biết thì thêm vào _terms.yaml"
                )
                yield one.problem(Rule.ABBREVIATION, place, what, mend)


def check_outdated(entries: Sequence[Located], terms: Sequence[Outdated]) -> Iterator[Problem]:
    """A name that has changed must not stand in an answer, unless it is told to be the old one."""
    patterns = [(term, _any(term.term), _any(term.beside), _any(term.unless)) for term in terms]
    for one in entries:
        for place, text in one.prose():
            said = sentences(text)
            for term, old, beside, unless in patterns:
                found = [
                    match[0]
                    for sentence in said
                    if old
                    and (match := old.search(sentence))
                    and (beside is None or beside.search(sentence))
                    and (unless is None or not unless.search(sentence))
                ]
                if found:
                    what = f"“{found[0]}” không còn đúng"
                    yield one.problem(Rule.OUTDATED, place, what, f"viết “{term.instead}”")


def _abbreviations(text: str) -> Iterator[str]:
    for token in _WORD.findall(text):
        parts = _JOINTS.split(token)
        if len(parts) > 1 and any(char.isdigit() for char in token):
            continue  # the number of a law or the code of a form
        for word in parts:
            capitals = sum(char.isupper() for char in word)
            if capitals >= 2 and _ABBREVIATION.fullmatch(word) and not _ROMAN.fullmatch(word):
                yield word


def _is_explained(word: str, text: str) -> bool:
    """Whether brackets stand around the word, or around what it means, beside it."""
    named = rf"(?<!\w){re.escape(word)}(?!\w)"
    return bool(re.search(rf"\w\W?\s*\(\s*{named}\s*\)|{named}\s*\(|\)\s*{named}", text))


def _phrase(text: str) -> re.Pattern[str]:
    """A phrase as whole words, in capitals or not."""
    inside = r"\s+".join(map(re.escape, text.split()))
    return re.compile(rf"(?<!\w)(?:{inside})(?!\w)", re.IGNORECASE)


def _any(phrases: Sequence[str]) -> re.Pattern[str] | None:
    """Any of some phrases; None when there is none."""
    inside = "|".join(_phrase(phrase).pattern for phrase in phrases)
    return re.compile(inside, re.IGNORECASE) if phrases else None
