"""An entry as an answer that nobody in particular asked for: what its own page shows.

Pure: catalog and day in, reply out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from bot import replies
from bot.messages import Reply, Status
from intents.entry import Kind

if TYPE_CHECKING:
    from intents.catalog import Catalog

_MOST_RELATED = 5
VIETNAM = timezone(timedelta(hours=7))


def today() -> date:
    """The day in Vietnam: laws begin and end at midnight there, wherever the machine stands."""
    return datetime.now(UTC).astimezone(VIETNAM).date()


def answer_of(catalog: Catalog, entry: str, day: date) -> Reply | None:
    """The entry's reviewed answer on that day.

    None when there is no such entry, when it is not in force on that day, and for small talk.
    """
    found = catalog.entries.get(entry)
    if found is None or found.kind is Kind.SMALL_TALK or not found.in_force(day):
        return None
    if found.kind is Kind.SIGNPOST:
        return replies.signpost(found, catalog.values, day)
    related = [other for name in found.related if (other := catalog.entries[name]).in_force(day)]
    return replies.answer(
        found,
        Status.ANSWERED,
        related=related[:_MOST_RELATED],
        values=catalog.values,
        today=day,
    )
