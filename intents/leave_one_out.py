"""The FAQ tested on its own phrasings, each as if it had never been written.

No question file is needed, and every entry is tested. The linear model and the similarities know
nothing of the phrasing that is asked; the few weights and thresholds were fitted with all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intents.decision import decide
from intents.entry import Kind
from intents.evaluate import Case, Outcome
from intents.unseen import Unseen, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intents.catalog import Catalog
    from intents.fitted import Fitted
    from intents.knowledge import Knowledge


def leave_one_out(
    catalog: Catalog, knowledge: Knowledge, fitted: Fitted, most: int | None = None
) -> list[Outcome]:
    """Ask each title and phrasing, and each of the FAQ's out-of-scope questions, left out.

    At most so many of either kind, drawn by their texts; all of them without `most`. Small talk is no
    part: it is matched by its whole text. By the words alone; takes seconds for thousands of
    phrasings.
    """
    examples = knowledge.examples
    if not examples.entries:
        return []
    cases = list(_cases(catalog))
    unseen = Unseen(examples, knowledge.evidence)
    unseen.learn_words()
    most = len(cases) if most is None else most
    inside, outside = np.split(np.arange(len(cases)), [examples.inside])
    outcomes = []
    for row in map(
        int, np.concatenate([sample(examples, inside, most), sample(examples, outside, most)])
    ):
        question, own = examples.questions[row], examples.entry_of(row)
        verdict, _ = decide(knowledge, fitted.judge, question, unseen.row(row), own=own)
        outcomes.append(Outcome.of(cases[row], verdict, catalog))
    return outcomes


def _cases(catalog: Catalog) -> Iterator[Case]:
    """In the order of the training rows."""
    for entry in catalog.entries.values():
        if entry.kind is not Kind.SMALL_TALK:
            for text in (entry.title, *entry.phrasings):
                yield Case(text, frozenset({entry.id}))
    for text in catalog.out_of_scope:
        yield Case(text, frozenset())
