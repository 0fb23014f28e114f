"""Which other clusters may ask the same as one: a reviewer merges what the grouping kept apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.review import showing
from bot.review.cluster import Near
from bot.store import review_desk as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.review.places import Places
    from bot.store import Store

MOST = 5
"""So many are shown."""
LEAST = 0.2
"""Likeness: of what is less like, hardly one in fifty asks the same."""
_LOOKED_AT = 20  # questions: some are in decided clusters, or in one and the same
_COMPARED = 100  # questions of the cluster


async def neighbours(store: Store, places: Places, number: int, now: datetime) -> list[Near]:
    """Open clusters that are nearest to a cluster, the likest first; none for one that is gone."""
    keys = await store.read(partial(table.keys, number=number, limit=_COMPARED))
    found = await places.near(store, now, keys, most=_LOOKED_AT)
    like = {key: likeness for key, likeness in found.items() if likeness >= LEAST}

    def query(connection: Connection) -> list[Near]:
        best: dict[int, float] = {}
        for key, cluster in table.open_clusters_of(connection, list(like)):
            best[cluster] = max(like[key], best.get(cluster, 0.0))
        best.pop(number, None)
        first = sorted(best, key=lambda cluster: (-best[cluster], cluster))[:MOST]
        trends = showing.trends(connection, first, now)
        rows = {row["id"]: row for row in table.rows(connection, first)}
        return [Near(showing.row(rows[one], trends[one], now), best[one]) for one in first]

    return await store.read(query, long=True)
