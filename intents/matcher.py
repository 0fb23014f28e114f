"""The way of a question: read → small talk? → see → candidates → probabilities → verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from intents.calibration import MOST_CHOICES, Bands, Logistic, Trial, fit_bands, fit_logistic
from intents.entry import Kind
from intents.evidence import PARTS, Evidence, Seen
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from intents.catalog import Catalog
    from intents.lexicon import Question

    Doubles = NDArray[np.float64]

_SMALL_TALK_LIKENESS = 88  # rapidfuzz ratio of the whole message; small talk is short and fixed
_MOST_LESSONS = 1500  # of each kind; a dozen weights and two thresholds need no more


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with how it came about."""

    question: Question
    verdict: Verdict
    bands: Bands


class Matcher:
    """Matches questions against one catalog. Fitting takes seconds, matching about a millisecond."""

    def __init__(self, catalog: Catalog) -> None:
        self._lexicon = catalog.lexicon
        self._small_talk = {
            self._lexicon.read(text).said: entry.id
            for entry in catalog.entries.values()
            if entry.kind is Kind.SMALL_TALK
            for text in entry.phrasings
        }
        self._evidence = Evidence(catalog)
        self._fit()

    def match(self, text: str) -> Verdict:
        """Say what a question means. Total: any text gets a verdict, in bounded time."""
        return self.explain(text).verdict

    def explain(self, text: str) -> Explanation:
        """Match, and show the repaired question and the bands too."""
        question = self._lexicon.read(text)
        return Explanation(question, self._decide(question), self.bands)

    def _decide(self, question: Question) -> Verdict:
        small_talk = self._find_small_talk(question)
        if small_talk:
            return small_talk
        if not question.has_subject or not self._evidence.entries:
            return Unknown(Reason.NO_SUBJECT)
        ranking = self._rank(self._evidence.see(question))
        best = ranking[0].score
        if best >= self.bands.answer:
            return Answer(ranking[0].entry, ranking)
        if best >= self.bands.clarify:
            close = [c.entry for c in ranking[:MOST_CHOICES] if c.score >= best / 5]
            return Clarify(tuple(close if len(close) > 1 else (c.entry for c in ranking[:2])), ranking)
        reason = Reason.WEAK if best >= self.bands.clarify / 2 else Reason.OUT_OF_SCOPE
        return Unknown(reason, ranking)

    def _find_small_talk(self, question: Question) -> Answer | None:
        if not question.said:
            return None
        found = process.extractOne(
            question.said, self._small_talk.keys(), scorer=fuzz.ratio, score_cutoff=_SMALL_TALK_LIKENESS
        )
        if found is None:
            return None
        entry = self._small_talk[found[0]]
        return Answer(entry, (Candidate(entry, found[1] / 100, {"small_talk": found[1] / 100}),))

    def _rank(self, seen: Seen) -> tuple[Candidate, ...]:
        candidates = self._evidence.candidates(seen)
        parts = self._evidence.parts(seen, candidates)
        probabilities = self._logistic(parts)
        return tuple(
            Candidate(
                self._evidence.entries[candidates[i]],
                float(probabilities[i]),
                {name: round(float(value), 4) for name, value in zip(PARTS, parts[i], strict=True)},
            )
            for i in np.argsort(-probabilities, kind="stable")
        )

    def _fit(self) -> None:
        """Learn the weights of the parts and the bands from the catalog's own phrasings."""
        lessons = list(self._lessons())
        parts = np.concatenate([parts for _, _, parts in lessons])
        right = np.concatenate([np.equal(candidates, own) for own, candidates, _ in lessons]).astype(float)
        self._logistic: Logistic = fit_logistic(parts, right, np.ones(len(right)))
        self.bands: Bands = fit_bands([self._trial(*lesson) for lesson in lessons])

    def _lessons(self) -> Iterator[tuple[int, list[int], Doubles]]:
        """(right entry or −1, candidates, parts) of questions that the models did not see."""
        evidence = self._evidence
        inside = np.flatnonzero(evidence.labels >= 0)
        outside = np.flatnonzero(evidence.labels < 0)
        for rows in (_spread(inside, _MOST_LESSONS), _spread(outside, _MOST_LESSONS)):
            for seen, row in zip(evidence.see_again(rows), rows, strict=True):
                own = int(evidence.labels[row])
                candidates = evidence.candidates(seen)
                yield own, candidates, evidence.parts(seen, candidates, own=own)
        hidden = set(_spread(inside, _MOST_LESSONS // 3).tolist())
        for entry in range(len(evidence.entries)):
            rows = np.array([row for row in evidence.rows_of(entry) if row in hidden], np.intp)
            for seen in evidence.see_again(rows, without=entry) if len(rows) else ():
                candidates = [c for c in evidence.candidates(seen) if c != entry]
                yield -1, candidates, evidence.parts(seen, candidates)

    def _trial(self, own: int, candidates: Sequence[int], parts: Doubles) -> Trial:
        probabilities = self._logistic(parts)
        order = np.argsort(-probabilities, kind="stable")
        ranked = [candidates[i] for i in order]
        return Trial(
            probabilities=probabilities[order],
            right=ranked.index(own) if own in ranked else None,
            outside=own < 0,
            shown=not ranked or self._evidence.kinds[ranked[0]] is Kind.ANSWER,
        )


def _spread(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, evenly spread."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
