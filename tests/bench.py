"""`make bench`: the matcher against a plain rapidfuzz scan, on the golden questions, in one run.

Figures of two machines cannot be compared; the ratios of one run can.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from intents.entry import Kind
from tests.faq import repository_faq
from tests.test_golden import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def main() -> None:
    """Measure and print."""
    started = time.perf_counter()
    faq = repository_faq()
    built = time.perf_counter() - started
    entries = [e for e in faq.catalog.entries.values() if e.kind is not Kind.SMALL_TALK]
    phrasings = {text.lower(): e.id for e in entries for text in (e.title, *e.phrasings)}

    def scan(text: str) -> str:
        found = process.extractOne(text.lower(), phrasings.keys(), scorer=fuzz.token_set_ratio)
        return phrasings[found[0]]

    def match(text: str) -> str:
        ranking = faq.matcher.match(text).ranking
        return ranking[0].entry if ranking else ""

    table = Table("", "top-1", "p50 ms", "p99 ms", "questions/s", "against the scan", box=None)
    rows = {"rapidfuzz token_set_ratio scan": measure(scan), "matcher": measure(match)}
    base = rows["rapidfuzz token_set_ratio scan"]
    for name, (right, times) in rows.items():
        table.add_row(
            name,
            f"{right:.1%}",
            f"{np.percentile(times, 50):.2f}",
            f"{np.percentile(times, 99):.2f}",
            f"{1000 / times.mean():.0f}",
            f"{base[1].mean() / times.mean():.2f} × speed, {(right - base[0]) * 100:+.1f} points",
        )
    console = Console(width=120)
    console.print(table)
    console.print(
        f"{len(CASES)} golden questions, {ROUNDS} rounds; {len(entries)} entries, "
        f"{len(phrasings)} phrasings; ready after {built:.1f} s"
    )


def measure(
    ask: Callable[[str], str],
) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Share of golden questions whose entry comes first, and milliseconds per question."""
    right = 0
    times = []
    for turn in range(ROUNDS):
        for entry, question in CASES:
            started = time.perf_counter()
            found = ask(question["text"])
            times.append((time.perf_counter() - started) * 1000)
            right += turn == 0 and found in question.get("any_of", [entry])
    return right / len(CASES), np.array(times)


if __name__ == "__main__":
    main()
