"""How alike two ways of putting the same things into groups are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counted in pairs: `precision` of those put together belong together, `recall` of those that do were.

    `rand` is the adjusted Rand index: 1 for the same groups, 0 for what chance would give.
    """

    groups: int
    precision: float
    recall: float
    rand: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @classmethod
    def of(cls, found: Collection[Hashable], truth: Collection[Hashable]) -> Self:
        """Compare the group found for each thing with its right one."""
        right = _pairs(Counter(zip(found, truth, strict=True)).values())
        together, belonging = _pairs(Counter(found).values()), _pairs(Counter(truth).values())
        by_chance = together * belonging / max(_pairs([len(truth)]), 1)
        most = (together + belonging) / 2 - by_chance
        return cls(
            len(set(found)),
            right / together if together else 1.0,
            right / belonging if belonging else 1.0,
            (right - by_chance) / most if most else 1.0,
        )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
