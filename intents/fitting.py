"""Everything that is learned from a catalog: the linear model, the weights of the parts, the bands.

The weights and bands are fitted on questions that the linear model did not see: every phrasing as
if it were new, phrasings whose whole entry is hidden (near out-of-scope), and the committed
out-of-scope questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from intents.calibration import Bands, Logistic, Trial, fit_bands, fit_logistic
from intents.entry import Kind
from intents.evidence import PARTS, Evidence, Seen
from intents.examples import Examples
from intents.lexical import HeldOut, Ridge, fit_ridge
from intents.verdict import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from intents.catalog import Catalog

_LEAST_ANSWER = 0.5  # what is likelier wrong than right is no answer, however small the FAQ
_LEAST_CLARIFY = 0.05
_MOST_LESSONS = 1500  # of each kind; a dozen weights and two thresholds need no more


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `fit` learned. Plain arrays, so that it can be kept on disk (`arrays`, `from_arrays`)."""

    ridge: Ridge
    logistic: Logistic
    bands: Bands

    def arrays(self) -> dict[str, NDArray[np.floating]]:
        """The learned numbers by name."""
        return {
            "ridge_weights": self.ridge.weights,
            "ridge_bias": self.ridge.bias,
            "logistic": np.stack(
                [self.logistic.mean, self.logistic.scale, self.logistic.weights[:-1]]
            ),
            "intercept": self.logistic.weights[-1:],
            "bands": np.array([self.bands.answer, self.bands.clarify]),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.floating]]) -> Fitted:
        """The reverse of `arrays`."""
        mean, scale, weights = arrays["logistic"].astype(np.float64)
        answer, clarify = map(float, arrays["bands"])
        return cls(
            Ridge(
                arrays["ridge_weights"].astype(np.float32), arrays["ridge_bias"].astype(np.float32)
            ),
            Logistic(mean, scale, np.append(weights, arrays["intercept"])),
            Bands(answer, clarify),
        )


class _Lesson(NamedTuple):
    """A question, the entry that is right (−1: none), its candidates and what speaks for each."""

    own: int
    candidates: list[int]
    parts: NDArray[np.float64]


def fit(catalog: Catalog) -> Fitted:
    """Learn from a catalog. Takes seconds for thousands of phrasings; the result depends on nothing else."""
    examples = Examples.of(catalog)
    if not examples.entries:
        return _nothing()
    evidence = Evidence(examples, catalog.lexicon)
    ridge, held_out = fit_ridge(examples.rows, examples.targets())
    lessons = list(_lessons(examples, evidence, held_out))
    parts = np.concatenate([lesson.parts for lesson in lessons])
    right = np.concatenate([np.equal(lesson.candidates, lesson.own) for lesson in lessons])
    logistic = fit_logistic(parts, right.astype(np.float64))
    bands = fit_bands([_trial(examples, logistic, lesson) for lesson in lessons])
    bands = Bands(max(bands.answer, _LEAST_ANSWER), max(bands.clarify, _LEAST_CLARIFY))
    return Fitted(ridge, logistic, bands)


def _nothing() -> Fitted:
    """What is learned from a FAQ without a single question: never to answer."""
    none = np.zeros((0, 0), np.float32)
    blank = np.zeros(len(PARTS))
    return Fitted(
        Ridge(none, none[:0].ravel()),
        Logistic(blank, blank + 1, np.zeros(len(PARTS) + 1)),
        Bands(1, 1),
    )


def _lessons(examples: Examples, evidence: Evidence, held_out: HeldOut) -> Iterator[_Lesson]:
    inside, outside = np.split(np.arange(len(examples.questions)), [examples.inside])
    for row in np.concatenate([_spread(inside, _MOST_LESSONS), _spread(outside, _MOST_LESSONS)]):
        own = examples.entry_of(row)
        seen = _unseen(
            examples, evidence, int(row), held_out.scores[row], hidden=slice(row, row + 1)
        )
        candidates = evidence.candidates(seen)
        yield _Lesson(own, candidates, evidence.parts(seen, candidates, own=own))
    hidden = set(_spread(inside, _MOST_LESSONS // 3).tolist())
    for entry in range(len(examples.entries)):
        rows = examples.rows_of(entry)
        scores = held_out.group(np.arange(rows.start, rows.stop))
        scores[:, entry] = -1
        for row in hidden.intersection(range(rows.start, rows.stop)):
            seen = _unseen(examples, evidence, row, scores[row - rows.start], hidden=rows)
            candidates = [c for c in evidence.candidates(seen) if c != entry]
            yield _Lesson(-1, candidates, evidence.parts(seen, candidates))


def held_out_rankings(
    catalog: Catalog, fitted: Fitted, most: int | None = None
) -> Iterator[tuple[int, tuple[Candidate, ...]]]:
    """Rows of `Examples.of(catalog)`, each ranked by models that did not see it.

    At most so many rows of entries and so many out-of-scope rows, evenly spread; all without
    `most`. The weights of the parts are those of `fitted`. Takes seconds before the first one.
    """
    examples = Examples.of(catalog)
    if not examples.entries:
        return
    evidence = Evidence(examples, catalog.lexicon)
    _, held_out = fit_ridge(examples.rows, examples.targets())
    inside, outside = np.split(np.arange(len(examples.questions)), [examples.inside])
    most = len(examples.questions) if most is None else most
    for row in map(int, np.concatenate([_spread(inside, most), _spread(outside, most)])):
        own, hidden = examples.entry_of(row), slice(row, row + 1)
        seen = _unseen(examples, evidence, row, held_out.scores[row], hidden)
        candidates = evidence.candidates(seen)
        probabilities = fitted.logistic(evidence.parts(seen, candidates, own=own))
        yield (
            row,
            tuple(
                Candidate(examples.entries[candidates[i]].id, float(probabilities[i]))
                for i in np.argsort(-probabilities, kind="stable")
            ),
        )


def _unseen(
    examples: Examples, evidence: Evidence, row: int, scores: NDArray[np.float32], hidden: slice
) -> Seen:
    """A training row as if it were new, with some rows (itself among them) hidden."""
    own = slice(*examples.rows.indptr[row : row + 2])
    similar = evidence.similar(examples.rows.indices[own], examples.rows.data[own])
    similar[hidden] = 0
    return Seen(examples.questions[row], scores, similar)


def _trial(examples: Examples, logistic: Logistic, lesson: _Lesson) -> Trial:
    probabilities = logistic(lesson.parts)
    order = np.argsort(-probabilities, kind="stable")
    ranked = [lesson.candidates[i] for i in order]
    return Trial(
        best=float(probabilities[order[0]]) if ranked else 0.0,
        right=ranked.index(lesson.own) if lesson.own in ranked else None,
        outside=lesson.own < 0,
        shown=bool(ranked) and examples.entries[ranked[0]].kind is Kind.ANSWER,
    )


def _spread(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, evenly spread."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
