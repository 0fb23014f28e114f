"""Questions with known answers → how good the matcher is.

A line of a question file is JSON: `{"text", "entry": id}`, `{"text", "any_of": [ids]}` or, out of
scope, `{"text", "entry": null}`; `"style"` may be told. An answer by small talk or a signpost
counts as unknown, except where the line names that entry.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from intents.entry import Kind
from intents.verdict import Answer, Clarify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


@dataclass(slots=True)
class OutOfScope:
    """Counts of out-of-scope questions."""

    n: int = 0
    answered: int = 0
    clarified: int = 0
    unknown: int = 0


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
    """Ask every question and count. `clock` returns seconds (this package reads no clock)."""
    report = Report()
    styles: dict[str, InScope] = defaultdict(InScope)
    times = []
    for case in cases:
        started = clock()
        verdict = matcher.match(case.text)
        times.append((clock() - started) * 1000)
        if not case.right:
            _count_out(report.out_of_scope, verdict, catalog)
            continue
        for counts in (report.in_scope, *((styles[case.style],) if case.style else ())):
            _count_in(counts, verdict, case.right, catalog)
        if (
            isinstance(verdict, Answer)
            and _is_answer(verdict, case.right, catalog)
            and verdict.entry not in case.right
        ):
            report.misses.append(Miss(case, verdict.entry))
    for counts in (report.in_scope, *styles.values()):
        counts.top1 = round(counts.top1 / (counts.n or 1), 4)
        counts.top3 = round(counts.top3 / (counts.n or 1), 4)
    report.styles = dict(sorted(styles.items()))
    report.ms = {f"p{q}": round(float(np.percentile(times or [0], q)), 3) for q in (50, 95, 99)}
    return report


def _is_answer(verdict: Answer, right: frozenset[str], catalog: Catalog) -> bool:
    return verdict.entry in right or catalog.entries[verdict.entry].kind is Kind.ANSWER


def _count_in(counts: InScope, verdict: Verdict, right: frozenset[str], catalog: Catalog) -> None:
    counts.n += 1
    ranked = [candidate.entry for candidate in verdict.ranking]
    counts.top1 += bool(right.intersection(ranked[:1]))
    counts.top3 += bool(right.intersection(ranked[:3]))
    match verdict:
        case Answer() if _is_answer(verdict, right, catalog):
            if verdict.entry in right:
                counts.answered_right += 1
            else:
                counts.answered_wrong += 1
        case Clarify(choices=choices):
            if right.intersection(choices):
                counts.clarified_with_right += 1
            else:
                counts.clarified_without_right += 1
        case _:
            counts.unknown += 1


def _count_out(counts: OutOfScope, verdict: Verdict, catalog: Catalog) -> None:
    counts.n += 1
    match verdict:
        case Answer() if _is_answer(verdict, frozenset(), catalog):
            counts.answered += 1
        case Clarify():
            counts.clarified += 1
        case _:
            counts.unknown += 1
