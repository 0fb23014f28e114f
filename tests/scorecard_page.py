"""The page that `make scorecard` writes, from what was measured."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.evaluate import InScope, OutOfScope, Report, Result
from intents.measures import at_coverage, confusions, curve, missed, operating_point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.evaluation import Noisy
    from intents.evaluate import Outcome
    from intents.noise import Noise

_LEAST_STYLE = 20  # questions; of fewer nothing can be said
_WEAK = 2 / 3  # of the share answered right overall
_MOST_ROWS = 20
_COVERAGES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_COLUMNS = (
    "n",
    "answered right",
    "answered wrong",
    "asked back, right among the choices",
    "asked back in vain",
    "not known",
    "top-1",
    "top-3",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Outcomes of the committed questions, of the same with noise, and of phrasings left out."""

    title: str  # of which FAQ and which questions
    topic_of: Mapping[str, str]
    outcomes: Sequence[Outcome]
    noise: Mapping[Noise, Noisy]
    left_out: Sequence[Outcome]


def page(measured: Measured) -> str:
    """The whole page."""
    return "\n".join(
        [
            "# Scorecard",
            "",
            f"Made by `make scorecard`; do not edit. {measured.title}",
            "",
            *_headline(measured.outcomes),
            *_weak_sides(measured),
            *_styles(measured.outcomes),
            *_noise(measured.outcomes, measured.noise),
            *_topics(measured),
            *_left_out(measured.left_out),
            *_curve(measured.outcomes),
            *_faults(measured.outcomes),
            "",
        ]
    )


def headline(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """The figures by which a page is known to be current."""
    inside, outside = InScope.of(outcomes), OutOfScope.of(outcomes)
    return {
        "golden questions": inside.n,
        "answered right": inside.answered_right,
        "answered wrong": inside.answered_wrong,
        "asked back, right among the choices": inside.clarified_with_right,
        "asked back in vain": inside.clarified_without_right,
        "not known": inside.unknown,
        "right entry first": sum(o.found(1) for o in outcomes if o.case.right),
        "right entry among three": sum(o.found(3) for o in outcomes if o.case.right),
        "out-of-scope questions": outside.n,
        "out of scope, answered": outside.answered,
        "out of scope, asked back": outside.clarified,
        "out of scope, not known": outside.unknown,
    }


def _headline(outcomes: Sequence[Outcome]) -> Iterator[str]:
    figures = headline(outcomes)
    yield from ("| figure | questions | share |", "| --- | ---: | ---: |")
    for name, count in figures.items():
        outside = name.startswith("out")
        total = figures["out-of-scope questions" if outside else "golden questions"]
        yield f"| {name} | {count} | {_percent(count, total)} |"
    yield ""


def _weak_sides(measured: Measured) -> Iterator[str]:
    clean, unseen = InScope.of(measured.outcomes), InScope.of(measured.left_out)
    yield from ("## What is weak", "")
    yield (
        "- A golden question whose entry is not among the three nearest fails the tests, so "
        "mistakes of that kind are mended before they can be counted here. Leaving phrasings out "
        f"is the harder test: {unseen.top1:.1%} of {unseen.n} come first, {unseen.top3:.1%} are "
        "among three."
    )
    yield (
        f"- {_percent(clean.answered_right, clean.n)} are answered at once; "
        f"{_percent(clean.clarified_with_right, clean.n)} need a second step, "
        f"though {clean.top1:.1%} had the right entry in first place."
    )
    named = [(f"style {style}", counts) for style, counts in _by_style(measured.outcomes).items()]
    named += [(f"noise {kind}", noisy.report.in_scope) for kind, noisy in measured.noise.items()]
    weak = [(name, counts) for name, counts in named if _is_weak(counts, clean)]
    for name, counts in sorted(weak, key=lambda item: item[1].answered_right / item[1].n):
        yield (
            f"- {name}: {_percent(counts.answered_right, counts.n)} answered right (overall "
            f"{_percent(clean.answered_right, clean.n)}), {_percent(counts.unknown, counts.n)} "
            f"not known, {counts.top1:.1%} in first place."
        )
    if not weak:
        yield "- No style and no noise falls below two thirds of the share answered right overall."
    yield ""


def _is_weak(counts: InScope, clean: InScope) -> bool:
    least = _WEAK * clean.answered_right / (clean.n or 1)
    return counts.n >= _LEAST_STYLE and counts.answered_right < least * counts.n


def _styles(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield from ("## By style", "", *_head("style", _COLUMNS))
    for style, counts in _by_style(outcomes).items():
        yield _row(style, _counted(counts))
    yield from ("", *_head("out of scope", ("n", "answered", "asked back", "not known")))
    for kind, asked in _grouped(o for o in outcomes if not o.case.right).items():
        outside = OutOfScope.of(asked)
        numbers = (outside.answered, outside.clarified, outside.unknown)
        yield _row(kind, [str(outside.n), *(_percent(n, outside.n) for n in numbers)])
    yield ""


def _noise(outcomes: Sequence[Outcome], noise: Mapping[Noise, Noisy]) -> Iterator[str]:
    yield from ("## The same questions, with noise", "")
    yield "Every question is spoilt by a program (`intents/noise.py`); `changed` of all differ."
    yield from ("", *_head("noise", ("changed", *_COLUMNS, "out of scope answered")))
    rows = [("clean", 0, Report.of(outcomes))]
    rows += [(kind.value, noisy.changed, noisy.report) for kind, noisy in noise.items()]
    for name, changed, report in rows:
        outside = report.out_of_scope
        wrongly = _percent(outside.answered, outside.n)
        yield _row(name, [str(changed), *_counted(report.in_scope), wrongly])
    yield ""


def _topics(measured: Measured) -> Iterator[str]:
    def topic(outcome: Outcome) -> str:
        return measured.topic_of[min(outcome.case.right)]

    golden = _grouped((o for o in measured.outcomes if o.case.right), topic)
    unseen = _grouped((o for o in measured.left_out if o.case.right), topic)
    yield from ("## By topic", "", *_head("topic", (*_COLUMNS, "left out: n", "left out: top-1")))
    for name in sorted(golden.keys() | unseen.keys()):
        counts, apart = InScope.of(golden.get(name, [])), InScope.of(unseen.get(name, []))
        yield _row(name, [*_counted(counts), str(apart.n), f"{apart.top1:.1%}"])
    yield ""


def _left_out(left_out: Sequence[Outcome]) -> Iterator[str]:
    outside = OutOfScope.of(left_out)
    yield from ("## Each phrasing left out", "")
    yield (
        "Every title and phrasing of the FAQ, asked of models that did not see it; of the "
        f"FAQ's {outside.n} out-of-scope questions, so asked, {outside.answered} are answered."
    )
    yield from ("", *_head("", _COLUMNS), _row("all", _counted(InScope.of(left_out))), "")
    yield from ("The entries that are found least:", "")
    yield from _head("entry", ("phrasings", "first", "among three", "answered right"))
    for one in missed(left_out)[:_MOST_ROWS]:
        yield _row(one.entry, map(str, (one.n, one.first, one.in_three, one.answered_right)))
    yield from ("", "What is taken for what most often:", "")
    yield from ("| entry | taken for | times | example |", "| --- | --- | ---: | --- |")
    for pair in confusions(left_out)[:_MOST_ROWS]:
        right, found = ", ".join(pair.right), pair.found or "nothing"
        yield f"| {right} | {found} | {pair.count} | {_cell(pair.example)} |"
    yield ""


def _curve(outcomes: Sequence[Outcome]) -> Iterator[str]:
    points = curve(outcomes)
    yield from (
        "## Coverage and precision",
        "",
        "If one threshold on the first score decided:",
        "",
    )
    yield from _head("in scope answered", ("of these right", "out of scope answered"))
    found = [(f"{share:.0%}", at_coverage(points, share)) for share in _COVERAGES]
    here = operating_point(outcomes)
    found.append((f"as it decides now: {here.coverage:.1%}" if here else "", here))
    for name, point in found:
        if point:
            yield _row(name, [f"{point.precision:.1%}", f"{point.outside:.1%}"])
    yield ""


def _faults(outcomes: Sequence[Outcome]) -> Iterator[str]:
    wrong = [o for o in outcomes if o.result in {Result.ANSWERED_WRONG, Result.ANSWERED}]
    yield from ("## Wrong answers", "")
    if not wrong:
        yield "None on these questions."
        return
    yield from ("| question | answered | right |", "| --- | --- | --- |")
    for outcome in wrong:
        right = ", ".join(sorted(outcome.case.right)) or "out of scope"
        yield f"| {_cell(outcome.case.text)} | {outcome.first} | {right} |"


def _by_style(outcomes: Sequence[Outcome]) -> dict[str, InScope]:
    grouped = _grouped(o for o in outcomes if o.case.right)
    return {style: InScope.of(asked) for style, asked in grouped.items()}


def _grouped(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], str] = lambda o: o.case.style or "–"
) -> dict[str, list[Outcome]]:
    groups = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return dict(sorted(groups.items()))


def _head(first: str, columns: Sequence[str]) -> list[str]:
    return [f"| {first} | {' | '.join(columns)} |", "| --- |" + " ---: |" * len(columns)]


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


def _counted(counts: InScope) -> list[str]:
    numbers = (
        counts.answered_right,
        counts.answered_wrong,
        counts.clarified_with_right,
        counts.clarified_without_right,
        counts.unknown,
    )
    shares = [_percent(number, counts.n) for number in numbers]
    return [str(counts.n), *shares, f"{counts.top1:.1%}", f"{counts.top3:.1%}"]


def _percent(count: int, total: int) -> str:
    return f"{count / (total or 1):.1%}"


def _cell(text: str) -> str:
    """Text that cannot break out of a table's cell."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")[:160]
