"""How fast one client may write: token buckets in memory, a bounded number of them.

Each process counts for itself, and a bucket that is forgotten starts full again: this keeps
one client from crowding out the others, it is not a billing meter.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Rate:
    """So many messages a minute for each key, all of them at once if need be."""

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float], most_keys: int = 20_000
    ) -> None:
        self._burst = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, when

    def wait(self, key: str) -> float:
        """Take one token. 0 if there was one, otherwise the seconds until there is one."""
        now = self._clock()
        tokens, then = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - allowed, now)
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)  # the key that has been quiet for longest
        return 0.0 if allowed else (1 - tokens) / self._per_second
