"""Phrasings: enough of them, none twice, none nearly the same in two entries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from intents.entry import Kind
from intents.lint.sentences import cited
from intents.lint.unfinished import TO_FILL
from intents.problems import Rule
from intents.text import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intents.examples import Examples
    from intents.lint.located import Located
    from intents.problems import Problem

LEAST = 12

ALIKE = 86  # rapidfuzz ratio of the words in alphabetical order; quick, and sorts out nearly all
SHARED = 0.8  # of the weight of all words, rare words weighing most; tells VNeID from VssID
_BLOCK = 512  # rows compared at a time, so that memory stays small


@dataclass(frozen=True, slots=True)
class _Phrasing:
    """A phrasing, whose it is, and the line under which equal ones meet."""

    one: Located
    place: tuple[str, int]
    text: str
    folded: str


def check_enough(entries: Sequence[Located]) -> Iterator[Problem]:
    """In a strict FAQ each answer has phrasings in many voices."""
    for one in entries:
        count = len(one.entry.phrasings)
        if one.entry.kind is Kind.ANSWER and count < LEAST:
            what = f"mục “{one.entry.id}” mới có {count} cách hỏi"
            mend = f"viết ít nhất {LEAST}: có dấu, không dấu, viết tắt, kể chuyện"
            yield one.problem(Rule.FEW_PHRASINGS, ("phrasings",), what, mend)


def check_repeated(entries: Sequence[Located]) -> Iterator[Problem]:
    """A phrasing stands once: in two entries nobody can tell which of them is meant."""
    first: dict[str, _Phrasing] = {}
    for new in _phrasings(entries):
        old = first.setdefault(new.folded, new)
        if old is new:
            continue
        where = old.one.where(old.place)
        if old.one is new.one:
            what = f"cách hỏi {cited(new.text)} đã có ở {where}"
            yield new.one.problem(Rule.REPEATED_WITHIN, new.place, what, "xóa một trong hai")
        else:
            what = f"cách hỏi {cited(new.text)} đã có ở mục “{old.one.entry.id}” ({where})"
            mend = "chỉ giữ ở một mục"
            yield new.one.problem(Rule.REPEATED_ELSEWHERE, new.place, what, mend)


def check_near_duplicates(examples: Examples, located: Mapping[str, Located]) -> Iterator[Problem]:
    """Phrasings of two entries that differ in next to nothing. Seconds for 5,000 of them."""
    phrasings: list[_Phrasing] = []
    said: list[list[str]] = []
    for own, entry in enumerate(examples.entries):
        start = examples.rows_of(own).start + 1  # the first row is the title
        for new in _phrasings([located[entry.id]]):
            phrasings.append(new)
            said.append(sorted(examples.questions[start + new.place[1]].folded))
    weights = weights_of(said)
    told: set[tuple[int, str]] = set()
    for later, earlier in _alike([" ".join(words) for words in said]):
        new, old = phrasings[later], phrasings[earlier]
        key = (later, old.one.entry.id)
        if new.one is old.one or new.folded == old.folded or key in told:
            continue
        if shared(set(said[later]), set(said[earlier]), weights) >= SHARED:
            told.add(key)
            where = f"{cited(old.text)} của mục “{old.one.entry.id}” ({old.one.where(old.place)})"
            what = f"cách hỏi {cited(new.text)} gần giống {where}"
            mend = "giữ ở một mục, hoặc nói rõ chỗ khác nhau"
            yield new.one.problem(Rule.NEAR_DUPLICATE, new.place, what, mend)


def _phrasings(entries: Sequence[Located]) -> Iterator[_Phrasing]:
    for one in entries:
        for i, text in enumerate(one.entry.phrasings):
            line = folded(text)
            if line and TO_FILL not in text:
                yield _Phrasing(one, ("phrasings", i), text, line)


def weights_of(said: Sequence[Sequence[str]]) -> dict[str, float]:
    """How much each word tells: the rarer, the more."""
    counts = Counter(word for words in said for word in set(words))
    return {word: log((1 + len(said)) / count) for word, count in counts.items()}


def _alike(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (later, earlier) of lines that look alike."""
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        likeness = process.cdist(
            block,
            lines[: start + len(block)],
            scorer=fuzz.ratio,
            score_cutoff=ALIKE,
            dtype=np.uint8,
        )
        for row, column in zip(*np.nonzero(likeness), strict=True):
            if column < start + row:
                yield start + int(row), int(column)


def shared(one: set[str], other: set[str], weights: dict[str, float]) -> float:
    """How much of the weight of all words of two phrasings they have in common."""
    return sum(weights[word] for word in one & other) / (
        sum(weights[word] for word in one | other) or 1
    )
