"""The way of a question: read → small talk? → see → candidates → probabilities → verdict.

Its words are looked at first; where they leave a doubt, its meaning too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from intents.calibration import MOST_CHOICES, SIGNPOSTED
from intents.embedding import EmbeddingError
from intents.entry import Kind
from intents.evidence import MEANING_PARTS
from intents.facets import asked_facets
from intents.reading import Explanation, Reading
from intents.segments import asking_parts, is_short, segments
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.evidence import View
    from intents.fitting import Fitted, Judge
    from intents.knowledge import Knowledge
    from intents.lexicon import Question
    from intents.meaning import Semantic

_SMALL_TALK_LIKENESS = 88  # rapidfuzz ratio of the whole message; small talk is short and fixed
_POLITE_LIKENESS = 75  # the same, for a message of nothing but polite words
_CLOSE = 0.2  # a choice is offered when it is at least this likely, relative to the best


class Matcher:
    """Matches questions against one catalog, with what was fitted on it."""

    def __init__(
        self, knowledge: Knowledge, fitted: Fitted, semantic: Semantic | None = None
    ) -> None:
        """Without `semantic` the words alone decide."""
        self._lexicon = knowledge.lexicon
        self._small_talk = knowledge.small_talk
        self._entries = knowledge.examples.entries
        self._kinds = {entry.id: entry.kind for entry in self._entries}
        self._evidence = knowledge.evidence
        self._fitted = fitted
        self._semantic = semantic

    @property
    def semantic(self) -> bool:
        """Whether the meaning is looked at too."""
        return self._semantic is not None

    def match(self, text: str) -> Verdict:
        """Say what a question means. Total: any text gets a verdict, in bounded time."""
        return self.read(text).chosen[0].verdict

    def read(self, text: str) -> Reading:
        """Match by the words and, where these leave a doubt, by the meaning.

        When a question cannot be embedded, the verdict of the words stands.
        """
        glance = self.glance(text)
        if glance.sure:
            return glance
        try:
            return self.look(glance)
        except EmbeddingError:
            return glance

    def glance(self, text: str) -> Reading:
        """Match by the words alone: a millisecond, no language model."""
        parts = () if is_short(text) else asking_parts(segments(text, self._lexicon))
        if len(parts) == 1 and len(parts[0]) >= len(text.strip()):
            parts = ()
        explained = (self._glance(part) for part in parts)
        return Reading(
            self._glance(text),
            tuple(one for one in explained if not self._is_small_talk(one.verdict)),
        )

    def look(self, glance: Reading) -> Reading:
        """Match what the words left in doubt by the meaning too: some 30 ms a text, any thread.

        Raises:
            EmbeddingError: when a text cannot be embedded.
        """
        return Reading(
            self._look(glance.whole),
            tuple(self._look(explanation) for explanation in glance.parts),
        )

    def _glance(self, text: str) -> Explanation:
        question, judge = self._lexicon.read(text), self._fitted.judge
        small_talk = self._find_small_talk(question)
        if small_talk:
            return Explanation(text, question, small_talk, judge.bands, 1.0, sure=True)
        if not question.has_subject or not self._entries:
            unknown = Unknown(Reason.NO_SUBJECT)
            return Explanation(text, question, unknown, judge.bands, 0.0, sure=True)
        view = self._evidence.see(question, self._fitted.words)
        verdict, scope = self._decide(question, [view], judge)
        sure = not self.semantic or (
            verdict.ranking[0].score >= judge.sure.answer * scope
            if isinstance(verdict, Answer)
            else scope < judge.sure.unknown
        )
        return Explanation(text, question, verdict, judge.bands, scope, sure=sure)

    def _look(self, glance: Explanation) -> Explanation:
        if glance.sure or self._semantic is None:
            return glance
        judge = self._semantic.judge
        words = self._evidence.see(glance.question, self._fitted.words)
        meaning = self._semantic.see(glance.question.meant)
        verdict, scope = self._decide(glance.question, [words, meaning], judge)
        return replace(glance, verdict=verdict, bands=judge.bands, scope=scope, by_meaning=True)

    def _decide(
        self, question: Question, views: Sequence[View], judge: Judge
    ) -> tuple[Verdict, float]:
        candidates = self._evidence.candidates(views)
        parts = self._evidence.parts(question, views, candidates)
        scope, shares = judge.scope(parts), judge.choice(parts)
        rounded = parts.round(4).tolist()
        ranking = tuple(
            Candidate(
                self._entries[candidates.entries[i]].id,
                float(scope * shares[i]),
                dict(zip(MEANING_PARTS, rounded[i], strict=False)),
            )
            for i in np.argsort(-shares, kind="stable")
        )
        bands, best = judge.bands, float(shares.max())
        signposts = [c for c in ranking if self._kinds[c.entry] is Kind.SIGNPOST]
        if scope >= bands.clarify and sum(c.score for c in signposts) >= SIGNPOSTED * scope:
            return Answer(signposts[0].entry, ranking), scope
        if bands.answers(scope, best):
            return Answer(ranking[0].entry, ranking, asked_facets(question, self._lexicon)), scope
        if scope >= bands.clarify and len(ranking) > 1:
            close = sum(float(share) >= best * _CLOSE for share in np.sort(shares)[-MOST_CHOICES:])
            return Clarify(tuple(c.entry for c in ranking[: max(close, 2)]), ranking), scope
        reason = Reason.WEAK if scope >= bands.clarify / 2 else Reason.OUT_OF_SCOPE
        return Unknown(reason, ranking), scope

    def _is_small_talk(self, verdict: Verdict) -> bool:
        return isinstance(verdict, Answer) and verdict.entry not in self._kinds

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
