"""What speaks for each candidate entry, as named numbers: the parts of its score.

The linear models propose; here their best proposals are looked at closely, with the similarity
of single phrasings, rapidfuzz, and how much of the question an entry's words cover.
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
    from intents.lexicon import Lexicon, Question
    from intents.ridge import Floats, Ints, Ridge

    Doubles = NDArray[np.float64]

MOST_CANDIDATES = 10
VIEW_PARTS = (
    "linear",  # score of the linear model
    "lead",  # by how much it beats the best other candidate
    "topic",  # score of the entry's topic
    "topic_gap",  # how far that is behind the best topic
    "phrasing",  # cosine of the nearest phrasing
    "phrasings",  # mean cosine of the three nearest phrasings
    "beyond",  # score of "out of scope"
    "outside",  # cosine of the nearest out-of-scope question
    "outside_gap",  # by how much the nearest phrasing beats that
)
WORD_PARTS = (
    "fuzzy_sort",  # rapidfuzz token_sort_ratio with the nearest phrasing, 0 to 1
    "fuzzy_set",  # rapidfuzz token_set_ratio with the nearest phrasing, 0 to 1
    "covered",  # share of the question's weight that the entry's phrasings know
    "titled",  # share of the title's weight that the question says
    "length",  # log of the number of words
)
PARTS = (*VIEW_PARTS, *WORD_PARTS)
MEANING_PARTS = (*PARTS, *(f"meaning_{name}" for name in VIEW_PARTS))


@dataclass(frozen=True, slots=True)
class View:
    """One question as one model sees it: by its words, or by its meaning.

    `scores` holds one number per entry, then one per topic, then one for "out of scope";
    `similar` one per training row.
    """

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

    def see(self, question: Question, ridge: Ridge) -> View:
        """Score the words of a question that is not part of the catalog."""
        columns, weights = self._examples.vectorizer.row(question)
        return View(ridge.scores(columns, weights), self.similar(columns, weights))

    def similar(self, columns: Ints, weights: Floats) -> Floats:
        """The cosine of a question's row with every training row."""
        cosines: Floats = weights @ self._by_feature[columns]
        return cosines

    def candidates(self, views: Sequence[View]) -> list[int]:
        """The entries worth a close look, the likeliest first; at most ten."""
        examples = self._examples
        promise = np.zeros(len(examples.entries), np.float32)
        for view in views:
            nearest = np.maximum.reduceat(view.similar[: examples.inside], examples.starts[:-1])
            promise += view.scores[: len(promise)] + 0.5 * nearest
        return [int(i) for i in np.argsort(-promise, kind="stable")[:MOST_CANDIDATES]]

    def parts(
        self,
        question: Question,
        views: Sequence[View],
        candidates: Sequence[int],
        *,
        own: int = -1,
    ) -> Doubles:
        """One row per candidate: `PARTS` for the view of the words, `MEANING_PARTS` for both.

        `own` is the entry a training question was taken from: its words then count only where
        another phrasing of the entry says them too.
        """
        words, *meaning = views
        columns = [self._of_view(words, candidates)]
        columns.append(self._of_words(question, words, candidates, own))
        columns += [self._of_view(view, candidates) for view in meaning]
        return np.hstack(columns)

    def _of_view(self, view: View, candidates: Sequence[int]) -> Doubles:
        examples, at = self._examples, np.asarray(candidates, np.intp)
        scores, topics, beyond = np.split(
            view.scores, [len(examples.entries), len(examples.entries) + len(examples.topics)]
        )
        linear, topic = scores[at], topics[examples.topic_of[at]]
        first, second = np.sort(np.append(linear, [0, 0]))[:-3:-1]
        outside = float(view.similar[examples.inside :].max(initial=0))
        nearest = [np.sort(view.similar[examples.rows_of(i)])[-3:] for i in candidates]
        phrasing = np.array([three[-1] for three in nearest])
        table = np.empty((len(at), len(VIEW_PARTS)))
        table[:, 0] = linear
        table[:, 1] = linear - np.where(linear >= first, second, first)
        table[:, 2] = topic
        table[:, 3] = topics.max(initial=0) - topic
        table[:, 4] = phrasing
        table[:, 5] = [three.mean() for three in nearest]
        table[:, 6] = beyond[0]
        table[:, 7] = outside
        table[:, 8] = phrasing - outside
        return table

    def _of_words(
        self, question: Question, view: View, candidates: Sequence[int], own: int
    ) -> Doubles:
        examples = self._examples
        words = self._weigh(question.folded)
        total = sum(words.values()) or 1.0
        spoken = question.normalised
        table = np.empty((len(candidates), len(WORD_PARTS)))
        for place, entry in enumerate(candidates):
            rows = examples.rows_of(entry)
            nearest = examples.questions[rows.start + int(view.similar[rows].argmax())].normalised
            known, heard = self._vocabulary[entry], int(entry == own)
            title = self._titles[entry]
            table[place] = (
                fuzz.token_sort_ratio(spoken, nearest) / 100,
                fuzz.token_set_ratio(spoken, nearest) / 100,
                sum(weight for word, weight in words.items() if known[word] > heard) / total,
                sum(weight for word, weight in title.items() if word in words)
                / (sum(title.values()) or 1),
                log(1 + len(words)),
            )
        return table

    def _weigh(self, words: Iterable[str]) -> dict[str, float]:
        return {word: self._weights.get(word, self._rare) for word in words}
