"""Why the answers of an entry were disliked, and whether it was mended since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from bot.store.entry_history import mendings
from bot.store.schema import feedback, turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Disliked:
    """A question whose answer did not help; the text is masked.

    `mended` is when the answer was changed for the first time afterwards.
    """

    turn: int
    at: datetime
    text: str
    reason: str | None
    mended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """How often a reason was given, and how often since the answer was changed last."""

    reason: str | None
    count: int
    since_mended: int


@dataclass(frozen=True, slots=True)
class Dislikes:
    """The dislikes of an entry since a day; `mended` is when its answer was changed last."""

    newest: Sequence[Disliked] = ()
    reasons: Sequence[Reason] = ()
    mended: datetime | None = None


def dislikes(connection: Connection, entry: str, *, since: datetime, limit: int) -> Dislikes:
    """Count an entry's dislikes by reason, and list the newest. Walks opinions: `long` reads only."""
    changed = mendings(connection, entry)
    last = changed[0] if changed else None
    fresh = func.count() if last is None else func.count(case((feedback.c.at > last, 1)))
    own = and_(~feedback.c.useful, feedback.c.at >= since, turns.c.entry == entry)
    opinions = feedback.join(turns, feedback.c.turn_id == turns.c.id)
    counted = (
        select(feedback.c.reason, func.count(), fresh)
        .select_from(opinions)
        .where(own)
        .group_by(feedback.c.reason)
        .order_by(func.count().desc(), feedback.c.reason)
    )
    newest = (
        select(turns.c.id, feedback.c.at, turns.c.text, feedback.c.reason)
        .select_from(opinions)
        .where(own)
        .order_by(feedback.c.id.desc())
        .limit(limit)
    )
    return Dislikes(
        [Disliked(*row, _after(changed, row.at)) for row in connection.execute(newest)],
        [Reason(*row) for row in connection.execute(counted)],
        last,
    )


def _after(changed: Sequence[datetime], moment: datetime) -> datetime | None:
    return min((each for each in changed if each > moment), default=None)
