"""The counters of a cluster, computed afresh from what is flagged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.review.ranking import rank
from bot.store.review_schema import clusters, flagged, questions

if TYPE_CHECKING:
    from sqlalchemy import Connection


def recount(connection: Connection, number: int) -> bool:
    """Count a cluster afresh from what is flagged; True if nothing is left in it."""
    query = (
        select(flagged.c.user_key, flagged.c.channel, flagged.c.reason, flagged.c.at)
        .join(questions, questions.c.id == flagged.c.question_id)
        .where(questions.c.cluster_id == number)
        .order_by(flagged.c.at)
    )
    rows = connection.execute(query).all()
    if not rows:
        return True
    best = connection.execute(
        select(questions.c.text, questions.c.likely)
        .where(questions.c.cluster_id == number)
        .order_by(questions.c.turns.desc(), questions.c.last_at.desc(), questions.c.id)
        .limit(1)
    ).one()
    people, last_at = len({row.user_key for row in rows}), rows[-1].at
    values = {
        "title": best.text,
        "likely": best.likely,
        "turns": len(rows),
        "people": people,
        "first_at": rows[0].at,
        "last_at": last_at,
        "rank": rank(people=people, last_at=last_at),
        "channels": Counter(row.channel for row in rows),
        "reasons": Counter(row.reason for row in rows),
    }
    connection.execute(update(clusters).where(clusters.c.id == number).values(values))
    return False
