"""Entries that were begun and not finished: their placeholders must never reach a citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.problems import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem
    from intents.yaml_source import Place

TO_FILL = "CẦN ĐIỀN"
"""Stands in a new entry wherever its editor still has to write."""


def check_unfinished(entries: Sequence[Located]) -> Iterator[Problem]:
    """No text may still hold a placeholder."""
    for one in entries:
        for place, text in _texts(one):
            if TO_FILL in text:
                what = f"mục “{one.entry.id}” còn chỗ chưa điền ở “{place[0]}”"
                mend = f"viết nội dung thật, xóa chữ “{TO_FILL}”"
                yield one.problem(Rule.UNFINISHED, place, what, mend)


def _texts(one: Located) -> Iterator[tuple[Place, str]]:
    yield ("title",), one.entry.title
    for i, phrasing in enumerate(one.entry.phrasings):
        yield ("phrasings", i), phrasing
    yield from one.texts()
    for i, source in enumerate(one.entry.sources):
        yield ("sources", i), source.name
