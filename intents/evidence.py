"""What speaks for each candidate entry, as named numbers: the parts of its score.

The linear models propose; here their best proposals are looked at closely, with the similarity
of single phrasings, rapidfuzz, and how much of the question an entry's words cover.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from intents.likeness import Likeness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from intents.centroids import Centroids
    from intents.examples import Examples
    from intents.lexicon import Lexicon, Question
    from intents.ridge import Floats, Ints, SparseRidge

    Doubles = NDArray[np.float64]
    Cosines = Callable[[Sequence[slice]], list[Floats]]

MOST_CANDIDATES = 10
_MOST_COMPARED = 25  # entries whose phrasings are compared with the question
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
_NONE = slice(0, 0)


class View:
    """One question as one model sees it: by its words, or by its meaning.

    `scores` holds one number per entry, then one per topic, then one for "out of scope".
    `cosines` compares it with slices of the training rows; `hidden` rows count as unlike.
    """

    def __init__(self, scores: Floats, cosines: Cosines, hidden: slice = _NONE) -> None:
        self.scores = scores
        self._cosines = cosines
        self._hidden = hidden

    def similar(self, slices: Sequence[slice]) -> list[Floats]:
        """The cosine of the question with each row of each slice."""
        similar = self._cosines(slices)
        for rows, cosines in zip(slices, similar, strict=True):
            first, last = max(rows.start, self._hidden.start), min(rows.stop, self._hidden.stop)
            if first < last:
                cosines[first - rows.start : last - rows.start] = 0
        return similar


@dataclass(frozen=True, slots=True)
class Candidates:
    """The entries worth a close look, the likeliest first; at most ten.

    `similar` holds, per view and candidate, the cosines with the entry's phrasings.
    """

    entries: tuple[int, ...]
    similar: tuple[tuple[Floats, ...], ...]

    def without(self, entry: int) -> Candidates:
        """The same, one entry left out."""
        kept = [place for place, other in enumerate(self.entries) if other != entry]
        return Candidates(
            tuple(self.entries[place] for place in kept),
            tuple(tuple(of_view[place] for place in kept) for of_view in self.similar),
        )


class Evidence:
    """Weighs candidates by everything that was learned from the catalog."""

    def __init__(self, examples: Examples, lexicon: Lexicon) -> None:
        self._examples = examples
        self._slices = [examples.rows_of(i) for i in range(len(examples.entries))]
        self._outside = slice(examples.inside, len(examples.questions))
        self._likeness = Likeness(examples.rows, self._outside)
        seen = Counter(word for question in examples.questions for word in set(question.folded))
        total = len(examples.questions)
        self._weights = {word: log((1 + total) / (1 + count)) + 1 for word, count in seen.items()}
        self._rare = log(1 + total) + 1
        titles = [self._weigh(lexicon.read(entry.title).folded) for entry in examples.entries]
        self._titles = [(title, sum(title.values()) or 1.0) for title in titles]
        self._vocabulary = [
            Counter(
                word for q in examples.questions[examples.rows_of(i)] for word in set(q.folded)
            )
            for i in range(len(examples.entries))
        ]

    def see(self, question: Question, model: SparseRidge | Centroids) -> View:
        """Score the words of a question that is not part of the catalog."""
        columns, weights = self._examples.vectorizer.row(question)
        return View(model.scores(columns, weights), self.comparing(columns, weights))

    def comparing(self, columns: Ints, weights: Floats) -> Cosines:
        """What compares a question's row with slices of the training rows."""
        return partial(self._likeness.cosines, columns, weights)

    def candidates(self, views: Sequence[View]) -> Candidates:
        """Choose by the scores and the nearest phrasings of all views together."""
        promise = np.sum([view.scores[: len(self._slices)] for view in views], axis=0)
        short = np.argpartition(-promise, min(_MOST_COMPARED, len(promise)) - 1)[:_MOST_COMPARED]
        short = np.sort(short)  # equal promises keep the order of the FAQ
        slices = [self._slices[i] for i in short.tolist()]
        similar = [view.similar(slices) for view in views]
        nearest = [[max(cosines.tolist()) for cosines in of_view] for of_view in similar]
        best = np.argsort(-(promise[short] + 0.5 * np.sum(nearest, axis=0)), kind="stable")
        best = best[:MOST_CANDIDATES].tolist()
        return Candidates(
            tuple(short[best].tolist()),
            tuple(tuple([of_view[k] for k in best]) for of_view in similar),
        )

    def parts(
        self, question: Question, views: Sequence[View], candidates: Candidates, *, own: int = -1
    ) -> Doubles:
        """One row per candidate: `PARTS` for the view of the words, `MEANING_PARTS` for both.

        `own` is the entry a training question was taken from: its words then count only where
        another phrasing of the entry says them too.
        """
        at = np.array(candidates.entries, np.intp)
        of_words, *of_meaning = [
            self._of_view(view, at, similar)
            for view, similar in zip(views, candidates.similar, strict=True)
        ]
        said = self._of_words(question, candidates, own)
        return np.concatenate([of_words, said, *of_meaning], axis=1)

    def _of_view(self, view: View, at: NDArray[np.intp], similar: Sequence[Floats]) -> Doubles:
        count = len(self._slices)
        linear, topics, beyond = view.scores[at], view.scores[count:-1], view.scores[-1]
        topic = topics[self._examples.topic_of[at]]
        second, first = sorted([0.0, 0.0, *linear.tolist()])[-2:]
        [others] = view.similar([self._outside])
        outside = float(others.max(initial=0))
        nearest = [sorted(cosines.tolist(), reverse=True)[:3] for cosines in similar]
        phrasing = np.array([three[0] for three in nearest])
        table = np.empty((len(at), len(VIEW_PARTS)))
        table[:, 0] = linear
        table[:, 1] = linear - np.where(linear >= first, second, first)
        table[:, 2] = topic
        table[:, 3] = topics.max(initial=0) - topic
        table[:, 4] = phrasing
        table[:, 5] = [sum(three) / len(three) for three in nearest]
        table[:, 6] = beyond
        table[:, 7] = outside
        table[:, 8] = phrasing - outside
        return table

    def _of_words(self, question: Question, candidates: Candidates, own: int) -> Doubles:
        words = self._weigh(question.folded)
        total = sum(words.values()) or 1.0
        spoken = question.normalised
        table: list[tuple[float, ...]] = []
        for entry, cosines in zip(candidates.entries, candidates.similar[0], strict=True):
            row = self._slices[entry].start + int(cosines.argmax())
            nearest = self._examples.questions[row].normalised
            known, heard = self._vocabulary[entry], int(entry == own)
            title, whole = self._titles[entry]
            said = (
                fuzz.token_sort_ratio(spoken, nearest) / 100,
                fuzz.token_set_ratio(spoken, nearest) / 100,
                sum([words[word] for word in words if known.get(word, 0) > heard]) / total,
                sum([title[word] for word in title if word in words]) / whole,
                log(1 + len(words)),
            )
            table.append(said)
        return np.array(table)

    def _weigh(self, words: Iterable[str]) -> dict[str, float]:
        return {word: self._weights.get(word, self._rare) for word in words}
