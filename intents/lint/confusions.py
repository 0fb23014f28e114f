"""Entries that the bot itself takes for another: what it learned of all phrasings but one, asked about that one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from intents.entry import Kind
from intents.lint.sentences import cited
from intents.problems import Rule
from intents.unseen import MOST_SOLVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from intents.examples import Examples
    from intents.lint.located import Located
    from intents.problems import Problem
    from intents.unseen import Solve

_LEAST = 5  # phrasings; of fewer, the others say too little about the one that is left out
_LEAST_DRAWN = 3  # phrasings that one other entry must draw: less is chance
_SHOWN = 3  # phrasings that are cited


def check_preferences(
    examples: Examples, located: Mapping[str, Located], solve: Solve
) -> Iterator[Problem]:
    """No other entry draws more of an answer's phrasings than it keeps. Takes seconds, as fitting does.

    A FAQ of more phrasings than can be fitted that way is not asked.
    """
    if not examples.entries or len(examples.questions) > MOST_SOLVED:
        return
    _, held_out = solve(examples)
    preferred = held_out.scores[: examples.inside, : len(examples.entries)].argmax(axis=1)
    for own, entry in enumerate(examples.entries):
        rows = examples.rows_of(own)
        theirs = preferred[rows.start + 1 : rows.stop]  # the first row is the title
        lost = [
            (phrasing, int(other))
            for phrasing, other in zip(entry.phrasings, theirs, strict=True)
            if other != own
        ]
        if entry.kind is not Kind.ANSWER or len(theirs) < _LEAST or not lost:
            continue
        [(rival, drawn)] = Counter(other for _, other in lost).most_common(1)
        if drawn < _LEAST_DRAWN or drawn <= len(theirs) - len(lost):
            continue
        shown = [cited(phrasing) for phrasing, other in lost if other == rival][:_SHOWN]
        more = f" và {drawn - _SHOWN} cách khác" if drawn > _SHOWN else ""
        what = (
            f"{drawn}/{len(theirs)} cách hỏi của mục “{entry.id}” nghe giống mục "
            f"“{examples.entries[rival].id}” hơn, nhiều hơn số giữ lại được: {', '.join(shown)}{more}"
        )
        mend = "nói rõ điều riêng của mục này trong các cách hỏi, hoặc chuyển chúng sang mục kia"
        yield located[entry.id].problem(Rule.PREFERS_ANOTHER, ("phrasings",), what, mend)
