"""Queries that count turns of a period, in the database and not in Python.

`turns` has no index on `at`, and gets none: it would slow every citizen's turn. Numbers of turns
grow with time, so a period is first found among them by halving, then counted as one stretch.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Integer, and_, case, cast, distinct, func, select

from bot.messages import Content, Status
from bot.store.review_schema import clusters
from bot.store.schema import feedback, turns

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

# A process may have kept a turn a little after a younger one.
_SLACK = timedelta(hours=1)
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
KINDS = {
    "questions": ("Mọi câu hỏi", [status.value for status in ASKING]),
    "answered": ("Trả lời ngay", [Status.ANSWERED.value]),
    "clarified": ("Hỏi lại", [Status.CLARIFIED.value]),
    "unknown": (
        "Chưa trả lời được",
        [status.value for status in ASKING if status.startswith("unknown:")],
    ),
    "rated": ("Được đánh giá", []),
}
"""What a number counts: its name for officials, and the outcomes it takes."""
# Joined to nothing, so that no plan takes the index on `status` and then fetches turn by turn from
# all over the table: the stretch of a period, read in order, takes a third of the time.
_STATUS = turns.c.status.concat("")
_ASKS: ColumnElement[bool] = and_(
    turns.c.content == Content.TEXT.value,
    turns.c.normalised != "",
    _STATUS.in_([status.value for status in ASKING]),
)
# SQLite's own function: the database knows no zones, and Vietnam has had one offset since 1975.
_HOUR = func.strftime("%Y-%m-%d %H", turns.c.at, "+7 hours")
_DAY = func.date(turns.c.at, "+7 hours")


@dataclass(slots=True)
class Counts:
    """What the turns of a period come to; see `bot.insight` for what each number means."""

    questions: Counter[tuple[date, int, str, str]] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    useful: Counter[str] = field(default_factory=Counter)
    useless: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    people: int = 0
    people_by_channel: dict[str, int] = field(default_factory=dict)
    people_by_day: dict[date, int] = field(default_factory=dict)
    chosen: int = 0


def count(connection: Connection, start: datetime, end: datetime) -> Counts:
    """Count the turns from a moment on until before another."""
    within = _within(connection, start, end)
    found = Counts()
    _count_questions(connection, within, found)
    _count_people(connection, within, found)
    _count_answers(connection, within, found)
    found.chosen = _chosen(connection, within)
    return found


def _count_questions(connection: Connection, within: ColumnElement[bool], found: Counts) -> None:
    asked = (
        select(_HOUR, turns.c.channel, turns.c.status, func.count())
        .where(within, _ASKS)
        .group_by(_HOUR, turns.c.channel, turns.c.status)
    )
    for hour, channel, status, number in connection.execute(asked):
        found.questions[date.fromisoformat(hour[:10]), int(hour[11:]), channel, status] += number
    whole = cast(turns.c.latency_ms, Integer)
    waits = select(whole, func.count()).where(within, _ASKS).group_by(whole)
    for latency, number in connection.execute(waits):
        found.latencies[latency] += number


def _count_people(connection: Connection, within: ColumnElement[bool], found: Counts) -> None:
    each = func.count(distinct(turns.c.user_key))
    by_channel = select(turns.c.channel, each).where(within, _ASKS).group_by(turns.c.channel)
    by_day = select(_DAY, each).where(within, _ASKS).group_by(_DAY)
    found.people_by_channel = {name: n for name, n in connection.execute(by_channel)}  # noqa: C416
    found.people_by_day = {date.fromisoformat(day): n for day, n in connection.execute(by_day)}
    found.people = sum(found.people_by_channel.values())


def _count_answers(connection: Connection, within: ColumnElement[bool], found: Counts) -> None:
    shown = (
        select(turns.c.entry, func.count())
        .where(within, _STATUS.in_([Status.ANSWERED.value, Status.CHOSEN.value]))
        .where(turns.c.entry.is_not(None))
        .group_by(turns.c.entry)
    )
    found.shown.update({entry: number for entry, number in connection.execute(shown)})  # noqa: C416
    up = func.sum(case((feedback.c.useful, 1), else_=0))
    rated = (
        select(func.coalesce(turns.c.entry, ""), up, func.count())
        .join(feedback, feedback.c.turn_id == turns.c.id)
        .where(within)
        .group_by(turns.c.entry)
    )
    for entry, useful, number in connection.execute(rated):
        found.useful[entry] += useful
        found.useless[entry] += number - useful


def _chosen(connection: Connection, within: ColumnElement[bool]) -> int:
    """Count the clarified questions after which their person chose."""
    following = turns.alias("following")
    next_status = (
        select(following.c.status)
        .where(
            following.c.user_key == turns.c.user_key,
            following.c.id > turns.c.id,
            following.c.status != Status.STALE_CHOICE.value,  # a slip; the choices still stand
        )
        .order_by(following.c.id)
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    chosen = select(func.count()).where(
        within,
        _ASKS,
        _STATUS.in_([Status.CLARIFIED.value]),
        next_status == Status.CHOSEN.value,
    )
    return int(connection.execute(chosen).scalar_one())


def entry_people(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """Count the distinct people to whom each entry was shown."""
    query = (
        select(turns.c.entry, func.count(distinct(turns.c.user_key)))
        .where(_within(connection, start, end), turns.c.entry.is_not(None))
        .where(_STATUS.in_([Status.ANSWERED.value, Status.CHOSEN.value]))
        .group_by(turns.c.entry)
    )
    return {entry: people for entry, people in connection.execute(query)}  # noqa: C416


def listed(
    connection: Connection, start: datetime, end: datetime, *, kind: str, channel: str, limit: int
) -> list[dict[str, Any]]:
    """The newest masked turns that a number counts; `kind` is one of KINDS, no channel is all."""
    query = select(
        turns.c.id, turns.c.at, turns.c.channel, turns.c.text, turns.c.status, turns.c.entry
    ).where(_within(connection, start, end))
    if kind == "rated":
        query = query.join(feedback, feedback.c.turn_id == turns.c.id)
    else:
        query = query.where(_ASKS, _STATUS.in_(KINDS[kind][1]))
    if channel:
        query = query.where(turns.c.channel == channel)
    newest = query.order_by(turns.c.id.desc()).limit(limit)
    return [{**row} for row in connection.execute(newest).mappings()]


def top_clusters(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The open clusters of the queue, the most pressing first."""
    query = (
        select(clusters.c.id, clusters.c.title, clusters.c.people, clusters.c.turns)
        .where(clusters.c.state == "open")
        .order_by(clusters.c.rank.desc(), clusters.c.id)
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def _within(connection: Connection, start: datetime, end: datetime) -> ColumnElement[bool]:
    lowest = _first_since(connection, start - _SLACK)
    highest = _first_since(connection, end + _SLACK)
    return and_(turns.c.id >= lowest, turns.c.id < highest, turns.c.at >= start, turns.c.at < end)


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
