"""The days to come on which an answer changes or somebody must look at it."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from intents.values import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intents.catalog import Catalog
    from intents.entry import Entry

_DAY = dt.timedelta(days=1)


class EventKind(StrEnum):
    """What happens on a day. The value is its name for editors."""

    BEGINS = "bắt đầu hiện"
    ENDS = "ngày cuối còn hiện"
    REVIEW = "hạn rà soát"
    VALUE_CHANGES = "giá trị đổi"
    VALUE_ENDS = "giá trị hết hạn"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to an entry or a shared value.

    `name` is the entry's id or the value's name; `before`, `after` and `used_by` (ids of entries)
    are told of values only, and `after` is None where nobody has written what follows.
    """

    day: dt.date
    kind: EventKind
    name: str
    title: str
    before: str | None = None
    after: str | None = None
    used_by: tuple[str, ...] = ()


def upcoming(catalog: Catalog, today: dt.date, until: dt.date) -> list[Event]:
    """Everything from one day to another, both included, the soonest first."""
    events = [*_of_entries(catalog), *_of_values(catalog)]
    coming = [_used(event, catalog) for event in events if today <= event.day <= until]
    return sorted(coming, key=lambda event: (event.day, event.kind, event.name))


def users_of(catalog: Catalog, value: str) -> tuple[str, ...]:
    """The ids of the entries that show a shared value."""
    return tuple(
        entry.id
        for entry in catalog.entries.values()
        if any(value in names(text) for text in entry.texts)
    )


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = min(day.year + years, dt.MAXYEAR)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _of_entries(catalog: Catalog) -> Iterator[Event]:
    for entry in catalog.entries.values():
        for kind, day in _days(entry):
            if day:
                yield Event(day, kind, entry.id, entry.title)


def _days(entry: Entry) -> Iterator[tuple[EventKind, dt.date | None]]:
    yield EventKind.BEGINS, entry.valid_from
    yield EventKind.ENDS, entry.valid_until
    yield EventKind.REVIEW, entry.review_by


def _used(event: Event, catalog: Catalog) -> Event:
    """Tell of a value who shows it: all texts are read for that, so only of what is coming."""
    is_of_value = event.kind in {EventKind.VALUE_CHANGES, EventKind.VALUE_ENDS}
    return replace(event, used_by=users_of(catalog, event.name)) if is_of_value else event


def _of_values(catalog: Catalog) -> Iterator[Event]:
    for name, value in catalog.values.items():
        for step, following in pairwise((*value.series, None)):
            assert step is not None
            begins = step.from_
            before = value.at(begins - _DAY) if begins > dt.date.min else None
            yield Event(
                begins,
                EventKind.VALUE_CHANGES,
                name,
                value.title,
                before,
                value.at(begins),
            )
            if step.until and (following is None or following.from_ > step.until + _DAY):
                yield Event(
                    step.until,
                    EventKind.VALUE_ENDS,
                    name,
                    value.title,
                    value.at(step.until),
                )
