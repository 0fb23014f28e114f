"""Who waits for an answer: reads and writes on a connection."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from bot.store.review_schema import clusters, flagged, questions, subscriptions
from bot.store.schema import contacts, turns

_LOOKED_BACK = 50  # turns of a person among which an offer is looked for
_MOST_PURGED = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose question's cluster has an answer; `address` is encrypted.

    `proposal` is the one on which the cluster rests, if any.
    """

    id: int
    turn_id: int
    channel: str
    user_key: str
    text: str
    entry: str
    proposal: int | None
    address: str
    heard: datetime


def asked(
    connection: Connection, user_key: str, statuses: Collection[str]
) -> list[tuple[int, str]]:
    """List the newest own turns of these statuses: number and normalised question."""
    query = (
        select(turns.c.id, turns.c.normalised, turns.c.status)
        .where(turns.c.user_key == user_key)
        .order_by(turns.c.id.desc())
        .limit(_LOOKED_BACK)
    )
    rows = connection.execute(query)
    return [(row.id, row.normalised) for row in rows if row.status in statuses]


def count_open(connection: Connection, user_key: str) -> int:
    query = select(func.count()).where(
        subscriptions.c.user_key == user_key, subscriptions.c.told_at.is_(None)
    )
    return int(connection.execute(query).scalar_one())


def add(connection: Connection, turn: int, user_key: str, at: datetime) -> bool:
    """Keep that a person waits for the answer to an own turn; False if it is kept already."""
    own = select(turns.c.channel).where(turns.c.id == turn, turns.c.user_key == user_key)
    channel = connection.execute(own).scalar_one_or_none()
    known = select(subscriptions.c.id).where(subscriptions.c.turn_id == turn)
    if channel is None or connection.execute(known).first():
        return False
    row = {"turn_id": turn, "user_key": user_key, "channel": channel, "at": at}
    connection.execute(insert(subscriptions).values(row))
    return True


def stop(connection: Connection, user_key: str) -> int:
    """Forget what a person waits for; how many questions."""
    waiting = and_(subscriptions.c.user_key == user_key, subscriptions.c.told_at.is_(None))
    return connection.execute(delete(subscriptions).where(waiting)).rowcount


def forget(connection: Connection, user_key: str) -> None:
    connection.execute(delete(subscriptions).where(subscriptions.c.user_key == user_key))


def due(connection: Connection, after: int, since: datetime, limit: int) -> list[Due]:
    """List who waits, since a moment, for what a closed cluster's entry may answer, by number."""
    query = (
        select(
            subscriptions.c.id,
            subscriptions.c.turn_id,
            subscriptions.c.channel,
            subscriptions.c.user_key,
            turns.c.text,
            clusters.c.entry,
            clusters.c.proposal_id.label("proposal"),
            contacts.c.address,
            contacts.c.last_at.label("heard"),
        )
        .join(turns, turns.c.id == subscriptions.c.turn_id)
        .join(flagged, flagged.c.turn_id == subscriptions.c.turn_id)
        .join(questions, questions.c.id == flagged.c.question_id)
        .join(clusters, clusters.c.id == questions.c.cluster_id)
        .join(contacts, contacts.c.user_key == subscriptions.c.user_key)
        .where(
            subscriptions.c.told_at.is_(None),
            subscriptions.c.id > after,
            subscriptions.c.at >= since,
            clusters.c.state == "closed",
            clusters.c.entry.is_not(None),
        )
        .order_by(subscriptions.c.id)
        .limit(limit)
    )
    return [Due(**row) for row in connection.execute(query).mappings()]


def told(connection: Connection, number: int, entry: str, at: datetime) -> bool:
    """Note that a person is told; False if they were, or do not wait any more."""
    waits = and_(subscriptions.c.id == number, subscriptions.c.told_at.is_(None))
    values = {"told_at": at, "entry": entry}
    return connection.execute(update(subscriptions).where(waits).values(values)).rowcount == 1


def purge(connection: Connection, before: datetime) -> int:
    """Forget what was asked for before a moment, some at a time; how many."""
    old = select(subscriptions.c.id).where(subscriptions.c.at < before).limit(_MOST_PURGED)
    return connection.execute(delete(subscriptions).where(subscriptions.c.id.in_(old))).rowcount
