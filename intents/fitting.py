"""Everything that is learned from a catalog: the linear models, the weights of the parts, the bands.

The weights and bands are fitted on questions that the linear models did not see: every phrasing
as if it were new, phrasings whose whole entry is hidden (near out-of-scope), and the committed
out-of-scope questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from intents.calibration import (
    OUTSIDE_SHARE,
    SIGNPOSTED,
    Bands,
    Trial,
    fit_bands,
    fit_choice,
    fit_scope,
    fit_sure,
)
from intents.entry import Kind
from intents.evidence import MEANING_PARTS, PARTS
from intents.fitted import Fitted, Judge, Meaning
from intents.ridge import SparseRidge
from intents.unseen import Unseen, sample, solved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.calibration import Choice, Scope
    from intents.evidence import Evidence
    from intents.examples import Examples
    from intents.knowledge import Knowledge
    from intents.ridge import Floats
    from intents.unseen import Solve

    Doubles = NDArray[np.float64]

_LEAST_SHARE = 0.5  # what is likelier wrong than right is no answer, however small the FAQ
_LEAST_CLARIFY = 0.05
_MOST_LESSONS = 4000  # of each kind: with fewer, the thresholds move with every draw
# A question whose very entry was taken away is nearer to its neighbours than what citizens ask
# out of scope; so all of them together count as so many real ones, which may be few or none.
_HIDDEN_TOGETHER = 75.0
_OUTSIDE_TO_INSIDE = 1.5  # total weights

# Where a FAQ names nothing out of scope, they are the hardest fifth of it and not all: else nearly
# nothing would be answered.
_HARDEST = 0.2


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


def fit(knowledge: Knowledge, vectors: Floats | None = None, *, solve: Solve = solved) -> Fitted:
    """Learn from a catalog; from its vectors too when they are given.

    `vectors` has one row per text of `knowledge.examples.meant`. Takes seconds for thousands of
    phrasings; the result depends on nothing else.
    """
    examples, evidence = knowledge.examples, knowledge.evidence
    if not examples.entries:
        none = np.zeros((len(examples.questions), 0), np.float32)
        silent = SparseRidge.of(examples.rows, none, none.sum(axis=0))
        return Fitted(silent, Judge.silent(len(PARTS)))
    unseen = Unseen(examples, evidence, solve)
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
    bands = _fit_bands(examples, trials)
    bands = Bands(bands.answer, max(bands.share, _LEAST_SHARE), max(bands.clarify, _LEAST_CLARIFY))
    return Judge(scope, choice, bands, fit_sure(trials, bands))


def _fit_bands(examples: Examples, trials: Sequence[Trial]) -> Bands:
    bands = fit_bands(trials)
    if examples.inside < len(examples.questions):
        return bands
    bolder = fit_bands(trials, outside_share=_HARDEST * OUTSIDE_SHARE)
    return Bands(bolder.answer, bolder.share, min(bands.clarify, bolder.answer))


def _lessons(examples: Examples, evidence: Evidence, unseen: Unseen) -> Iterator[_Lesson]:
    inside, outside = np.split(np.arange(len(examples.questions)), [examples.inside])
    inside = sample(examples, inside, _MOST_LESSONS)
    outside = sample(examples, outside, _MOST_LESSONS)
    hidden = sample(examples, inside, _MOST_LESSONS // 3 if len(examples.entries) > 1 else 0)
    real = _OUTSIDE_TO_INSIDE * len(inside) / (len(outside) + _HIDDEN_TOGETHER)
    for row in map(int, np.concatenate([inside, outside])):
        own = examples.entry_of(row)
        views = unseen.row(row)
        candidates = evidence.candidates(views)
        parts = evidence.parts(examples.questions[row], views, candidates, own=own)
        yield _Lesson(own, 1.0 if own >= 0 else real, candidates.entries, parts)
    weight = real * _HIDDEN_TOGETHER / max(len(hidden), 1)
    chosen = set(hidden.tolist())
    for entry in range(len(examples.entries)):
        for row, views in unseen.entry(entry, chosen):
            candidates = evidence.candidates(views).without(entry)
            parts = evidence.parts(examples.questions[row], views, candidates)
            yield _Lesson(-1, weight, candidates.entries, parts)


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
