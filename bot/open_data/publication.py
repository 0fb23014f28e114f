"""What is public now: counted once, kept for good, read at most once an hour."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.names import NAMES
from bot.insight.periods import VIETNAM, Period, month_of, today
from bot.open_data.months import CHANNEL, NO_TOPIC, OTHERS, TOPIC, Row, Tally
from bot.open_data.releases import UNANSWERED, Releases
from bot.store import open_data as table
from bot.store.figures import stretch
from bot.store.review_desk import people_since

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from bot.config import Settings
    from bot.faq import Faq
    from bot.store import Store
    from bot.trail import Trail
    from intents.catalog import Catalog

SETTLED = dt.timedelta(days=2)
"""How long after a month's end it is counted: opinions on its last answers come in that time."""
_KEPT = dt.timedelta(hours=1)
_MOST_MONTHS = 24  # that are counted in arrears, when the open data is switched on
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_AT_ONCE = 20_000  # turns: a long read keeps the database's log from shrinking
_DAY = dt.timedelta(days=1)
_BANDS = (5, 10, 20, 50, 100, 500, 1000)
_CHANNELS = {"web": "Trang web", "console": "Dòng lệnh"} | {
    name: label for name, (label, _) in NAMES.items()
}
_TITLES = {
    (CHANNEL, OTHERS): "Các kênh khác",
    (TOPIC, OTHERS): "Các chủ đề khác",
    (TOPIC, NO_TOPIC): "Không thuộc chủ đề nào",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is asked but not answered; `people` is a band as "10–19"."""

    cluster: int  # for officials: it is not published
    title: str
    since: str
    people: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A released cluster that is not public, and why (Vietnamese)."""

    cluster: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Public:
    """Everything that is public, and for officials what is not yet."""

    at: dt.datetime
    rows: Sequence[Row]
    unanswered: Sequence[Asked]
    waiting: Sequence[Waiting]

    @property
    def months(self) -> list[str]:
        """The months that have rows, the newest first."""
        return list(dict.fromkeys(row["month"] for row in self.rows))

    def of(self, month: str, group: str) -> list[Row]:
        """The rows of one month and group."""
        return [row for row in self.rows if (row["month"], row["group"]) == (month, group)]


class OpenData:
    """Gives what is public; counts a month that is over when it is first asked for it."""

    def __init__(
        self,
        store: Store,
        trail: Trail,
        catalog: Callable[[], Catalog],
        now: Callable[[], dt.datetime],
        *,
        floor: int,
        publisher: str,
    ) -> None:
        self.floor = floor
        self.publisher = publisher
        self.releases = Releases(store, trail, now, self._forget)
        self._store = store
        self._catalog = catalog
        self._now = now
        self._kept: Public | None = None
        self._changes = 0
        self._turn = asyncio.Lock()  # several who ask at once must not count side by side

    async def public(self) -> Public:
        """What is public, at most an hour old; `at` says when it was read."""
        async with self._turn:
            kept, now = self._kept, self._now()
            if kept is None or now - kept.at >= _KEPT:
                changes = self._changes
                await self._count_months(now)
                await self._count_people(now)
                kept = await self._read(now)
                if changes == self._changes:  # else a title was taken back meanwhile
                    self._kept = kept
            return kept

    def _forget(self) -> None:
        self._changes += 1
        self._kept = None

    async def _count_months(self, now: dt.datetime) -> None:
        """Count and keep the months that are over and were not published yet, the newest first."""
        first, known = await self._store.read(
            lambda c: (table.first_moment(c), {row["month"] for row in table.published(c)}),
            long=True,
        )
        if first is None:
            return
        month, oldest = month_of(today(now - SETTLED)).before, month_of(today(first))
        for _ in range(_MOST_MONTHS):
            if month.first < oldest.first:
                return
            if f"{month.first:%Y-%m}" not in known:
                await self._count_month(month)
            month = month.before

    async def _count_month(self, month: Period) -> None:
        catalog = self._catalog()
        tally = Tally(self.floor, catalog.topic_of)
        most = await self._store.read(lambda c: stretch(c, month.start, month.end), long=True)
        step = max(1, month.days * _AT_ONCE // max(most, 1))
        for first in month.all_days[::step]:
            period = Period(first, min(first + (step - 1) * _DAY, month.last))

            def read(connection: Connection, period: Period = period) -> None:
                tally.add(table.numbers(connection, period.start, period.end, tally.known))

            await self._store.read(read, long=True)
        topics = {topic.id: topic.title for topic in catalog.topics}
        values = {
            "month": f"{month.first:%Y-%m}",
            "floor": self.floor,
            "at": self._now(),
            "rows": [row | {"title": _title(row, topics)} for row in tally.rows()],
        }
        await self._store.write(lambda c: table.publish(c, values))

    async def _count_people(self, now: dt.datetime) -> None:
        """Count the people of released clusters up to the end of the last month, once a month."""
        month = month_of(today(now)).before
        written = f"{month.first:%Y-%m}"

        def query(connection: Connection) -> list[tuple[int, dict[str, Any]]]:
            due = [row for row in table.all_released(connection) if row.counted != written]
            numbers = [row.cluster_id for row in due]
            people = people_since(connection, numbers, _EPOCH, month.end)
            return [
                (
                    row.cluster_id,
                    {
                        "counted": written,
                        "least": max(row.least, self._least(people.get(row.cluster_id, 0))),
                        "since": row.since or f"{row.first_at.astimezone(VIETNAM):%Y-%m}",
                    },
                )
                for row in due
            ]

        for number, values in await self._store.read(query, long=True):

            def write(
                connection: Connection, number: int = number, values: dict[str, Any] = values
            ) -> None:
                table.recounted(connection, number, values)

            await self._store.write(write)

    def _least(self, people: int) -> int:
        """The lower end of a band; 0 of fewer people than the floor."""
        return (
            max([self.floor, *(b for b in _BANDS if b <= people)]) if people >= self.floor else 0
        )

    async def _read(self, now: dt.datetime) -> Public:
        def query(connection: Connection) -> Public:
            rows: list[Row] = []
            for month in table.published(connection):
                rows += [{"month": month["month"], **row} for row in month["rows"]]
            asked, waiting = self._sorted(table.all_released(connection))
            return Public(now, rows, asked, waiting)

        return await self._store.read(query, long=True)

    def _sorted(self, released: Sequence[Any]) -> tuple[list[Asked], list[Waiting]]:
        asked: list[Asked] = []
        waiting: list[Waiting] = []
        for row in sorted(released, key=lambda each: (-each.least, each.title)):
            if why := self._hidden(row):
                waiting.append(Waiting(row.cluster_id, row.title, why))
            else:
                band = self._band(row.least)
                asked.append(Asked(row.cluster_id, row.title, row.since, band))
        return asked, waiting

    def _hidden(self, row: Any) -> str:  # noqa: ANN401  # a row of the database
        if row.state not in UNANSWERED:
            return "Nhóm đã được trả lời hoặc đã gác lại."
        if row.people < self.floor:
            return f"Chưa đủ {self.floor} người hỏi."
        if row.least < self.floor:
            return f"Tính đến hết tháng trước chưa đủ {self.floor} người hỏi; sang tháng xét lại."
        return ""

    def _band(self, least: int) -> str:
        above = next((band for band in _BANDS if band > least), None)
        return f"{least}–{above - 1}" if above else f"{least}+"


def open_data(
    settings: Settings,
    store: Store,
    trail: Trail,
    faq: Callable[[], Faq],
    now: Callable[[], dt.datetime],
) -> OpenData | None:
    """Make the open data of these settings; None while it is switched off."""
    if not settings.open_data:
        return None
    return OpenData(
        store,
        trail,
        lambda: faq().catalog,
        now,
        floor=settings.open_data_floor,
        publisher=settings.open_data_publisher.strip() or _operator(settings),
    )


def _operator(settings: Settings) -> str:
    """Whoever has set no name is known by the address."""
    host = settings.public_url.host if settings.public_url else None
    return f"Cơ quan vận hành {host}" if host else "Cơ quan vận hành hệ thống hỏi đáp này"


def _title(row: Mapping[str, Any], topics: Mapping[str, str]) -> str:
    name = row["id"]
    if fixed := _TITLES.get((row["group"], name)):
        return fixed
    if row["group"] == CHANNEL:
        return _CHANNELS.get(name, str(name))
    return topics.get(name, "Cả tháng") if name else "Cả tháng"
