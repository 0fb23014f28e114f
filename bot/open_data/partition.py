"""Which cells may stand alone, and which only together. Pure; see `bot.open_data` for the promise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(slots=True)
class Crowd:
    """How much a cell counts, and who is behind it: no more people are named than the floor."""

    weight: int = 0
    people: set[str] = field(default_factory=set)

    def add(self, weight: int, people: Iterable[str], floor: int) -> None:
        """Count more; people beyond the floor need no names."""
        self.weight += weight
        for person in people:
            if len(self.people) >= floor:
                return
            self.people.add(person)


@dataclass(frozen=True, slots=True)
class Partition:
    """Cells that stand alone, and those that are published together. Both empty: nothing is."""

    alone: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be published."""
        return not self.alone and not self.others


def partition(cells: Mapping[str, Crowd], floor: int) -> Partition:
    """Split cells so that each published one has `floor` people; empty cells are in neither part.

    The small cells go together with the lightest of the large ones, and all that weigh the same:
    exchange a small and a large one of them, and everything that is published stays as it is. A
    rule that adds a large one only where it must would tell that all others are small.
    """
    full = {name: cell for name, cell in cells.items() if cell.weight}
    large = {name: cell for name, cell in full.items() if len(cell.people) >= floor}
    if len(large) == len(full):
        return Partition(alone=tuple(sorted(large)))
    lightest = min((cell.weight for cell in large.values()), default=0)
    alone = sorted(name for name, cell in large.items() if cell.weight > lightest)
    others = sorted(full.keys() - set(alone))
    together = {person for name in others for person in full[name].people}
    return Partition(tuple(alone), tuple(others)) if len(together) >= floor else Partition()
