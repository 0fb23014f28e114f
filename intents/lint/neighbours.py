"""Which entry already has a phrasing, or nearly: asked of a few phrasings while they are typed.

The same rules as `phrasings` applies to a whole FAQ, for which it takes seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from intents.lint.phrasings import ALIKE, SHARED, shared, weights_of
from intents.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.examples import Examples
    from intents.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A phrasing of another entry that is like one that is typed; `same` when it is the same."""

    typed: int
    entry: str
    phrasing: str
    same: bool


class Neighbours:
    """The phrasings of a FAQ, made ready to be compared with."""

    def __init__(self, examples: Examples, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._owners: list[str] = []
        self._texts: list[str] = []
        self._words: list[list[str]] = []
        for own, entry in enumerate(examples.entries):
            start = examples.rows_of(own).start + 1  # the first row is the title
            for i, text in enumerate(entry.phrasings):
                self._owners.append(entry.id)
                self._texts.append(text)
                self._words.append(sorted(examples.questions[start + i].folded))
        self._lines = [" ".join(words) for words in self._words]
        weights = weights_of(self._words)
        rarest = max(weights.values(), default=1.0)
        self._weights = defaultdict(lambda: rarest, weights)
        self._same: dict[str, list[int]] = {}
        for row, text in enumerate(self._texts):
            self._same.setdefault(folded(text), []).append(row)

    def of(self, phrasings: Sequence[str], entry: str) -> list[Neighbour]:
        """The nearest phrasing of each other entry than `entry` for each phrasing that has one."""
        said = [sorted(self._lexicon.read(text).folded) for text in phrasings]
        if not said or not self._lines:
            return []
        likeness = process.cdist(
            [" ".join(words) for words in said],
            self._lines,
            scorer=fuzz.ratio,
            score_cutoff=ALIKE,
            dtype=np.uint8,
        )
        found: list[Neighbour] = []
        for typed, text in enumerate(phrasings):
            same = [row for row in self._same.get(folded(text), []) if self._owners[row] != entry]
            rows = [int(row) for row in np.argsort(-likeness[typed].astype(int), kind="stable")]
            near = (
                row for row in rows if likeness[typed, row] and self._is_near(said[typed], row)
            )
            row = next((row for row in (*same, *near) if self._owners[row] != entry), None)
            if row is not None:
                found.append(Neighbour(typed, self._owners[row], self._texts[row], row in same))
        return found

    def _is_near(self, words: Sequence[str], row: int) -> bool:
        return shared(set(words), set(self._words[row]), self._weights) >= SHARED
