"""Old and new values side by side: what stays, what changed, what is new."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Pair = tuple[int | None, int | None]


def same(old: object, new: object) -> bool:
    """Whether two values are equal as YAML tells them apart: 1 is not true, the order of keys is nothing."""
    return _key(old) == _key(new)


def as_written(old: Any, new: Any) -> Any:  # noqa: ANN401  # YAML holds anything
    """The new value as the file means it.

    A block of lines ends in a line break that no form sends back, and a number that was sent as
    text is the number that stands there.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: as_written(old.get(key), value) for key, value in new.items()}
    if isinstance(old, list) and isinstance(new, list):
        matched = {j: i for i, j in pairs(old, new) if i is not None and j is not None}
        return [
            as_written(old[matched[j]], value) if j in matched else value
            for j, value in enumerate(new)
        ]
    if isinstance(new, str):
        if isinstance(old, str) and old.endswith("\n") and not new.endswith("\n"):
            return new + "\n"
        if isinstance(old, int | float) and not isinstance(old, bool) and str(old) == new:
            return old
    return new


def pairs(old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Which old item became which new one; None where there is none. In the order of both."""
    before, after = list(map(_identity, old)), list(map(_identity, new))
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    found: list[Pair] = [(i, i) for i in range(head)]
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        found += _paired(tag, (head + i1, head + i2), (head + j1, head + j2))
    found += [(len(old) - i, len(new) - i) for i in range(tail, 0, -1)]
    return found


def _paired(tag: str, olds: tuple[int, int], news: tuple[int, int]) -> Iterator[Pair]:
    (i, i_end), (j, j_end) = olds, news
    if tag in {"equal", "replace"}:
        while i < i_end and j < j_end:
            yield i, j
            i, j = i + 1, j + 1
    yield from ((k, None) for k in range(i, i_end))
    yield from ((None, k) for k in range(j, j_end))


def _identity(value: object) -> str:
    """What makes an item the same item: its id when it has one, else all it says."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return f"id {value['id']}"
    return _key(value.strip() if isinstance(value, str) else value)


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True)
