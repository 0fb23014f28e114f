"""What is counted from outcomes: confusions, missed entries, and coverage against precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.measures import (
    Confusion,
    Point,
    Recall,
    at_coverage,
    confusions,
    curve,
    missed,
    operating_point,
    recall,
)
from tests.outcomes import answered_outside, clarified, right, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from intents.evaluate import Outcome


def test_confusions_are_wrong_first_entries_the_most_frequent_first() -> None:
    """An answered example is shown before one that was only ranked so; out of scope is no part."""
    outcomes = [
        unknown(text="không thấy gì"),
        clarified(text="hỏi lại"),
        wrong(text="trả lời sai"),
        wrong("c:0.6", asked="b a", text="hai mục đúng"),
        right(),
        answered_outside(),
    ]
    assert confusions(outcomes) == [
        Confusion(("a",), "b", count=2, answered=1, example="trả lời sai"),
        Confusion(("a", "b"), "c", count=1, answered=1, example="hai mục đúng"),
        Confusion(("a",), None, count=1, answered=0, example="không thấy gì"),
    ]


def test_recall_counts_each_right_entry_the_worst_first() -> None:
    """First place, first three, and really answered; a question may name several entries."""
    outcomes = [
        right(),
        right(),
        clarified("b:0.5 a:0.4"),
        unknown("a:0.1"),
        wrong("c:0.9 d:0.1 e:0.1 b:0.1", asked="b"),
        wrong("c:0.9 d:0.1 z:0.1", asked="y z"),
        answered_outside("b:0.7"),
    ]
    assert recall(outcomes) == [
        Recall("b", n=1, first=0, in_three=0, answered_right=0),
        Recall("y", n=1, first=0, in_three=1, answered_right=0),
        Recall("z", n=1, first=0, in_three=1, answered_right=0),
        Recall("a", n=4, first=3, in_three=4, answered_right=2),
    ]
    assert [one.entry for one in missed([*outcomes, right("b:1")])] == ["b", "y", "z", "a"]
    assert missed([right()]) == []


def test_the_curve_goes_from_the_surest_question_on() -> None:
    """Coverage and precision in scope, and what would be answered out of scope."""
    outcomes = [
        right("a:0.9"),
        right("a:0.9"),
        wrong("b:0.6 a:0.1"),
        unknown("a:0.2"),
        unknown(),
        answered_outside("b:0.7"),
        answered_outside("b:0.1"),
        unknown(asked=""),
        clarified("b:0.2 c:0.1", asked=""),
    ]
    assert curve(outcomes) == [
        Point(0.9, coverage=0.4, precision=1.0, outside=0.0),
        Point(0.6, coverage=0.6, precision=2 / 3, outside=0.25),
        Point(0.2, coverage=0.8, precision=0.75, outside=0.5),
    ]
    assert operating_point(outcomes) == Point(0.6, coverage=0.6, precision=2 / 3, outside=0.5)


@pytest.mark.parametrize(("coverage", "threshold"), [(0, 0.9), (0.4, 0.9), (0.5, 0.6), (0.8, 0.2)])
def test_a_coverage_is_looked_up_on_the_curve(coverage: float, threshold: float) -> None:
    """The surest point that covers at least so much."""
    points = [Point(0.9, 0.4, 1, 0), Point(0.6, 0.6, 1, 0), Point(0.2, 0.8, 1, 0)]
    found = at_coverage(points, coverage)
    assert found is not None
    assert found.threshold == threshold
    assert at_coverage(points, 0.81) is None


@pytest.mark.parametrize("outcomes", [[], [unknown()], [answered_outside()], [unknown(asked="")]])
def test_nothing_answered_has_no_curve(outcomes: list[Outcome]) -> None:
    """No division by zero."""
    assert curve(outcomes) == []
    assert operating_point(outcomes) is None


@given(st.lists(st.tuples(st.sampled_from([right, wrong, answered_outside]), st.floats(0, 1))))
def test_the_curve_agrees_with_counting_at_each_threshold(
    made: list[tuple[Callable[[str], Outcome], float]],
) -> None:
    """Every point, counted the slow way; coverage grows from point to point."""
    outcomes = [make(f"{'a' if make is right else 'b'}:{sure!r}") for make, sure in made]
    inside = [outcome for outcome in outcomes if outcome.case.right]
    points = curve(outcomes)
    for point in points:
        answered = [o for o in inside if (o.sureness or 0) >= point.threshold]
        assert point.coverage == len(answered) / len(inside)
        assert point.precision == sum(o.found(1) for o in answered) / len(answered)
    coverage = [point.coverage for point in points]
    assert coverage == sorted(set(coverage))
    assert not inside or coverage[-1] == 1
