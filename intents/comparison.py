"""The same questions asked of two FAQs: what changed, and whether for the better."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from intents.evaluate import Report, Result
from intents.verdict import Answer, Clarify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.evaluate import Case, Outcome
    from intents.verdict import Verdict

# From what harms a citizen most to what helps most. Not to know is better than to ask back in
# vain, and a wrong answer is the worst of all.
_WORTH = {
    Result.ANSWERED_WRONG: 0,
    Result.CLARIFIED_WITHOUT_RIGHT: 1,
    Result.UNKNOWN: 2,
    Result.CLARIFIED_WITH_RIGHT: 3,
    Result.ANSWERED_RIGHT: 4,
}
_WORTH_OUTSIDE = {Result.ANSWERED: 0, Result.CLARIFIED: 1, Result.UNKNOWN: 2}


class Trend(StrEnum):
    """What a change is worth."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"  # something else was said, no better and no worse


@dataclass(frozen=True, slots=True)
class Change:
    """A question to which the two FAQs say different things."""

    case: Case
    before: Outcome
    after: Outcome

    @property
    def trend(self) -> Trend:
        """Whether it became better."""
        worth = _WORTH if self.case.right else _WORTH_OUTSIDE
        gain = worth[self.after.result] - worth[self.before.result]
        if gain == 0:
            return Trend.OTHER
        return Trend.BETTER if gain > 0 else Trend.WORSE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both reports and what changed between them, in the order of the questions."""

    before: Report
    after: Report
    changes: tuple[Change, ...]

    def of(self, trend: Trend) -> list[Change]:
        """The changes of one trend."""
        return [change for change in self.changes if change.trend is trend]

    def moves(self) -> list[tuple[Result, Result, int]]:
        """From which result to which, and how often; the most frequent first."""
        counts = Counter((change.before.result, change.after.result) for change in self.changes)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(before, after, count) for (before, after), count in ordered]


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> Comparison:
    """Compare two lists of outcomes of the same questions in the same order."""
    changes = tuple(
        Change(new.case, old, new)
        for old, new in zip(before, after, strict=True)
        # The same entry may have become an answer, or none.
        if (old.result, said(old.verdict)) != (new.result, said(new.verdict))
    )
    return Comparison(Report.of(before), Report.of(after), changes)


def said(verdict: Verdict) -> tuple[str, ...]:
    """The entries that were answered with (one) or offered (several); none when unknown."""
    match verdict:
        case Answer(entry=entry):
            return (entry,)
        case Clarify(choices=choices):
            return choices
        case _:
            return ()
