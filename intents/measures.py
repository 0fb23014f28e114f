"""What a list of outcomes shows beyond its counts: confusions, entries that are missed, the curve."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.evaluate import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.evaluate import Outcome


@dataclass(frozen=True, slots=True)
class Confusion:
    """Questions of `right` for which `found` came first; None where nothing was found.

    `answered` of the `count` questions were answered so; `example` is one of these if there are any.
    """

    right: tuple[str, ...]
    found: str | None
    count: int
    answered: int
    example: str


@dataclass(frozen=True, slots=True)
class Recall:
    """How well an entry is found by the questions that it answers."""

    entry: str
    n: int
    first: int
    in_three: int
    answered_right: int


@dataclass(frozen=True, slots=True)
class Point:
    """What would happen if everything at least as sure as `threshold` were answered.

    `coverage` is the share of in-scope questions that get an answer, `precision` the share of
    these whose answer is right, `outside` the share of out-of-scope questions that get one.
    """

    threshold: float
    coverage: float
    precision: float
    outside: float


def confusions(outcomes: Sequence[Outcome]) -> list[Confusion]:
    """Wrong first entries of in-scope questions, the most frequent first."""
    wrong = defaultdict(list)
    for outcome in outcomes:
        if outcome.case.right and not outcome.found(1):
            wrong[tuple(sorted(outcome.case.right)), outcome.first].append(outcome)
    found = []
    for (right, first), group in wrong.items():
        answered = [o for o in group if o.result is Result.ANSWERED_WRONG]
        example = (answered or group)[0].case.text
        found.append(Confusion(right, first, len(group), len(answered), example))
    return sorted(found, key=lambda c: (-c.count, -c.answered, c.right, c.found or ""))


def recall(outcomes: Sequence[Outcome]) -> list[Recall]:
    """Every entry that is asked for, the worst first.

    A question with several right entries counts for each of them.
    """
    asked = defaultdict(list)
    for outcome in outcomes:
        for entry in outcome.case.right:
            asked[entry].append(outcome)
    every = [
        Recall(
            entry,
            n=len(group),
            first=sum(outcome.found(1) for outcome in group),
            in_three=sum(outcome.found(3) for outcome in group),
            answered_right=sum(outcome.result is Result.ANSWERED_RIGHT for outcome in group),
        )
        for entry, group in asked.items()
    ]
    return sorted(every, key=lambda r: (r.first / r.n, r.in_three / r.n, -r.n, r.entry))


def missed(outcomes: Sequence[Outcome]) -> list[Recall]:
    """The entries that did not come first for each of their questions, the worst first."""
    return [one for one in recall(outcomes) if one.first < one.n]


def curve(outcomes: Sequence[Outcome]) -> list[Point]:
    """Coverage against precision, from the surest question on; coverage only grows.

    One threshold on the score of the first entry; the matcher itself may decide by more.
    """
    total = sum(bool(outcome.case.right) for outcome in outcomes)
    outside = len(outcomes) - total
    at = defaultdict(list)
    for outcome in outcomes:
        if outcome.sureness is not None:
            at[outcome.sureness].append(outcome)
    points = []
    answered = right = wrongly = 0
    for threshold in sorted(at, reverse=True):
        inside = [outcome for outcome in at[threshold] if outcome.case.right]
        wrongly += len(at[threshold]) - len(inside)
        answered += len(inside)
        right += sum(outcome.found(1) for outcome in inside)
        if inside:
            share = wrongly / (outside or 1)
            points.append(Point(threshold, answered / total, right / answered, share))
    return points


def at_coverage(points: Sequence[Point], coverage: float) -> Point | None:
    """The first point that covers so much; None when none does."""
    return next((point for point in points if point.coverage >= coverage), None)


def operating_point(outcomes: Sequence[Outcome]) -> Point | None:
    """Where the matcher stands by its own decisions; None when it answered nothing."""
    inside = [outcome for outcome in outcomes if outcome.case.right]
    outside = [outcome for outcome in outcomes if not outcome.case.right]
    right = sum(outcome.result is Result.ANSWERED_RIGHT for outcome in inside)
    answered = right + sum(outcome.result is Result.ANSWERED_WRONG for outcome in inside)
    if not answered:
        return None
    sure = [
        outcome.sureness
        for outcome in inside
        if outcome.result in {Result.ANSWERED_RIGHT, Result.ANSWERED_WRONG}
        and outcome.sureness is not None
    ]
    wrongly = sum(outcome.result is Result.ANSWERED for outcome in outside)
    return Point(
        threshold=min(sure, default=0.0),
        coverage=answered / len(inside),
        precision=right / answered,
        outside=wrongly / (len(outside) or 1),
    )
