"""Platforms that fail now and then, each by the count of the replies it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections import Counter
    from collections.abc import Mapping

    from tests.chaos.sides import Side

_BETWEEN = 9.0  # replies on one platform, on average
_SLOW = "no answer"  # the bot waits 10 to 20 seconds for it
_SLOWLY = 0.05  # of the failures


class Faults:
    """Breaks the next reply of a platform whenever its time has come."""

    def __init__(self, sides: Mapping[str, Side], dice: random.Random) -> None:
        self._sides = sides
        self._dice = dice
        self._due = {name: self._next() for name in sides}

    def look(self, sends: Counter[str], injected: Counter[str], *, late: bool) -> None:
        """Break what is due after so many replies; `late`: nothing that takes long."""
        for name, side in self._sides.items():
            if sends[name] < self._due[name]:
                continue
            self._due[name] = sends[name] + 1 + self._next()
            kind = self._dice.choice([kind for kind in side.faults if kind != _SLOW])
            if not late and self._dice.random() < _SLOWLY:
                kind = _SLOW
            side.faults[kind]()
            injected[kind] += 1

    def _next(self) -> float:
        return self._dice.expovariate(1 / _BETWEEN)
