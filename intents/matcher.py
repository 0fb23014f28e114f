"""The way of a question: read → small talk? → see → candidates → probabilities → verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from intents.calibration import MOST_CHOICES
from intents.entry import Kind
from intents.evidence import PARTS, Evidence
from intents.examples import Examples
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict

if TYPE_CHECKING:
    from intents.calibration import Bands
    from intents.catalog import Catalog
    from intents.fitting import Fitted
    from intents.lexicon import Question

_SMALL_TALK_LIKENESS = 88  # rapidfuzz ratio of the whole message; small talk is short and fixed
_POLITE_LIKENESS = 75  # the same, for a message of nothing but polite words
_CLOSE = 0.2  # a choice is offered when it is at least this likely, relative to the best


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with how it came about."""

    question: Question
    verdict: Verdict
    bands: Bands


def decide(ranking: tuple[Candidate, ...], bands: Bands) -> Verdict:
    """The verdict on a ranking, best first, that is not empty."""
    best = ranking[0].score
    if best >= bands.answer:
        return Answer(ranking[0].entry, ranking)
    if best >= bands.clarify and len(ranking) > 1:
        close = sum(candidate.score >= best * _CLOSE for candidate in ranking[:MOST_CHOICES])
        return Clarify(tuple(c.entry for c in ranking[: max(close, 2)]), ranking)
    return Unknown(Reason.WEAK if best >= bands.clarify / 2 else Reason.OUT_OF_SCOPE, ranking)


class Matcher:
    """Matches questions against one catalog, with what was fitted on it."""

    def __init__(self, catalog: Catalog, fitted: Fitted) -> None:
        self._lexicon = catalog.lexicon
        self._small_talk = {
            self._lexicon.read(text).said: entry.id
            for entry in catalog.entries.values()
            if entry.kind is Kind.SMALL_TALK
            for text in entry.phrasings
        }
        self._examples = Examples.of(catalog)
        self._evidence = Evidence(self._examples, catalog.lexicon)
        self._fitted = fitted

    @property
    def fitted(self) -> Fitted:
        """What was learned."""
        return self._fitted

    def match(self, text: str) -> Verdict:
        """Say what a question means. Total: any text gets a verdict, in bounded time."""
        return self.explain(text).verdict

    def explain(self, text: str) -> Explanation:
        """Match, and show the repaired question and the bands too."""
        question = self._lexicon.read(text)
        return Explanation(question, self._decide(question), self._fitted.bands)

    def _decide(self, question: Question) -> Verdict:
        small_talk = self._find_small_talk(question)
        if small_talk:
            return small_talk
        if not question.has_subject or not self._examples.entries:
            return Unknown(Reason.NO_SUBJECT)
        ranking = self._rank(question)
        if not ranking:
            return Unknown(Reason.OUT_OF_SCOPE)
        return decide(ranking, self._fitted.bands)

    def _find_small_talk(self, question: Question) -> Answer | None:
        found = process.extractOne(
            question.said,
            self._small_talk.keys(),
            scorer=fuzz.ratio,
            score_cutoff=_SMALL_TALK_LIKENESS if question.has_subject else _POLITE_LIKENESS,
        )
        if found is None or not question.said:
            return None
        likeness = found[1] / 100
        entry = self._small_talk[found[0]]
        return Answer(entry, (Candidate(entry, likeness, {"small_talk": likeness}),))

    def _rank(self, question: Question) -> tuple[Candidate, ...]:
        seen = self._evidence.see(question, self._fitted.ridge)
        if not seen.similar.any():  # not one known word or syllable
            return ()
        candidates = self._evidence.candidates(seen)
        parts = self._evidence.parts(seen, candidates)
        probabilities = self._fitted.logistic(parts)
        return tuple(
            Candidate(
                self._examples.entries[candidates[i]].id,
                float(probabilities[i]),
                dict(zip(PARTS, map(float, parts[i].round(4)), strict=True)),
            )
            for i in np.argsort(-probabilities, kind="stable")
        )
