"""Part 4: FAQs of other sizes and another language, each fitted from its folder, nothing set by hand."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from bot.faq import load_faq
from intents.evaluate import evaluate
from tests.other_faqs import OtherFaq, english, vietnamese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from bot.faq import Faq
    from intents.evaluate import Case, InScope

ENTRIES = (20, 60, 200)
PHRASINGS = (5, 10, 100)
ENGLISH_PHRASINGS = (5, 10, 30)
LARGE = 10_000  # phrasings; more take minutes
DRAWS = {20: 3, 60: 2}  # FAQs of a size, so that single questions hardly count


def measure(console: Console, *, large: bool) -> None:
    """Fit each FAQ, ask what it never saw, print one row a size."""
    table = Table("FAQ", "questions", "top-1", "right", "wrong", "asked back", box=None)
    for column in ("out of scope answered", "near it answered", "fit s"):
        table.add_column(column)
    for name, faqs in _sizes(large=large):
        with console.status(f"{name} …"):
            table.add_row(name, *_figures([_ask(faq()) for faq in faqs]))
    console.rule("Other FAQs: entries alone, no lexicon, no out-of-scope questions; words alone")
    console.print(table)
    console.print(
        "Vietnamese: entries of the repository's FAQ drawn at random, asked what is not among their "
        "phrasings; 100 phrasings are mostly noisy variants.\nOut of scope: the committed questions, "
        "or what nobody asks a town hall. Near it: questions of entries that were left out."
    )
    if not large:
        console.print("200 × 100 phrasings: python -m tests.bench breadth --large")


def _sizes(*, large: bool) -> Iterator[tuple[str, list[Callable[[], OtherFaq]]]]:
    for entries in ENTRIES:
        for phrasings in PHRASINGS:
            if entries * phrasings <= LARGE or large:
                draws = range(DRAWS.get(entries, 1))
                faqs = [_drawn(entries, phrasings, seed) for seed in draws]
                yield f"{entries} × {phrasings}", faqs
    for phrasings in ENGLISH_PHRASINGS:
        yield f"English, 48 × {phrasings}", [lambda count=phrasings: english(count)]  # type: ignore[misc]


def _drawn(entries: int, phrasings: int, seed: int) -> Callable[[], OtherFaq]:
    return lambda: vietnamese(entries, phrasings, seed)


def _ask(other: OtherFaq) -> tuple[InScope, float, float, float]:
    """In scope; shares of what is out of scope, and near it, that were answered; seconds to fit."""
    with tempfile.TemporaryDirectory() as home:
        folder = other.write(Path(home))
        started = time.process_time()
        faq = load_faq(folder, folder / "data")
        seconds = time.process_time() - started
    inside = evaluate(faq.matcher, faq.catalog, other.asked, time.perf_counter).in_scope
    return inside, _answered(faq, other.outside), _answered(faq, other.near), seconds


def _answered(faq: Faq, cases: Sequence[Case]) -> float:
    found = evaluate(faq.matcher, faq.catalog, cases, time.perf_counter).out_of_scope
    return found.answered / found.n


def _figures(measured: Sequence[tuple[InScope, float, float, float]]) -> list[str]:
    """The means over FAQs of one size."""
    inside = [found for found, *_ in measured]
    n = sum(one.n for one in inside)
    shares = [
        sum(one.top1 * one.n for one in inside) / n,
        sum(one.answered_right for one in inside) / n,
        sum(one.answered_wrong for one in inside) / n,
        sum(one.clarified_with_right + one.clarified_without_right for one in inside) / n,
        *(sum(of) / len(measured) for of in list(zip(*measured, strict=True))[1:3]),
    ]
    seconds = sum(seconds for *_, seconds in measured) / len(measured)
    return [str(n), *(f"{share:.1%}" for share in shares), f"{seconds:.1f}"]
