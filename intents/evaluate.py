"""Questions with known answers → how good the matcher is.

A line of a question file is JSON: `{"text", "entry": id}`, `{"text", "any_of": [ids]}` or, out of
scope, `{"text", "entry": null}`; `"style"` may be told. An answer by small talk or a signpost
counts as unknown, except where the line names that entry.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from intents.entry import Kind
from intents.verdict import Answer, Candidate, Clarify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from intents.catalog import Catalog
    from intents.matcher import Matcher
    from intents.verdict import Verdict


class CaseError(ValueError):
    """A malformed line of a question file."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the entries that answer it; none when it is out of scope."""

    text: str
    right: frozenset[str]
    style: str | None = None


class Result(StrEnum):
    """What became of a question, under the names of the report."""

    ANSWERED_RIGHT = "answered_right"
    ANSWERED_WRONG = "answered_wrong"
    ANSWERED = "answered"  # out of scope
    CLARIFIED_WITH_RIGHT = "clarified_with_right"
    CLARIFIED_WITHOUT_RIGHT = "clarified_without_right"
    CLARIFIED = "clarified"  # out of scope
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question that was asked.

    `verdict` is without the parts of its candidates. `sureness` is the score with which the first
    entry would be the answer; None where it could not be one: nothing was found, or small talk or
    a signpost.
    """

    case: Case
    verdict: Verdict
    result: Result
    sureness: float | None
    ms: float = 0

    @classmethod
    def of(cls, case: Case, verdict: Verdict, catalog: Catalog, ms: float = 0) -> Self:
        """Judge a verdict."""
        first = verdict.ranking[0] if verdict.ranking else None
        sure = first is not None and _is_answer(first.entry, case.right, catalog)
        result = _judged(verdict, case.right, catalog)
        # The parts of thousands of rankings would fill the memory that is measured.
        ranking = tuple(Candidate(one.entry, one.score) for one in verdict.ranking)
        light = replace(verdict, ranking=ranking)
        return cls(case, light, result, first.score if first and sure else None, ms)

    @property
    def first(self) -> str | None:
        """The entry that came first."""
        return self.verdict.ranking[0].entry if self.verdict.ranking else None

    def found(self, most: int) -> bool:
        """Whether a right entry is among the first `most`."""
        return any(candidate.entry in self.case.right for candidate in self.verdict.ranking[:most])


@dataclass(slots=True)
class InScope:
    """Counts of in-scope questions; `top1` and `top3` are fractions of n by the full ranking."""

    n: int = 0
    answered_right: int = 0
    answered_wrong: int = 0
    clarified_with_right: int = 0
    clarified_without_right: int = 0
    unknown: int = 0
    top1: float = 0
    top3: float = 0

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Count the in-scope ones of the outcomes."""
        inside = [outcome for outcome in outcomes if outcome.case.right]
        counts = cls(n=len(inside))
        for outcome in inside:
            setattr(counts, outcome.result, getattr(counts, outcome.result) + 1)
        counts.top1 = round(sum(o.found(1) for o in inside) / (len(inside) or 1), 4)
        counts.top3 = round(sum(o.found(3) for o in inside) / (len(inside) or 1), 4)
        return counts


@dataclass(slots=True)
class OutOfScope:
    """Counts of out-of-scope questions."""

    n: int = 0
    answered: int = 0
    clarified: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Count the out-of-scope ones of the outcomes."""
        outside = [outcome for outcome in outcomes if not outcome.case.right]
        counts = cls(n=len(outside))
        for outcome in outside:
            setattr(counts, outcome.result, getattr(counts, outcome.result) + 1)
        return counts


@dataclass(frozen=True, slots=True)
class Miss:
    """An answered question whose answer was wrong."""

    case: Case
    answered: str


@dataclass(slots=True)
class Report:
    """What `hoidap evaluate` prints. `ms` holds percentiles of the time per question."""

    in_scope: InScope = field(default_factory=InScope)
    out_of_scope: OutOfScope = field(default_factory=OutOfScope)
    ms: dict[str, float] = field(default_factory=dict)
    styles: dict[str, InScope] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Count outcomes."""
        styles = defaultdict(list)
        for outcome in outcomes:
            if outcome.case.style and outcome.case.right:
                styles[outcome.case.style].append(outcome)
        times = [outcome.ms for outcome in outcomes] or [0]
        return cls(
            in_scope=InScope.of(outcomes),
            out_of_scope=OutOfScope.of(outcomes),
            ms={f"p{q}": round(float(np.percentile(times, q)), 3) for q in (50, 95, 99)},
            styles={style: InScope.of(asked) for style, asked in sorted(styles.items())},
            misses=[
                Miss(outcome.case, outcome.verdict.entry)
                for outcome in outcomes
                if outcome.result is Result.ANSWERED_WRONG and isinstance(outcome.verdict, Answer)
            ],
        )

    def as_json(self) -> dict[str, Any]:
        """The published part of the report, ready for `json.dumps`."""
        plain = asdict(self)
        del plain["misses"]
        return plain


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read a question file.

    Raises:
        CaseError: naming the first malformed line and what is wrong with it.
    """
    return [_case(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _case(number: int, line: str) -> Case:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"dòng {number}: không phải JSON ({error})"
        raise CaseError(message) from None
    match item:
        case {"text": str(text), "any_of": [*ids]} if ids and all(isinstance(i, str) for i in ids):
            right = frozenset(ids)
        case {"text": str(text), "entry": str(entry)}:
            right = frozenset({entry})
        case {"text": str(text), "entry": None}:
            right = frozenset()
        case _:
            message = f'dòng {number}: cần "text" và một trong "entry": "mã", "entry": null, "any_of": ["mã", …]'
            raise CaseError(message)
    style = item.get("style")
    if not (style is None or isinstance(style, str)):
        message = f'dòng {number}: "style" phải là chữ'
        raise CaseError(message)
    return Case(text, right, style)


def evaluate(
    matcher: Matcher, catalog: Catalog, cases: Iterable[Case], clock: Callable[[], float]
) -> Report:
    """Ask every question and count."""
    return Report.of(ask(matcher, catalog, cases, clock))


def ask(
    matcher: Matcher, catalog: Catalog, cases: Iterable[Case], clock: Callable[[], float]
) -> list[Outcome]:
    """Ask every question. `clock` returns seconds (this package reads no clock)."""
    outcomes = []
    for case in cases:
        started = clock()
        verdict = matcher.match(case.text)
        outcomes.append(Outcome.of(case, verdict, catalog, (clock() - started) * 1000))
    return outcomes


def _judged(verdict: Verdict, right: frozenset[str], catalog: Catalog) -> Result:
    match verdict:
        case Answer(entry=entry) if _is_answer(entry, right, catalog):
            if not right:
                return Result.ANSWERED
            return Result.ANSWERED_RIGHT if entry in right else Result.ANSWERED_WRONG
        case Clarify(choices=choices):
            if not right:
                return Result.CLARIFIED
            within = right.intersection(choices)
            return Result.CLARIFIED_WITH_RIGHT if within else Result.CLARIFIED_WITHOUT_RIGHT
        case _:
            return Result.UNKNOWN


def _is_answer(entry: str, right: frozenset[str], catalog: Catalog) -> bool:
    return entry in right or catalog.entries[entry].kind is Kind.ANSWER
