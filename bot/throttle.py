"""Slows down whoever guesses passwords: waits that grow with each failure, of a name and an address.

Kept in memory, a bounded number; a name that is guessed at is slowed down, never locked for good.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_FREE = 5  # failures without a wait
_LONGEST = timedelta(minutes=15)
_MOST_KEYS = 10_000
_FORGET = timedelta(hours=1)


class ThrottledError(Fault):
    """Too many failures: when to try again."""


class Throttle:
    """Counts failures of keys, here a name or an address."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()  # how many, last

    def check(self, *keys: str) -> None:
        """Raises `ThrottledError` while one of the keys has to wait."""
        wait = max((self._wait(key) for key in keys), default=timedelta())
        if wait > timedelta():
            minutes, seconds = divmod(int(wait.total_seconds()) + 1, 60)
            time = f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"
            raise ThrottledError(f"Sai nhiều lần quá. Tạm khóa, bạn thử lại sau {time}.")

    def failed(self, *keys: str) -> None:
        """Count a failure."""
        for key in keys:
            count, last = self._failures.pop(key, (0, self._now()))
            if self._now() - last > _FORGET:
                count = 0
            self._failures[key] = (count + 1, self._now())
            if len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def forget(self, *keys: str) -> None:
        """Begin anew, after a success."""
        for key in keys:
            self._failures.pop(key, None)

    def _wait(self, key: str) -> timedelta:
        count, last = self._failures.get(key, (0, self._now()))
        if count < _FREE:
            return timedelta()
        pause = min(timedelta(seconds=2 ** min(count - _FREE + 1, 12)), _LONGEST)
        return last + pause - self._now()
