"""Letters that a keyboard or a web client got wrong: typed twice or more, or lost at the start."""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN = re.compile(r"([^\W\d_])\1+")
_MOST_RUNS = 4  # a slip doubles few letters; more runs would be many combinations
_LOST = (
    "đ",
    *(
        unicodedata.normalize("NFC", letter + tone)
        for letter in "ươ"
        for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
    ),
)
_LONGEST = 24  # letters; no word with a slip is longer


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


def with_first_letter(word: str) -> Iterator[str]:
    """What the word may have been before a web client dropped its đ, ư or ơ: "ăng" → "đăng"."""
    if 2 <= len(word) <= _LONGEST:
        yield from (letter + word for letter in _LOST)
