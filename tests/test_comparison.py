"""Two FAQs are compared question by question."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from intents.comparison import Comparison, Trend, compare
from intents.evaluate import Report, Result
from tests.outcomes import answered_outside, clarified, outcome, right, unknown, wrong

if TYPE_CHECKING:
    from intents.evaluate import Outcome

WORST_FIRST = [
    wrong(),
    clarified("b:0.5 c:0.4"),
    unknown(),
    clarified("b:0.5 a:0.4"),
    right(),
]
WORST_FIRST_OUTSIDE = [answered_outside(), clarified(asked=""), unknown(asked="")]
STEPS = [*pairwise(WORST_FIRST), *pairwise(WORST_FIRST_OUTSIDE)]


@pytest.mark.parametrize(("worse", "better"), STEPS)
def test_every_step_up_is_better_and_down_is_worse(worse: Outcome, better: Outcome) -> None:
    """Wrong < asked back in vain < unknown < asked back well < right."""
    assert [change.trend for change in compare([worse], [better]).changes] == [Trend.BETTER]
    assert [change.trend for change in compare([better], [worse]).changes] == [Trend.WORSE]


@pytest.mark.parametrize("one", [*WORST_FIRST, *WORST_FIRST_OUTSIDE])
def test_what_stays_is_no_change(one: Outcome) -> None:
    """Other scores for the same words said are no change."""
    assert compare([one], [one]).changes == ()
    assert compare([unknown("b:0.2")], [unknown("c:0.1")]).changes == ()


def test_something_else_of_the_same_worth_is_told_apart() -> None:
    """Another wrong answer, other choices, another answer out of scope."""
    before = [wrong("b:0.8"), clarified("b:0.5 a:0.4"), answered_outside("b:0.7")]
    after = [wrong("c:0.8"), clarified("a:0.5 b:0.4"), answered_outside("c:0.7")]
    compared = compare(before, after)
    assert [change.trend for change in compared.changes] == [Trend.OTHER] * 3
    assert compared.of(Trend.BETTER) == compared.of(Trend.WORSE) == []


def test_an_entry_that_is_no_answer_any_more_is_a_change() -> None:
    """A signpost in the old FAQ, an answer in the new one: the same entry, another result."""
    before = outcome("", "b:0.7", Result.UNKNOWN)
    assert [c.trend for c in compare([before], [answered_outside()]).changes] == [Trend.WORSE]


def test_a_comparison_counts_moves_and_holds_both_reports() -> None:
    """The most frequent move first; changes keep the order of the questions."""
    before = [unknown(text="1"), right(text="2"), unknown(text="3"), right(text="4")]
    after = [right(text="1"), wrong(text="2"), right(text="3"), right(text="4")]
    compared = compare(before, after)
    assert compared == Comparison(Report.of(before), Report.of(after), compared.changes)
    assert [change.case.text for change in compared.changes] == ["1", "2", "3"]
    assert compared.moves() == [
        (Result.UNKNOWN, Result.ANSWERED_RIGHT, 2),
        (Result.ANSWERED_RIGHT, Result.ANSWERED_WRONG, 1),
    ]


def test_only_the_same_questions_can_be_compared() -> None:
    """Two lists of unlike length are a fault of the caller."""
    with pytest.raises(ValueError, match="shorter"):
        compare([right()], [])
