"""How entries fare: how often they answered, what people thought of it, what came near in vain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from bot.messages import Status
from bot.store.review_schema import clusters
from bot.store.schema import feedback, turns

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_ANSWERED = [
    status.value
    for status in (Status.ANSWERED, Status.CHOSEN, Status.SMALL_TALK, Status.SIGNPOSTED)
]
_MOST_CLUSTERS = 2000


@dataclass(frozen=True, slots=True)
class EntryStats:
    """What became of an entry: turns it answered in a short and in a long time, and opinions.

    Opinions are those of the long time.
    """

    lately: int = 0
    hits: int = 0
    people: int = 0
    useful: int = 0
    useless: int = 0

    @property
    def opinions(self) -> int:
        return self.useful + self.useless

    @property
    def satisfaction(self) -> float | None:
        """The share of opinions that were good; None when nobody had one."""
        return self.useful / self.opinions if self.opinions else None


@dataclass(frozen=True, slots=True)
class NearCluster:
    """Unanswered questions to which an entry came nearest."""

    id: int
    title: str
    state: str
    people: int
    turns: int
    score: float


def entry_stats(
    connection: Connection, *, lately: datetime, since: datetime
) -> dict[str, EntryStats]:
    """Count every entry's turns since two days. Walks the turns of that time: `long` reads only."""
    counted = (
        select(
            turns.c.entry,
            func.count(case((turns.c.at >= lately, 1))),
            func.count(),
            func.count(turns.c.user_key.distinct()),
            func.count(case((feedback.c.useful, 1))),
            func.count(case((~feedback.c.useful, 1))),
        )
        .select_from(turns.outerjoin(feedback, feedback.c.turn_id == turns.c.id))
        .where(turns.c.status.in_(_ANSWERED), turns.c.at >= since, turns.c.entry.is_not(None))
        .group_by(turns.c.entry)
    )
    return {entry: EntryStats(*counts) for entry, *counts in connection.execute(counted)}


def near_clusters(connection: Connection, entry: str, *, limit: int) -> list[NearCluster]:
    """The clusters that are not closed and to which this entry is the likeliest, most people first."""
    query = (
        select(clusters)
        .where(clusters.c.closed_at.is_(None))
        .order_by(clusters.c.people.desc(), clusters.c.id)
        .limit(_MOST_CLUSTERS)
    )
    found: list[NearCluster] = []
    for row in connection.execute(query):
        likely = row.likely[0] if row.likely else {}
        if likely.get("entry") == entry:
            score = float(likely.get("score", 0))
            found.append(NearCluster(row.id, row.title, row.state, row.people, row.turns, score))
        if len(found) == limit:
            break
    return found
