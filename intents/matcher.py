"""The way of a question: read → small talk? → see → candidates → probabilities → verdict.

Its words are looked at first; where they leave a doubt, its meaning too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from intents.decision import decide
from intents.embedding import EmbeddingError
from intents.reading import Explanation, Reading
from intents.segments import parts
from intents.text import shorten
from intents.verdict import Answer, Candidate, Reason, Unknown, Verdict

if TYPE_CHECKING:
    from intents.fitted import Fitted
    from intents.knowledge import Knowledge
    from intents.lexicon import Question
    from intents.meaning import Semantic

_SMALL_TALK_LIKENESS = 88  # rapidfuzz ratio of the whole message; small talk is short and fixed
_POLITE_LIKENESS = 75  # the same, for a message of nothing but polite words


class Matcher:
    """Matches questions against one catalog, with what was fitted on it."""

    def __init__(
        self, knowledge: Knowledge, fitted: Fitted, semantic: Semantic | None = None
    ) -> None:
        """Without `semantic` the words alone decide."""
        self._knowledge = knowledge
        self._lexicon = knowledge.lexicon
        self._evidence = knowledge.evidence
        self._semantic = semantic
        self.fitted = fitted

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
        text = shorten(text)
        found = parts(text, self._lexicon)
        asking, telling = (
            tuple(e for e in map(self._glance, texts) if not self._is_small_talk(e.verdict))
            for texts in (found.asking, found.telling)
        )
        return Reading(self._glance(text), asking, telling)

    def look(self, glance: Reading) -> Reading:
        """Match what the words left in doubt by the meaning too: some 30 ms a text, any thread.

        Raises:
            EmbeddingError: when a text cannot be embedded.
        """
        return Reading(
            self._look(glance.whole),
            tuple(self._look(explanation) for explanation in glance.parts),
            glance.told,
        )

    def _glance(self, text: str) -> Explanation:
        question, judge = self._lexicon.read(text), self.fitted.judge
        small_talk = self._find_small_talk(question)
        if small_talk:
            return Explanation(text, question, small_talk, judge.bands, 1.0, sure=True)
        if not question.has_subject or not self._knowledge.examples.entries:
            unknown = Unknown(Reason.NO_SUBJECT)
            return Explanation(text, question, unknown, judge.bands, 0.0, sure=True)
        view = self._evidence.see(question, self.fitted.words)
        verdict, scope = decide(self._knowledge, judge, question, [view])
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
        words = self._evidence.see(glance.question, self.fitted.words)
        views = [words, self._semantic.see(glance.question.meant)]
        verdict, scope = decide(self._knowledge, judge, glance.question, views)
        return replace(glance, verdict=verdict, bands=judge.bands, scope=scope, by_meaning=True)

    def _is_small_talk(self, verdict: Verdict) -> bool:
        return isinstance(verdict, Answer) and verdict.entry in self._knowledge.small_talk.values()

    def _find_small_talk(self, question: Question) -> Answer | None:
        found = process.extractOne(
            question.said,
            self._knowledge.small_talk.keys(),
            scorer=fuzz.ratio,
            score_cutoff=_SMALL_TALK_LIKENESS if question.has_subject else _POLITE_LIKENESS,
        )
        if found is None or not question.said:
            return None
        likeness = found[1] / 100
        entry = self._knowledge.small_talk[found[0]]
        return Answer(entry, (Candidate(entry, likeness, {"small_talk": likeness}),))
