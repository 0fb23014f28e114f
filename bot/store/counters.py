"""The counters of a cluster, computed afresh from what is flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import distinct, func, select, update

from bot.review.ranking import rank
from bot.store.review_schema import clusters, flagged, questions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def recount(connection: Connection, number: int) -> bool:
    """Count a cluster afresh from what is flagged; True if nothing is left in it."""
    own = (
        select(flagged)
        .join(questions, questions.c.id == flagged.c.question_id)
        .where(questions.c.cluster_id == number)
        .subquery()
    )
    people = func.count(distinct(own.c.user_key))
    totals = select(func.count(), people, func.min(own.c.at), func.max(own.c.at))
    turns, persons, first_at, last_at = connection.execute(totals).one()
    if not turns:
        return True
    best = connection.execute(
        select(questions.c.text, questions.c.likely)
        .where(questions.c.cluster_id == number)
        .order_by(questions.c.turns.desc(), questions.c.last_at.desc(), questions.c.id)
        .limit(1)
    ).one()
    values = {
        "title": best.text,
        "likely": best.likely,
        "turns": turns,
        "people": persons,
        "first_at": first_at,
        "last_at": last_at,
        "rank": rank(people=persons, last_at=last_at),
        "channels": _counted_by(connection, own.c.channel),
        "reasons": _counted_by(connection, own.c.reason),
    }
    connection.execute(update(clusters).where(clusters.c.id == number).values(values))
    return False


def _counted_by(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    counted = connection.execute(select(column, func.count()).group_by(column))
    return {row[0]: row[1] for row in counted}
