"""`make scorecard`: how good the matcher is on the committed questions, written to docs/scorecard.md.

No times and no memory: the same FAQ, questions and code make the same page on any machine, up to
a question or two that stand exactly on a threshold.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from bot.evaluation import with_noise
from intents.evaluate import Case, ask
from intents.leave_one_out import leave_one_out
from intents.noise import Noise
from tests.faq import QUESTIONS, ROOT, repository_faq
from tests.scorecard_page import Measured, page
from tests.test_golden import CASES, read

if TYPE_CHECKING:
    from bot.faq import Faq

PAGE = ROOT / "docs" / "scorecard.md"
MEND = "run `make scorecard` and commit docs/scorecard.md"
SEED = 0


def main() -> None:
    """Measure (some minutes) and write the page."""
    faq = repository_faq()
    cases = committed_cases()
    clock = time.perf_counter  # the page tells no times
    measured = Measured(
        title=digests(faq),
        topic_of=faq.catalog.topic_of,
        outcomes=ask(faq.matcher, faq.catalog, cases, clock),
        noise=with_noise(faq, cases, tuple(Noise), SEED, clock),
        left_out=leave_one_out(faq.catalog, faq.knowledge, faq.matcher.fitted),
    )
    PAGE.write_text(page(measured), encoding="utf-8")
    print(f"written: {PAGE}")


def committed_cases() -> list[Case]:
    """The golden questions, then the out-of-scope ones; a style of these is near or far."""
    inside = [
        Case(question["text"], frozenset(question.get("any_of", [entry])), question["style"])
        for entry, question in CASES
    ]
    outside = [
        Case(question["text"], frozenset(), question["kind"])
        for question in read("out_of_scope.yaml")["questions"]
    ]
    return inside + outside


def digests(faq: Faq) -> str:
    """Of which FAQ and which questions a page is."""
    asked = hashlib.sha256()
    for name in ("golden.yaml", "out_of_scope.yaml"):
        asked.update((QUESTIONS / name).read_bytes())
    return (
        f"FAQ digest `{faq.catalog.digest[:16]}`, questions digest `{asked.hexdigest()[:16]}`, "
        f"words only, no language model."
    )


if __name__ == "__main__":
    main()
