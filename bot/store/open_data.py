"""Queries of the open data: a day's numbers with their people, what was published, and released titles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, delete, func, insert, select, update

from bot.store.figures import asking, showing, within
from bot.store.review_desk import MERGED
from bot.store.review_schema import clusters, open_months, releases
from bot.store.schema import feedback, turns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class Numbers:
    """A stretch of time: counts, and the keys of the people behind those that were asked for."""

    asked: list[tuple[str, str, int]]  # channel, status, questions
    askers: list[tuple[str, str]]  # channel, person
    shown: list[tuple[str, int]]  # entry, answers
    readers: list[tuple[str, str]]  # entry, person
    rated: list[tuple[str, str, str, int, int]]  # channel, entry, person, 👍, ratings


@dataclass(frozen=True, slots=True)
class Known:
    """Channels and entries that have enough people already: nobody needs to name more."""

    channels: Collection[str] = field(default=())
    entries: Collection[str] = field(default=())


def numbers(connection: Connection, start: datetime, end: datetime, known: Known) -> Numbers:
    """Count from a moment on until before another; name only people whose number is in doubt."""
    then = within(connection, start, end)
    asks, shows = and_(then, asking()), and_(then, showing())
    asked = (
        select(turns.c.channel, turns.c.status, func.count())
        .where(asks)
        .group_by(turns.c.channel, turns.c.status)
    )
    askers = (
        select(turns.c.channel, turns.c.user_key)
        .where(asks, turns.c.channel.not_in(known.channels))
        .distinct()
    )
    shown = select(turns.c.entry, func.count()).where(shows).group_by(turns.c.entry)
    readers = (
        select(turns.c.entry, turns.c.user_key)
        .where(shows, turns.c.entry.not_in(known.entries))
        .distinct()
    )
    rating = (turns.c.channel, func.coalesce(turns.c.entry, ""), turns.c.user_key)
    rated = (
        select(*rating, func.sum(case((feedback.c.useful, 1), else_=0)), func.count())
        .join(feedback, feedback.c.turn_id == turns.c.id)
        .where(then)
        .group_by(*rating)
    )
    return Numbers(
        *(
            [tuple(row) for row in connection.execute(query)]
            for query in (asked, askers, shown, readers, rated)
        )
    )


def first_moment(connection: Connection) -> datetime | None:
    """When the oldest turn was kept; None if there is none."""
    query = select(turns.c.at).order_by(turns.c.id).limit(1)
    return connection.execute(query).scalar()


def published(connection: Connection) -> list[dict[str, Any]]:
    """Every month that was published, the newest first."""
    query = select(open_months).order_by(open_months.c.month.desc())
    return [{**row} for row in connection.execute(query).mappings()]


def publish(connection: Connection, values: dict[str, Any]) -> None:
    """Keep what is published of a month, unless it was published before: that stays."""
    known = select(open_months.c.month).where(open_months.c.month == values["month"])
    if connection.execute(known).first() is None:
        connection.execute(insert(open_months).values(values))


def released(connection: Connection, number: int) -> Row[Any] | None:
    """Find what was released of a cluster."""
    return connection.execute(select(releases).where(releases.c.cluster_id == number)).first()


def all_released(connection: Connection) -> Sequence[Row[Any]]:
    """List what was released, with what its cluster is now, the most asked first."""
    query = (
        select(releases, clusters.c.state, clusters.c.people, clusters.c.first_at)
        .join(clusters, clusters.c.id == releases.c.cluster_id)
        .where(clusters.c.state != MERGED)
        .order_by(clusters.c.people.desc(), releases.c.cluster_id)
    )
    return connection.execute(query).all()


def release(
    connection: Connection, number: int, title: str, *, account: str, at: datetime
) -> str | None:
    """Keep a cluster's title for the public; the title that it had before."""
    before = released(connection, number)
    values = {"title": title, "account": account, "at": at}
    if before is None:
        connection.execute(insert(releases).values(values | {"cluster_id": number, "least": 0}))
        return None
    connection.execute(update(releases).where(releases.c.cluster_id == number).values(values))
    return str(before.title)


def take_back(connection: Connection, number: int) -> str | None:
    """Take a title back; None if there was none."""
    before = released(connection, number)
    connection.execute(delete(releases).where(releases.c.cluster_id == number))
    return before and str(before.title)


def recounted(connection: Connection, number: int, values: dict[str, Any]) -> None:
    """Keep how many people are told of a released cluster."""
    connection.execute(update(releases).where(releases.c.cluster_id == number).values(values))
