"""Part 2: from 200 to 20,000 synthetic entries of 15 phrasings each, by words alone."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from bot.faq import load_faq
from tests.bench.synthetic import PHRASINGS, Synthetic
from tests.bench.timing import in_fresh_process, megabytes, time_questions

if TYPE_CHECKING:
    from rich.console import Console

SIZES = (200, 2_000)
LARGE = 20_000
QUESTIONS = 1000


def measure(console: Console, *, large: bool) -> None:
    """Build and ask each size in a process of its own."""
    table = Table("entries", "top-1", "against the scan", "questions/s", box=None)
    for column in ("p50 ms", "p95 ms", "p99 ms", "build s", "peak MB"):
        table.add_column(column)
    for size in (*SIZES, *((LARGE,) if large else ())):
        with console.status(f"{size:,} entries …"):
            found = in_fresh_process("tests.bench.growth", str(size))
        ratio = found.get("ratio")
        table.add_row(
            f"{size:,} × {PHRASINGS}",
            f"{found['top1']:.1%}",
            f"{ratio:.2f} × speed" if ratio else "–",
            f"{found['per_second']:,.0f}",
            *(f"{ms:.2f}" for ms in found["percentiles"]),
            f"{found['build']:.0f}",
            f"{found['peak']:.0f}",
        )
    console.rule("Growth: synthetic entries, words alone, one thread")
    console.print(table)
    if not large:
        console.print(f"{LARGE:,} entries: make bench-large")


def grow(size: int) -> dict[str, object]:
    """Build a FAQ of this size from nothing, and ask it."""
    made = Synthetic(size)
    with tempfile.TemporaryDirectory() as folder:
        made.write(Path(folder))
        started = time.perf_counter()
        faq = load_faq(Path(folder), Path(folder) / "cache")
        build = time.perf_counter() - started
    questions = made.questions(QUESTIONS)

    def ask(text: str) -> str:
        ranking = faq.matcher.match(text).ranking
        return ranking[0].entry if ranking else ""

    timed = time_questions(ask, questions)
    found: dict[str, object] = {
        "top1": timed.top1,
        "per_second": timed.per_second,
        "percentiles": timed.percentiles(),
        "build": build,
        "peak": megabytes()["peak"],
    }
    if size == SIZES[0]:
        from tests.bench.scan import fuzzy_scan  # noqa: PLC0415  # its memory counts not

        entries = faq.catalog.entries.values()
        scan = fuzzy_scan({text: e.id for e in entries for text in (e.title, *e.phrasings)})
        found["ratio"] = timed.per_second / time_questions(scan, questions).per_second
    return found


if __name__ == "__main__":
    print(json.dumps(grow(int(sys.argv[1]))))
