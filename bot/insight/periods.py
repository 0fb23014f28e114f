"""Periods of whole days in Vietnam's time, and the period that each is compared with."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VIETNAM = dt.timezone(dt.timedelta(hours=7))
_DAY = dt.timedelta(days=1)
_MOST_DAYS = 366
PRESETS = {"1": "Hôm nay", "7": "7 ngày", "30": "30 ngày", "90": "90 ngày"}


class PeriodError(ValueError):
    """A period cannot be read: what is wrong and how to mend it (Vietnamese)."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> dt.datetime:
        """Its first moment."""
        return dt.datetime.combine(self.first, dt.time(), VIETNAM)

    @property
    def end(self) -> dt.datetime:
        """The first moment after it."""
        return dt.datetime.combine(self.last + _DAY, dt.time(), VIETNAM)

    @property
    def before(self) -> Period:
        """The same number of days before it; of a whole month, the month before."""
        if self == month_of(self.first):
            return month_of(self.first - _DAY)
        return Period(self.first - self.days * _DAY, self.first - _DAY)

    @property
    def all_days(self) -> tuple[dt.date, ...]:
        """Each of its days in order."""
        return tuple(self.first + n * _DAY for n in range(self.days))

    def parts(self, most: int) -> Iterator[Period]:
        """Cut it into pieces of at most so many days, the newest first."""
        last = self.last
        while last >= self.first:
            first = max(self.first, last - (most - 1) * _DAY)
            yield Period(first, last)
            last = first - _DAY

    def __str__(self) -> str:
        """Write it as officials do."""
        if self.days == 1:
            return f"{self.first:%d/%m/%Y}"
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


def month_of(day: dt.date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Period(first, (first + 31 * _DAY).replace(day=1) - _DAY)


def month(written: str) -> Period:
    """Read a month written YYYY-MM.

    Raises:
        PeriodError: when it is none.
    """
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", written, re.ASCII)
    if not found:
        raise PeriodError(
            f"Không đọc được tháng “{written[:20]}”. Hãy viết như 2026-11 (năm-tháng)."
        )
    return month_of(dt.date(int(found[1]), int(found[2]), 1))


def so_far(month_: Period, day: dt.date) -> tuple[Period, Period]:
    """A month as far as it came by a day, and as many days of the month before it.

    A month of which only some days are over is not compared with a whole one.
    """
    if not month_.first <= day < month_.last:
        return month_, month_.before
    past = month_.before
    last = min(past.last, past.first + (day - month_.first))
    return Period(month_.first, day), Period(past.first, last)


def last_days(count: int, today: dt.date) -> Period:
    """The last so many days, today included."""
    return Period(today - (count - 1) * _DAY, today)


def between(first: str, last: str) -> Period:
    """Read two dates written YYYY-MM-DD, at most a year apart.

    Raises:
        PeriodError: when one is no date, they are the wrong way round or too far apart.
    """
    try:
        period = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    except ValueError:
        raise PeriodError(
            f"Không đọc được ngày “{first[:20]}” đến “{last[:20]}”. Hãy viết như 2026-11-26."
        ) from None
    if not dt.date(2020, 1, 1) <= period.first <= period.last < dt.date(2100, 1, 1):
        raise PeriodError("Ngày đầu phải đứng trước ngày cuối, trong khoảng năm 2020 đến 2099.")
    if period.days > _MOST_DAYS:
        raise PeriodError(f"Khoảng này dài {period.days} ngày; chỉ xem được nhiều nhất 366 ngày.")
    return period


def vietnam(moment: dt.datetime) -> str:
    """A moment of these weeks as people there write it: 27/11 15:43."""
    return f"{moment.astimezone(VIETNAM):%d/%m %H:%M}"


def today(now: dt.datetime) -> dt.date:
    """The day it is in Vietnam."""
    return now.astimezone(VIETNAM).date()
