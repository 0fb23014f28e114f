"""What each day came to, kept, so that the same turns are not counted again and again.

Every look asks the database which days have other turns than before: a new one of today, a person
who was erased. Only these are counted anew. Opinions and late choices are always counted anew,
they are few: nothing that is kept can be out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.insight.periods import Period
from bot.store.figures import Counts, DayCounts, count_chosen, count_days, count_opinions, stamps

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

_MOST_KEPT = 400


class Days:
    """Counts periods day by day. For one thread at a time."""

    def __init__(self) -> None:
        self._kept: dict[dt.date, tuple[tuple[int, int], DayCounts]] = {}

    def count(self, connection: Connection, period: Period) -> Counts:
        """Count a period, walking the turns of those days that changed."""
        found = Counts(self.keep(connection, period))
        count_opinions(connection, period.start, period.end, found)
        found.chosen = count_chosen(connection, period.start, period.end)
        return found

    def keep(self, connection: Connection, period: Period) -> dict[dt.date, DayCounts]:
        """Have the days of a period at hand, for whoever counts it next; they are given."""
        stamped = stamps(connection, period.start, period.end)
        changed = [
            day
            for day, stamp in sorted(stamped.items())
            if day not in self._kept or self._kept[day][0] != stamp
        ]
        for run in _runs(changed):
            counted = count_days(connection, run.start, run.end)
            for day in run.all_days:
                self._kept[day] = stamped[day], counted.get(day) or DayCounts()
        days = {day: self._kept[day][1] for day in stamped}
        self._forget(stamped)
        return days

    def _forget(self, used: dict[dt.date, tuple[int, int]]) -> None:
        for day in used:
            self._kept[day] = self._kept.pop(day)
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]


def _runs(days: Sequence[dt.date]) -> Iterator[Period]:
    """Days that follow each other, as periods."""
    first = last = None
    for day in days:
        if first is None or last is None:
            first = day
        elif (day - last).days > 1:
            yield Period(first, last)
            first = day
        last = day
    if first is not None and last is not None:
        yield Period(first, last)
