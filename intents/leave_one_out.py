"""The FAQ tested on its own phrasings, each as if it had never been written.

No question file is needed, and every entry is tested. The linear model and the similarities know
nothing of the phrasing that is asked; the few weights and thresholds were fitted with all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.entry import Kind
from intents.evaluate import Case, Outcome
from intents.fitting import held_out_rankings
from intents.matcher import decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intents.catalog import Catalog
    from intents.fitting import Fitted


def leave_one_out(catalog: Catalog, fitted: Fitted, most: int | None = None) -> list[Outcome]:
    """Ask each title and phrasing, and each of the FAQ's out-of-scope questions, left out.

    At most so many of either kind, evenly spread; all of them without `most`. Small talk is no
    part: it is matched by its whole text. Takes seconds for thousands of phrasings.
    """
    cases = list(_cases(catalog))
    return [
        Outcome.of(cases[row], decide(ranking, fitted.bands), catalog)
        for row, ranking in held_out_rankings(catalog, fitted, most)
    ]


def _cases(catalog: Catalog) -> Iterator[Case]:
    """In the order of the training rows."""
    for entry in catalog.entries.values():
        if entry.kind is not Kind.SMALL_TALK:
            for text in (entry.title, *entry.phrasings):
                yield Case(text, frozenset({entry.id}))
    for text in catalog.out_of_scope:
        yield Case(text, frozenset())
