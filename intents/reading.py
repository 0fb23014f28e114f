"""A message as the matcher read it: as a whole, by its parts, and which of these count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.verdict import Answer, Clarify, Unknown

if TYPE_CHECKING:
    from intents.calibration import Bands
    from intents.lexicon import Question
    from intents.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with how it came about.

    `text` is the part of the message that was matched. `scope` is the probability that it is
    about the FAQ at all. `sure` says that its words decide and its meaning need not be looked at;
    `by_meaning` that it was.
    """

    text: str
    question: Question
    verdict: Verdict
    bands: Bands
    scope: float
    sure: bool
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The explanations of the whole message and of its parts; none where it is short.

    `parts` are those that ask, `told` those that only name a subject: they are read by their
    words alone.
    """

    whole: Explanation
    parts: tuple[Explanation, ...] = ()
    told: tuple[Explanation, ...] = ()

    @property
    def all(self) -> tuple[Explanation, ...]:
        return (self.whole, *self.parts, *self.told)

    @property
    def sure(self) -> bool:
        """Whether the words alone decide what counts."""
        return all(explanation.sure for explanation in self.chosen)

    @property
    def chosen(self) -> tuple[Explanation, ...]:
        """What is replied to: one, or up to three different questions that each have an answer.

        Else the whole message, unless a part without the story around it says more.
        """
        return self._several() or (max((self.whole, *self._clearer()), key=_says),)

    def _clearer(self) -> tuple[Explanation, ...]:
        """Parts that may speak for the whole: where it is not known, or would offer the same.

        What is told and not asked speaks for the unknown only where nothing is asked.
        """
        match self.whole.verdict:
            case Clarify(choices=choices):
                return tuple(
                    part
                    for part in (*self.parts, *self.told)
                    if isinstance(part.verdict, Answer) and part.verdict.entry in choices
                )
            case Unknown():
                speaking = self.parts or self.told
                return tuple(part for part in speaking if isinstance(part.verdict, Answer))
            case _:
                return ()

    def _several(self) -> tuple[Explanation, ...]:
        """Parts with answers of their own, if there are two; a part within another is the same."""
        texts = [part.text for part in self.parts]
        apart = [
            part
            for part in self.parts
            if not any(part.text in text for text in texts if text != part.text)
        ]
        answered = {part.verdict.entry: part for part in apart if isinstance(part.verdict, Answer)}
        whole = self.whole.verdict
        if len(answered) < 2 or (isinstance(whole, Answer) and whole.entry not in answered):
            return ()
        return tuple(answered.values())


def _says(explanation: Explanation) -> int:
    """How much a verdict says: an answer more than choices, these more than nothing."""
    match explanation.verdict:
        case Answer():
            return 2
        case Clarify():
            return 1
        case Unknown():
            return 0
