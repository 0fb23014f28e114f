"""What nobody asks but somebody sends: every text gets its verdict, and none takes long."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from intents.text import MAX_QUESTION, MAX_WORDS
from tests.bench.hostile_texts import kinds, strange_words
from tests.faq import repository_faq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    Match = Callable[[str], object]

MOST_MS = 50
DOUBTFUL = 0.5  # of that; what takes longer is asked again
FORGOTTEN = 100  # texts of other words after which nothing of a text is remembered


def measure(console: Console) -> None:
    """Match every text, one after the other; print the slowest of each kind."""
    match = repository_faq().matcher.match
    match("mất căn cước làm lại ở đâu")
    table = Table("texts", "number", "p50 ms", "p99 ms", "worst ms", "failed", box=None)
    every: list[float] = []
    failed: list[str] = []
    for name, texts in kinds().items():
        asked = list(texts)
        gc.collect()
        times, failures = _timed(match, asked)
        times = _without_what_else_ran(match, asked, times)
        every += times
        failed += failures
        table.add_row(name, *_figures(times), str(len(failures)))
    table.add_row("all", *_figures(every), str(len(failed)))
    console.rule("Hostile texts: Matcher.match by words alone, the repository's FAQ")
    console.print(table)
    worst = max(every)
    within = "within" if worst <= MOST_MS else "NOT within"
    console.print(
        f"Worst text: {worst:.1f} ms of processor time, {within} {MOST_MS} ms. Of a longer text "
        f"{MAX_QUESTION:,} characters, of these {MAX_WORDS} words are read. "
        f"Exceptions: {', '.join(failed) or 'none'}."
    )


def _timed(match: Match, texts: Sequence[str]) -> tuple[list[float], list[str]]:
    times, failed = [], []
    for text in texts:
        started = time.thread_time()
        try:
            match(text)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is counted and told
            failed.append(type(error).__name__)
        times.append((time.thread_time() - started) * 1000)
    return times, failed


def _without_what_else_ran(match: Match, texts: Sequence[str], times: list[float]) -> list[float]:
    """The quicker of two times of what took long; in between, its words are forgotten."""
    slow = [at for at, ms in enumerate(times) if ms > DOUBTFUL * MOST_MS]
    if not slow:
        return times
    for text in strange_words(FORGOTTEN):
        match(text)
    again, _ = _timed(match, [texts[at] for at in slow])
    found = dict(zip(slow, again, strict=True))
    return [min(ms, found.get(at, ms)) for at, ms in enumerate(times)]


def _figures(times: list[float]) -> list[str]:
    return [f"{len(times):,}", *(f"{ms:.1f}" for ms in np.percentile(times, (50, 99, 100)))]
