"""Queries that count turns of a period, in the database and not in Python.

`turns` has no index on `at`, and gets none: it would slow every citizen's turn. Numbers of turns
grow with time, so a period is first found among them by halving, then counted as one stretch.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import chain, groupby
from operator import itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Integer, and_, case, cast, func, select

from bot.messages import ASIDE, Content, Status
from bot.store.review_schema import clusters
from bot.store.schema import feedback, turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement

# A process may have kept a turn a little after a younger one.
_SLACK = timedelta(hours=1)
_VIETNAM = timezone(timedelta(hours=7))
ASKING = (
    Status.ANSWERED,
    Status.CLARIFIED,
    Status.SIGNPOSTED,
    Status.UNKNOWN_WEAK,
    Status.UNKNOWN_OUT_OF_SCOPE,
    Status.UNKNOWN_NO_SUBJECT,
    Status.EXPIRED,
)
"""Outcomes of a message that asks something."""
_SHOWN = {Status.ANSWERED.value, Status.CHOSEN.value}
KINDS = {
    "questions": ("Mọi câu hỏi", [status.value for status in ASKING]),
    "answered": ("Trả lời ngay", [Status.ANSWERED.value]),
    "clarified": ("Hỏi lại", [Status.CLARIFIED.value]),
    "signposted": ("Hướng dẫn sang nơi khác", [Status.SIGNPOSTED.value]),
    "unknown": (
        "Chưa trả lời được",
        [status.value for status in ASKING if status.startswith("unknown:")],
    ),
    "shown": ("Được xem", sorted(_SHOWN)),
    "rated": ("Được đánh giá", []),
    "useful": ("Thấy hữu ích", []),
}
"""What a number counts: its name for officials, and the outcomes it takes; opinions take all."""
# Joined to nothing, so that no plan takes the index on `status` and then fetches turn by turn from
# all over the table: the stretch of a period, read in order, takes a third of the time.
_STATUS = turns.c.status.concat("")
_ASKS: ColumnElement[bool] = and_(
    turns.c.content == Content.TEXT.value,
    turns.c.normalised != "",
    _STATUS.in_([status.value for status in ASKING]),
)
# SQLite's own function: the database knows no zones, and Vietnam has had one offset since 1975.
_DAY = func.date(turns.c.at, "+7 hours")
_AT_A_TIME = 2000  # rows


@dataclass(slots=True)
class DayCounts:
    """What the turns of a day come to; see `bot.insight` for what each number means.

    People, by channel, are each once, under numbers that mean nothing outside this process.
    """

    questions: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    people: dict[str, NDArray[np.int64]] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """What the turns of a period come to. Opinions are by day and entry; none is an empty name."""

    days: dict[date, DayCounts] = field(default_factory=dict)
    useful: Counter[tuple[date, str]] = field(default_factory=Counter)
    useless: Counter[tuple[date, str]] = field(default_factory=Counter)
    chosen: int = 0


def stamps(connection: Connection, start: datetime, end: datetime) -> dict[date, tuple[int, int]]:
    """Tell of each day how many turns it has and what their numbers add up to.

    A day of which these stay the same has the same turns: none changes once it is kept. An index
    alone holds what is needed, so this takes a tenth of the time of counting.
    """
    query = (
        select(_DAY, func.count(), func.sum(turns.c.id))
        .where(
            turns.c.status.in_([status.value for status in Status]),
            turns.c.at >= start,
            turns.c.at < end,
        )
        .group_by(_DAY)
    )
    return {
        date.fromisoformat(day): (number, total)
        for day, number, total in connection.execute(query)
    }


def count_days(connection: Connection, start: datetime, end: datetime) -> dict[date, DayCounts]:
    """Count the turns of each day from a moment on until before another. Walks all of them."""
    asks = case((_ASKS, 1), else_=0)
    query = (
        select(
            func.substr(turns.c.at, 1, 13),
            asks,
            turns.c.channel,
            turns.c.status,
            turns.c.entry,
            cast(turns.c.latency_ms, Integer),
            turns.c.user_key,
        )
        .where(_within(connection, start, end))
        .order_by(turns.c.id)
    )
    days: dict[date, DayCounts] = defaultdict(DayCounts)
    people: dict[tuple[date, str], set[int]] = defaultdict(set)
    found = connection.execution_options(yield_per=_AT_A_TIME).execute(query)
    hours = (groupby(rows, key=itemgetter(0)) for rows in found.partitions())
    for hour, group in chain.from_iterable(hours):
        moment = datetime.fromisoformat(f"{hour}:00+00:00").astimezone(_VIETNAM)
        handful: list[Sequence[Any]] = list(group)
        asked = [row for row in handful if row[1]]
        _add_hour(days[moment.date()], moment.hour, asked, handful)
        for row in asked:
            people[moment.date(), intern(row[2])].add(hash(row[6]))
    for (day, channel), keys in people.items():
        days[day].people[channel] = np.fromiter(keys, np.int64, len(keys))
    return dict(days)


def _add_hour(
    day: DayCounts, hour: int, asked: list[Sequence[Any]], rows: list[Sequence[Any]]
) -> None:
    for (channel, status), number in Counter(map(itemgetter(2, 3), asked)).items():
        day.questions[hour, intern(channel), intern(status)] += number
    day.latencies.update(map(itemgetter(5), asked))
    day.shown.update(intern(row[4]) for row in rows if row[4] and row[3] in _SHOWN)


def count_opinions(connection: Connection, start: datetime, end: datetime, found: Counts) -> None:
    """Count the opinions on turns from a moment on until before another."""
    entry = func.coalesce(turns.c.entry, "")
    lowest, highest = _numbers(connection, start, end)
    rated = (
        select(_DAY, entry, func.sum(case((feedback.c.useful, 1), else_=0)), func.count())
        # A sum is no column of an index: so the plan goes from the few ratings to their turns, not
        # through all turns.
        .join_from(feedback, turns, turns.c.id == feedback.c.turn_id + 0)
        .where(feedback.c.turn_id >= lowest, feedback.c.turn_id < highest)
        .where(turns.c.at >= start, turns.c.at < end)
        .group_by(_DAY, entry)
    )
    for day, name, useful, number in connection.execute(rated):
        found.useful[date.fromisoformat(day), name] += useful
        found.useless[date.fromisoformat(day), name] += number - useful


def count_chosen(connection: Connection, start: datetime, end: datetime) -> int:
    """Count the clarified questions after which their person chose, however much later."""
    following = turns.alias("following")
    next_status = (
        select(following.c.status)
        .where(
            following.c.user_key == turns.c.user_key,
            following.c.id > turns.c.id,
            following.c.status.not_in([status.value for status in ASIDE]),
        )
        .order_by(following.c.id)
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    query = select(func.count()).where(
        turns.c.status == Status.CLARIFIED.value,
        turns.c.at >= start,
        turns.c.at < end,
        _ASKS,
        next_status == Status.CHOSEN.value,
    )
    return int(connection.execute(query).scalar_one())


def listed(
    connection: Connection,
    start: datetime,
    end: datetime,
    *,
    kind: str,
    channel: str = "",
    entry: str = "",
    limit: int,
) -> list[dict[str, Any]]:
    """The newest masked turns that a number counts, with what was thought of them.

    `kind` is one of KINDS; no channel is all of them, no entry too.
    """
    query = (
        select(
            turns.c.id,
            turns.c.at,
            turns.c.channel,
            turns.c.text,
            turns.c.status,
            turns.c.entry,
            feedback.c.useful,
        )
        .outerjoin_from(turns, feedback, feedback.c.turn_id == turns.c.id)
        .where(_within(connection, start, end), *_behind(kind))
    )
    if channel:
        query = query.where(turns.c.channel == channel)
    if entry:
        query = query.where(turns.c.entry == entry)
    newest = query.order_by(turns.c.id.desc()).limit(limit)
    return [{**row} for row in connection.execute(newest).mappings()]


def _behind(kind: str) -> list[ColumnElement[bool]]:
    """Which turns a number of this kind counts."""
    if kind == "rated":
        return [feedback.c.useful.is_not(None)]
    if kind == "useful":
        return [feedback.c.useful.is_(True)]
    outcomes = _STATUS.in_(KINDS[kind][1])
    return [outcomes, turns.c.entry.is_not(None)] if kind == "shown" else [outcomes, _ASKS]


def top_clusters(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The open clusters of the queue: most people first, of as many the most pressing."""
    query = (
        select(
            clusters.c.id,
            clusters.c.title,
            clusters.c.people,
            clusters.c.turns,
            clusters.c.last_at,
        )
        .where(clusters.c.state == "open")
        .order_by(clusters.c.people.desc(), clusters.c.rank.desc(), clusters.c.id)
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def _within(connection: Connection, start: datetime, end: datetime) -> ColumnElement[bool]:
    lowest, highest = _numbers(connection, start, end)
    return and_(turns.c.id >= lowest, turns.c.id < highest, turns.c.at >= start, turns.c.at < end)


def _numbers(connection: Connection, start: datetime, end: datetime) -> tuple[int, int]:
    """Between which numbers the turns from one moment until before another are."""
    lowest = _first_since(connection, start - _SLACK)
    return lowest, _first_since(connection, end + _SLACK)


def _first_since(connection: Connection, moment: datetime) -> int:
    """Halve the numbers until the first turn that is not before a moment; numbers may lack."""
    low = 1
    high = int(connection.execute(select(func.coalesce(func.max(turns.c.id), 0))).scalar_one()) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            select(turns.c.id, turns.c.at)
            .where(turns.c.id >= middle, turns.c.id < high)
            .order_by(turns.c.id)
            .limit(1)
        ).first()
        if row is None or row.at >= moment:
            high = middle
        else:
            low = row.id + 1
    return low


def within(connection: Connection, start: datetime, end: datetime) -> ColumnElement[bool]:
    """Make the condition that a turn is of a period; it is looked for in the database once."""
    return _within(connection, start, end)


def stretch(connection: Connection, start: datetime, end: datetime) -> int:
    """How many turns a period has, at most: those that went are counted too."""
    return _first_since(connection, end + _SLACK) - _first_since(connection, start - _SLACK)


def asking() -> ColumnElement[bool]:
    """Make the condition that a turn is a question."""
    return _ASKS


def showing() -> ColumnElement[bool]:
    """Make the condition that a turn showed an entry."""
    shown = _STATUS.in_([Status.ANSWERED.value, Status.CHOSEN.value])
    return and_(shown, turns.c.entry.is_not(None))
