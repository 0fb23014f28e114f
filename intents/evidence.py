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

from intents.entry import Kind
from intents.lexical import Vectorizer, fit_ridge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from intents.catalog import Catalog
    from intents.lexical import Floats
    from intents.lexicon import Question

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
    """Everything learned from the catalog that a candidate is weighed by."""

    def __init__(self, catalog: Catalog) -> None:
        entries = [entry for entry in catalog.entries.values() if entry.kind is not Kind.SMALL_TALK]
        self.entries = [entry.id for entry in entries]
        self.kinds = [entry.kind for entry in entries]
        topics = sorted({catalog.topic_of[entry] for entry in self.entries})
        self._topic = np.array([topics.index(catalog.topic_of[entry]) for entry in self.entries], np.intp)
        texts = [(i, text) for i, e in enumerate(entries) for text in (e.title, *e.phrasings)]
        texts += [(-1, text) for text in catalog.out_of_scope]
        self.labels = np.array([label for label, _ in texts], np.intp)
        self.questions = [catalog.lexicon.read(text) for _, text in texts]
        self._vectorizer = Vectorizer(self.questions)
        self._rows = self._vectorizer.matrix(self.questions)
        # Rows lie in the order of their entries, out-of-scope questions last.
        self._inside = int((self.labels >= 0).sum())
        self._starts = np.searchsorted(self.labels[: self._inside], np.arange(len(entries)))
        ends = [*self._starts[1:], self._inside]
        self._rows_of = [np.arange(a, b) for a, b in zip(self._starts, ends, strict=True)]
        self._ridge, self.held_out = fit_ridge(self._rows, self._targets(len(topics)))
        self._learn_words([catalog.lexicon.read(entry.title) for entry in entries])

    def _targets(self, topics: int) -> NDArray[np.float64]:
        targets = np.zeros((len(self.labels), len(self.entries) + topics))
        inside = np.flatnonzero(self.labels >= 0)
        entry = self.labels[inside]
        targets[inside, entry] = 1
        targets[inside, len(self.entries) + self._topic[entry]] = 1
        return targets

    def _learn_words(self, titles: Sequence[Question]) -> None:
        seen = Counter(word for question in self.questions for word in set(question.folded))
        total = len(self.questions)
        self._idf = {word: log((1 + total) / (1 + count)) + 1 for word, count in seen.items()}
        self._rare = log(1 + total) + 1
        self._titles = [{word: self._weight(word) for word in set(q.folded)} for q in titles]
        self._vocabulary = [
            Counter(word for row in rows for word in set(self.questions[row].folded))
            for rows in self._rows_of
        ]

    def _weight(self, word: str) -> float:
        return self._idf.get(word, self._rare)

    def see(self, question: Question) -> Seen:
        """Score a question that is not part of the catalog."""
        columns, weights = self._vectorizer.row(question)
        dense = np.zeros(self._rows.shape[1], np.float32)
        dense[columns] = weights
        return Seen(question, self._ridge.scores(columns, weights), self._rows @ dense)

    def see_again(self, rows: Sequence[int] | NDArray[np.intp], *, without: int | None = None) -> list[Seen]:
        """Training rows as if they were new: each unseen itself, or with a whole entry unseen."""
        rows = np.asarray(rows)
        similar = (self._rows[rows] @ self._rows.T).toarray()
        if without is None:
            similar[np.arange(len(rows)), rows] = 0
            scores = self.held_out.scores[rows]
        else:
            hidden = self._rows_of[without]
            similar[:, hidden] = 0
            scores = self.held_out.group(hidden)[np.searchsorted(hidden, rows)]
            scores[:, without] = -1
        return [Seen(self.questions[r], s, k) for r, s, k in zip(rows, scores, similar, strict=True)]

    def rows_of(self, entry: int) -> NDArray[np.intp]:
        """The training rows of an entry."""
        return self._rows_of[entry]

    def candidates(self, seen: Seen) -> list[int]:
        """The entries worth a close look, the likeliest first; at most ten."""
        nearest = np.maximum.reduceat(seen.similar[: self._inside], self._starts)
        promise = seen.scores[: len(self.entries)] + 0.5 * nearest
        return [int(i) for i in np.argsort(-promise, kind="stable")[:MOST_CANDIDATES]]

    def parts(self, seen: Seen, candidates: Sequence[int], *, own: int = -1) -> NDArray[np.float64]:
        """One row of `PARTS` per candidate. `own`: the entry the question itself was taken from."""
        weights = {word: self._weight(word) for word in seen.question.folded}
        total = sum(weights.values()) or 1.0
        scores = seen.scores[: len(self.entries)]
        topics = seen.scores[len(self.entries) :]
        best_topic = topics.max()
        outside = float(seen.similar[self._inside :].max(initial=0))
        spoken = seen.question.normalised
        ordered = sorted((float(scores[c]) for c in candidates), reverse=True) + [0.0, 0.0]
        table = []
        for entry in candidates:
            rows = self._rows_of[entry]
            similar = np.sort(seen.similar[rows])[::-1]
            phrasing = self.questions[rows[int(seen.similar[rows].argmax())]].normalised
            known = self._vocabulary[entry]
            heard = 1 if entry == own else 0
            linear, nearest = float(scores[entry]), float(similar[0])
            topic = float(topics[self._topic[entry]])
            title = self._titles[entry]
            table.append(
                (
                    linear,
                    linear - (ordered[1] if linear >= ordered[0] else ordered[0]),
                    topic,
                    float(best_topic) - topic,
                    nearest,
                    float(similar[:3].mean()),
                    fuzz.token_sort_ratio(spoken, phrasing) / 100,
                    fuzz.token_set_ratio(spoken, phrasing) / 100,
                    sum(w for word, w in weights.items() if known[word] > heard) / total,
                    sum(w for word, w in title.items() if word in weights) / (sum(title.values()) or 1),
                    outside,
                    nearest - outside,
                    log(1 + len(weights)),
                )
            )
        return np.array(table, np.float64).reshape(-1, len(PARTS))
