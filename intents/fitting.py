"""Everything that is learned from a catalog: the linear models, the weights of the parts, the bands.

The weights and bands are fitted on questions that the linear models did not see: every phrasing
as if it were new, phrasings whose whole entry is hidden (near out-of-scope), and the committed
out-of-scope questions.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from scipy import sparse

from intents.calibration import (
    SIGNPOSTED,
    Bands,
    Choice,
    Scope,
    Sure,
    Trial,
    fit_bands,
    fit_choice,
    fit_scope,
    fit_sure,
)
from intents.centroids import Centroids
from intents.entry import Kind
from intents.evidence import MEANING_PARTS, PARTS
from intents.meaning import Space
from intents.ridge import Ridge, SparseRidge
from intents.unseen import Unseen, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.evidence import Evidence
    from intents.examples import Examples
    from intents.knowledge import Knowledge
    from intents.ridge import Floats

    Doubles = NDArray[np.float64]

_LEAST_SHARE = 0.5  # what is likelier wrong than right is no answer, however small the FAQ
_LEAST_CLARIFY = 0.05
_MOST_LESSONS = 1500  # of each kind; some twenty weights and three thresholds need no more
# A question whose very entry was taken away is nearer to its neighbours than what citizens ask
# out of scope; so it counts less than a real one.
_HIDDEN_WEIGHT, _OUTSIDE_WEIGHT = 0.3, 2.0


@dataclass(frozen=True, slots=True)
class Judge:
    """What turns the parts of the candidates into a decision."""

    scope: Scope
    choice: Choice
    bands: Bands
    sure: Sure

    @classmethod
    def silent(cls, parts: int) -> Self:
        """The judge of a FAQ without a single question: never answers."""
        blank = np.zeros(parts)
        scope = Scope(blank, blank + 1, np.zeros(parts + 1))
        return cls(scope, Choice(blank + 1, blank), Bands(1, 1, 1), Sure(1, 1))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was learned from the vectors of a language model."""

    space: Space
    ridge: Ridge
    judge: Judge


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `fit` learned: from the words, and from the meaning where vectors were given.

    Plain arrays, so that it can be kept on disk (`arrays`, `from_arrays`).
    """

    words: SparseRidge | Centroids
    judge: Judge
    meaning: Meaning | None = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The learned numbers by name."""
        arrays = _named("words", _model_arrays(self.words) | _judge_arrays(self.judge))
        if self.meaning:
            learned, space = self.meaning, self.meaning.space
            arrays |= _named(
                "meaning", _model_arrays(learned.ridge) | _judge_arrays(learned.judge)
            )
            arrays["space"] = np.append(space.mean, np.float32(space.spread))
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Fitted:
        """The reverse of `arrays`."""
        words = _without_name("words", arrays)
        meaning = None
        if "space" in arrays:
            space = arrays["space"].astype(np.float32)
            part = _without_name("meaning", arrays)
            ridge = Ridge(part["weights"], part["bias"])
            meaning = Meaning(Space(space[:-1], float(space[-1])), ridge, _restored_judge(part))
        return cls(_restored_words(words), _restored_judge(words), meaning)


_Arrays = dict[str, "NDArray[Any]"]


def _named(name: str, arrays: _Arrays) -> _Arrays:
    return {f"{name}_{key}": array for key, array in arrays.items()}


def _without_name(name: str, arrays: _Arrays) -> _Arrays:
    return {k.removeprefix(f"{name}_"): v for k, v in arrays.items() if k.startswith(f"{name}_")}


def _model_arrays(model: Ridge | SparseRidge | Centroids) -> _Arrays:
    if not isinstance(model, Centroids):
        return {field.name: getattr(model, field.name) for field in fields(model)}
    means = model.means
    return {
        "data": means.data,
        "indices": means.indices,
        "indptr": means.indptr,
        "shape": np.array(means.shape),
    }


def _restored_words(arrays: _Arrays) -> SparseRidge | Centroids:
    if "dual" in arrays:
        return SparseRidge(*(arrays[field.name] for field in fields(SparseRidge)))
    rows, columns = arrays["shape"].astype(int)
    parts = (arrays["data"].astype(np.float32), arrays["indices"], arrays["indptr"])
    return Centroids(sparse.csr_array(parts, shape=(int(rows), int(columns))))


def _judge_arrays(judge: Judge) -> _Arrays:
    return {
        "scope": np.stack([judge.scope.mean, judge.scope.scale, judge.scope.weights[:-1]]),
        "intercept": judge.scope.weights[-1:],
        "choice": np.stack([judge.choice.scale, judge.choice.weights]),
        "bands": np.array([getattr(judge.bands, f.name) for f in fields(Bands)]),
        "sure": np.array([getattr(judge.sure, f.name) for f in fields(Sure)]),
    }


def _restored_judge(arrays: _Arrays) -> Judge:
    mean, scale, weights = arrays["scope"].astype(np.float64)
    return Judge(
        Scope(mean, scale, np.append(weights, arrays["intercept"])),
        Choice(*arrays["choice"].astype(np.float64)),
        Bands(*map(float, arrays["bands"])),
        Sure(*map(float, arrays["sure"])),
    )


class _Lesson(NamedTuple):
    """A question, the entry that is right (−1: none), its candidates and what speaks for each."""

    own: int
    weight: float
    candidates: tuple[int, ...]
    parts: Doubles

    @property
    def right(self) -> int | None:
        """The place of the right entry among the candidates."""
        return self.candidates.index(self.own) if self.own in self.candidates else None


def fit(knowledge: Knowledge, vectors: Floats | None = None) -> Fitted:
    """Learn from a catalog; from its vectors too when they are given.

    `vectors` has one row per text of `knowledge.examples.meant`. Takes seconds for thousands of
    phrasings; the result depends on nothing else.
    """
    examples, evidence = knowledge.examples, knowledge.evidence
    if not examples.entries:
        none = np.zeros((len(examples.questions), 0), np.float32)
        silent = SparseRidge.of(examples.rows, none, none.mean(axis=0))
        return Fitted(silent, Judge.silent(len(PARTS)))
    unseen = Unseen(examples, evidence)
    model = unseen.learn_words()
    words = Fitted(model, _judge(examples, list(_lessons(examples, evidence, unseen)), PARTS))
    if vectors is None:
        return words
    space, ridge = unseen.learn_meaning(vectors)
    judge = _judge(examples, list(_lessons(examples, evidence, unseen)), MEANING_PARTS)
    return Fitted(words.words, words.judge, Meaning(space, ridge, judge))


def _judge(examples: Examples, lessons: Sequence[_Lesson], parts: Sequence[str]) -> Judge:
    inside = [(lesson.parts, lesson.right) for lesson in lessons if lesson.right is not None]
    if not inside:
        return Judge.silent(len(parts))
    choice = fit_choice([table for table, _ in inside], [right for _, right in inside])
    scope = fit_scope(
        [lesson.parts for lesson in lessons],
        np.array([lesson.own >= 0 for lesson in lessons]),
        np.array([lesson.weight for lesson in lessons]),
    )
    trials = [_trial(examples, scope, choice, lesson) for lesson in lessons]
    bands = fit_bands(trials)
    bands = Bands(bands.answer, max(bands.share, _LEAST_SHARE), max(bands.clarify, _LEAST_CLARIFY))
    return Judge(scope, choice, bands, fit_sure(trials, bands))


def _lessons(examples: Examples, evidence: Evidence, unseen: Unseen) -> Iterator[_Lesson]:
    inside, outside = np.split(np.arange(len(examples.questions)), [examples.inside])
    for row in map(
        int, np.concatenate([spread(inside, _MOST_LESSONS), spread(outside, _MOST_LESSONS)])
    ):
        own = examples.entry_of(row)
        views = unseen.row(row)
        candidates = evidence.candidates(views)
        parts = evidence.parts(examples.questions[row], views, candidates, own=own)
        weight = 1.0 if own >= 0 else _OUTSIDE_WEIGHT
        yield _Lesson(own, weight, candidates.entries, parts)
    if len(examples.entries) == 1:
        return
    hidden = set(spread(inside, _MOST_LESSONS // 3).tolist())
    for entry in range(len(examples.entries)):
        for row, views in unseen.entry(entry, hidden):
            candidates = evidence.candidates(views).without(entry)
            parts = evidence.parts(examples.questions[row], views, candidates)
            yield _Lesson(-1, _HIDDEN_WEIGHT, candidates.entries, parts)


def _trial(examples: Examples, scope: Scope, choice: Choice, lesson: _Lesson) -> Trial:
    shares = choice(lesson.parts)
    signposted = sum(
        float(share)
        for share, entry in zip(shares, lesson.candidates, strict=True)
        if examples.entries[entry].kind is Kind.SIGNPOST
    )
    order = np.argsort(-shares, kind="stable").tolist()
    return Trial(
        scope=scope(lesson.parts),
        share=float(shares[order[0]]),
        right=None if lesson.right is None else order.index(lesson.right),
        outside=lesson.own < 0,
        shown=signposted < SIGNPOSTED,
        weight=lesson.weight,
    )
