"""What speaks for each candidate entry, as named numbers: the parts of its score.

The linear model proposes; here its ten best proposals are looked at closely, with the
similarity of single phrasings, rapidfuzz, and how much of the question an entry's words cover.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from intents.examples import Examples
    from intents.lexical import Floats, Ints, Ridge
    from intents.lexicon import Lexicon, Question

    Doubles = NDArray[np.float64]

MOST_CANDIDATES = 10
PARTS = (
    "linear",  # score of the linear model
    "lead",  # by how much it beats the best other candidate
    "topic",  # score of the entry's topic
    "topic_gap",  # how far that is behind the best topic
    "phrasing",  # cosine of the nearest phrasing
    "phrasings",  # mean cosine of the three nearest phrasings
    "fuzzy_sort",  # rapidfuzz token_sort_ratio with the nearest phrasing, 0 to 1
    "fuzzy_set",  # rapidfuzz token_set_ratio with the nearest phrasing, 0 to 1
    "covered",  # share of the question's weight that the entry's phrasings know
    "titled",  # share of the title's weight that the question says
    "outside",  # cosine of the nearest out-of-scope question
    "outside_gap",  # by how much the nearest phrasing beats that
    "length",  # log of the number of words
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One question as the models see it.

    `scores` holds one number per entry, then one per topic; `similar` one per training row.
    """

    question: Question
    scores: Floats
    similar: Floats


class Evidence:
    """Weighs candidates by everything that was learned from the catalog."""

    def __init__(self, examples: Examples, lexicon: Lexicon) -> None:
        self._examples = examples
        self._by_feature = examples.rows.T.tocsr()  # a question touches few features, not all rows
        seen = Counter(word for question in examples.questions for word in set(question.folded))
        total = len(examples.questions)
        self._weights = {word: log((1 + total) / (1 + count)) + 1 for word, count in seen.items()}
        self._rare = log(1 + total) + 1
        self._titles = [
            self._weigh(lexicon.read(entry.title).folded) for entry in examples.entries
        ]
        self._vocabulary = [
            Counter(
                word for q in examples.questions[examples.rows_of(i)] for word in set(q.folded)
            )
            for i in range(len(examples.entries))
        ]

    def see(self, question: Question, ridge: Ridge) -> Seen:
        """Score a question that is not part of the catalog."""
        columns, weights = self._examples.vectorizer.row(question)
        return Seen(question, ridge.scores(columns, weights), self.similar(columns, weights))

    def similar(self, columns: Ints, weights: Floats) -> Floats:
        """The cosine of a question's row with every training row."""
        cosines: Floats = weights @ self._by_feature[columns]
        return cosines

    def candidates(self, seen: Seen) -> list[int]:
        """The entries worth a close look, the likeliest first; at most ten."""
        examples = self._examples
        nearest = np.maximum.reduceat(seen.similar[: examples.inside], examples.starts[:-1])
        promise = seen.scores[: len(examples.entries)] + 0.5 * nearest
        return [int(i) for i in np.argsort(-promise, kind="stable")[:MOST_CANDIDATES]]

    def parts(self, seen: Seen, candidates: Sequence[int], *, own: int = -1) -> Doubles:
        """One row of `PARTS` per candidate.

        `own` is the entry a training question was taken from: its words then count only where
        another phrasing of the entry says them too.
        """
        examples = self._examples
        words = self._weigh(seen.question.folded)
        total = sum(words.values()) or 1.0
        spoken = seen.question.normalised
        scores, topics = np.split(seen.scores, [len(examples.entries)])
        outside = float(seen.similar[examples.inside :].max(initial=0))
        first, second, *_ = sorted([*map(float, scores[list(candidates)]), 0.0, 0.0], reverse=True)
        best_topic = float(topics.max(initial=0))
        table = np.empty((len(candidates), len(PARTS)))
        for place, entry in enumerate(candidates):
            rows = examples.rows_of(entry)
            similar = seen.similar[rows]
            phrasing = examples.questions[rows.start + int(similar.argmax())].normalised
            nearest = float(similar.max())
            linear = float(scores[entry])
            topic = float(topics[examples.topic_of[entry]])
            known, heard = self._vocabulary[entry], int(entry == own)
            title = self._titles[entry]
            table[place] = (
                linear,
                linear - (second if linear >= first else first),
                topic,
                best_topic - topic,
                nearest,
                np.sort(similar)[-3:].mean(),
                fuzz.token_sort_ratio(spoken, phrasing) / 100,
                fuzz.token_set_ratio(spoken, phrasing) / 100,
                sum(weight for word, weight in words.items() if known[word] > heard) / total,
                sum(weight for word, weight in title.items() if word in words)
                / (sum(title.values()) or 1),
                outside,
                nearest - outside,
                log(1 + len(words)),
            )
        return table

    def _weigh(self, words: Iterable[str]) -> dict[str, float]:
        return {word: self._weights.get(word, self._rare) for word in words}
