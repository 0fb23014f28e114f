"""Letters that a keyboard or a web client got wrong: typed twice or more, or lost at the start."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from intents.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RUN = re.compile(r"([^\W\d_])\1+")
_MOST_RUNS = 4  # a slip doubles few letters; more runs would be many combinations
_VOWELS = frozenset("aeiouy")
_HORNED = frozenset("ưứừửữựơớờởỡợ")


def reductions(word: str) -> Iterator[str]:
    """The word with its repeated letters written fewer times: "appp" → "ap", then "app".

    The shortest come first. Nothing when no letter is repeated.
    """
    runs = list(_RUN.finditer(word))
    if not runs or len(runs) > _MOST_RUNS:
        return
    choices = [(1, 2) if len(run.group()) > 2 else (1, len(run.group())) for run in runs]
    for lengths in sorted(product(*choices), key=sum):
        kept = list(word)
        for run, length in zip(runs, lengths, strict=True):
            kept[run.start() : run.end()] = [run.group(1) * length] + [""] * (len(run.group()) - 1)
        reduced = "".join(kept)
        if reduced != word:
            yield reduced


def without_runs(word: str) -> str:
    """The shortest of the reductions of a word; all of them have the same."""
    return _RUN.sub(r"\1", word)


def without_first_letter(forms: Iterable[str]) -> dict[str, list[str]]:
    """What web clients leave of words when they drop đ, ư or ơ, and the words it may have been.

    đ is lost before a vowel ("đăng" → "ăng"), ư and ơ before a consonant ("ứng" → "ng").
    """
    left = defaultdict(list)
    for form in forms:
        lost, rest = form[:1], form[1:]
        before_vowel = fold(rest[:1]) in _VOWELS
        if rest and ((lost == "đ" and before_vowel) or (lost in _HORNED and not before_vowel)):
            left[rest].append(form)
    return dict(left)
