"""Figures of a period, against a dozen turns that were counted by hand, on real SQLite."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert

from bot.insight.figures import Figures, change, percentile
from bot.insight.insight import Insight
from bot.insight.periods import Period, PeriodError, between, last_days, month, so_far
from bot.messages import Content, Status
from bot.store import Store, TurnRecord
from bot.store.figures import listed
from bot.store.review_schema import clusters
from bot.store.schema import turns
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

# 00:30 on the 26th in Vietnam is still the 25th in London.
NIGHT = dt.datetime(2026, 11, 25, 17, 30, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 26, 5, 0, tzinfo=dt.UTC)
DAY = Period(dt.date(2026, 11, 26), dt.date(2026, 11, 26))
VNEID = "vneid_quen_mat_khau"


def turn(
    person: str,
    status: Status,
    *,
    at: dt.datetime = NIGHT,
    channel: str = "web",
    content: Content = Content.TEXT,
    entry: str | None = None,
    latency: float = 10,
) -> TurnRecord:
    asked = "hoi gi do" if content is Content.TEXT else ""
    return TurnRecord(
        at, channel, person, content, asked, asked, status, entry, latency_ms=latency
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield store
    await store.close()


async def count(store: Store, period: Period = DAY, now: dt.datetime = NOW) -> Figures:
    catalog = sample_faq().catalog
    return await Insight(store, lambda: catalog, lambda: now).of(period)


async def a_day(store: Store) -> None:
    ids = await store.add_turns(
        [
            turn("lan", Status.ANSWERED, entry=VNEID, latency=20),
            turn("lan", Status.CLARIFIED, latency=30),
            turn("lan", Status.CHOSEN, content=Content.CHOICE, entry=VNEID),
            turn("hoa", Status.CLARIFIED, channel="telegram", latency=40),
            turn("hoa", Status.SMALL_TALK, channel="telegram"),
            turn("hoa", Status.UNKNOWN_WEAK, channel="telegram", latency=900),
            turn("minh", Status.MENU, content=Content.CHOICE),
            turn("minh", Status.ANSWERED, content=Content.CHOICE, entry=VNEID),
            turn("tu", Status.ANSWERED, at=NIGHT - dt.timedelta(hours=1), entry=VNEID),
        ]
    )
    for number, person, useful in ((0, "lan", True), (2, "lan", False), (7, "minh", True)):
        await store.rate(ids[number], user_key=person, useful=useful, at=NOW)


async def test_every_number_is_the_one_counted_by_hand(store: Store) -> None:
    """Only typed questions of the day are counted; taps show answers but ask nothing."""
    await a_day(store)
    found = await count(store)
    total = found.total
    assert (total.people, total.questions) == (2, 4)
    assert (total.answered, total.clarified, total.unknown, total.signposted) == (1, 2, 1, 0)
    assert total.rate(total.answered) == 0.25
    assert (found.chosen, found.chosen_rate) == (1, 0.5)
    assert (found.useful, found.rated, found.satisfaction) == (2, 3, 2 / 3)
    assert (found.p50, found.p95) == (30, 900)
    assert {name: each.questions for name, each in found.by_channel.items()} == {
        "web": 2,
        "telegram": 2,
    }
    assert found.top_entries == ((VNEID, "Quên mật khẩu VNeID", 3, 2, 3),)
    assert found.by_topic == (("vneid", "Tài khoản VNeID", 3, 2, 3),)


async def test_a_day_is_a_day_in_vietnam(store: Store) -> None:
    """Half past midnight in Vietnam belongs to the new day and to its first hour."""
    await a_day(store)
    found = await count(store, last_days(2, DAY.last))
    assert [each.questions for each in found.by_day.values()] == [1, 4]
    assert (found.by_hour[0], found.by_hour[23]) == (4, 1)


async def test_somebody_who_asks_on_two_days_is_one_person(store: Store) -> None:
    """People of a period are counted anew and are not the sum of its days."""
    day = dt.timedelta(days=1)
    await store.add_turns([turn("lan", Status.ANSWERED, at=NIGHT - n * day) for n in range(3)])
    found = await count(store, last_days(3, DAY.last))
    assert [each.people for each in found.by_day.values()] == [1, 1, 1]
    assert found.total.people == 1


async def test_a_period_is_found_where_numbers_lack(store: Store) -> None:
    """Erased turns leave holes in the numbers: the halving steps over them."""
    hours = [NIGHT + dt.timedelta(hours=n - 60) for n in range(120)]
    await store.add_turns([turn("lan", Status.ANSWERED, at=at) for at in hours])
    gone = delete(turns).where(turns.c.id.between(20, 58) | (turns.c.id > 100))
    await store.write(lambda connection: connection.execute(gone))
    assert (await count(store)).total.questions == 24
    assert (
        await count(store, last_days(30, DAY.last))
    ).total.questions == 45  # 84 until midnight, 39 erased
    assert (await count(store, month("2026-10"))).total.questions == 0


async def test_an_empty_period_has_no_rates(store: Store) -> None:
    """Nothing is divided by nothing: what cannot be said is None, not zero."""
    found = await count(store)
    assert found.total.rate(found.total.answered) is None
    assert (found.satisfaction, found.chosen_rate, found.p50) == (None, None, None)


async def test_figures_are_kept_for_a_minute(store: Store) -> None:
    """The same period is counted once a minute, and says when it was."""
    catalog, now = sample_faq().catalog, NOW
    insight = Insight(store, lambda: catalog, lambda: now)
    first = await insight.of(DAY)
    await a_day(store)
    now += dt.timedelta(seconds=59)
    assert await insight.of(DAY) is first
    now += dt.timedelta(seconds=1)
    assert (await insight.of(DAY)).total.questions == 4
    assert (await insight.of(DAY)).at == now


async def test_open_clusters_come_by_their_rank(store: Store) -> None:
    """Closed clusters need nobody; of the open ones the most pressing is first."""
    rows = [("open", "ít", 1.0), ("open", "nhiều", 9.0), ("ignored", "bỏ", 99.0)]
    values = [
        {
            "version": 1, "state": state, "title": title, "turns": 2, "people": 2,
            "first_at": NOW, "last_at": NOW, "trend": 1.0, "rank": rank,
            "channels": {}, "reasons": {}, "likely": [],
        }
        for state, title, rank in rows
    ]  # fmt: skip
    await store.write(lambda connection: connection.execute(insert(clusters), values))
    catalog = sample_faq().catalog
    found = await Insight(store, lambda: catalog, lambda: NOW).clusters()
    assert [each["title"] for each in found] == ["nhiều", "ít"]


def test_a_month_is_compared_with_the_month_before() -> None:
    """Months have different lengths: March is compared with the whole of February."""
    assert str(month("2026-03").before) == "01/02/2026 – 28/02/2026"
    assert str(last_days(7, DAY.last).before) == "13/11/2026 – 19/11/2026"


def test_a_month_that_goes_on_is_compared_with_as_many_days() -> None:
    """On 26 November the first 26 days of October are before; on 31 March, all of February."""
    now, before = so_far(month("2026-11"), DAY.last)
    assert (now.days, str(before)) == (26, "01/10/2026 – 26/10/2026")
    assert so_far(month("2026-03"), dt.date(2026, 3, 30))[1].days == 28
    assert so_far(month("2026-10"), DAY.last) == (month("2026-10"), month("2026-09"))


async def test_a_number_lists_the_turns_it_counts(store: Store) -> None:
    """As many turns are listed as were counted, the newest first, of one channel if asked."""
    await a_day(store)

    async def rows(kind: str, channel: str = "", limit: int = 99) -> list[str]:
        found = await store.read(
            lambda connection: listed(
                connection, DAY.start, DAY.end, kind=kind, channel=channel, limit=limit
            )
        )
        return [row["status"] for row in found]

    assert await rows("questions") == ["unknown:weak", "clarified", "clarified", "answered"]
    assert await rows("clarified", "telegram") == ["clarified"]
    assert await rows("unknown") == await rows("questions", limit=1) == ["unknown:weak"]
    assert len(await rows("rated")) == 3


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-31", "2026-12-01"), ("2026-12-02", "2026-12-01"), ("2024-01-01", "2026-01-01")],
)
def test_a_wrong_period_is_explained(first: str, last: str) -> None:
    """No such date, the wrong way round, or more than a year: a sentence, no traceback."""
    with pytest.raises(PeriodError):
        between(first, last)


def test_percentiles_are_values_that_occurred() -> None:
    """Nearest rank: half of four values is the second."""
    histogram = {10: 2, 20: 1, 500: 1}
    assert [percentile(histogram, share) for share in (0.5, 0.75, 0.95)] == [10, 20, 500]
    assert change(15, 10) == 0.5
    assert change(15, 0) is None
