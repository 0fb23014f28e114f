"""Titles: what citizens see on buttons and choose by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.lint.unfinished import TO_FILL
from intents.problems import Rule
from intents.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem

MAX_TITLE = 60


def check_title_lengths(entries: Sequence[Located]) -> Iterator[Problem]:
    """A title longer than a button is worth a look."""
    for one in entries:
        length = len(one.entry.title)
        if length > MAX_TITLE:
            what = f"tên câu hỏi dài {length} ký tự, nút bấm chỉ hiện {MAX_TITLE}"
            yield one.problem(Rule.LONG_TITLE, ("title",), what, "rút ngắn lại")


def check_same_titles(entries: Sequence[Located]) -> Iterator[Problem]:
    """Nobody can choose between two buttons that read the same."""
    first: dict[str, Located] = {}
    for one in entries:
        title = fold(clean(one.entry.title))
        if TO_FILL in one.entry.title or first.setdefault(title, one) is one:
            continue
        other = first[title]
        what = f"tên câu hỏi trùng với mục “{other.entry.id}” ở {other.where(('title',))}"
        mend = "đặt tên khác để người dân phân biệt được hai nút"
        yield one.problem(Rule.SAME_TITLE, ("title",), what, mend)
