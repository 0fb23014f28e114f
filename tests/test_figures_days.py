"""Days are counted once and kept, but nothing that is kept is ever out of date."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest

from bot.insight.days import Days
from bot.insight.insight import Insight
from bot.insight.periods import last_days
from bot.messages import Content, Status
from bot.store import StoreError
from tests.sample_faq import sample_faq
from tests.test_figures import DAY, NIGHT, NOW, VNEID, store, turn

if TYPE_CHECKING:
    from bot.insight.figures import Figures
    from bot.store import Store

__all__ = ["store"]
WEEK = last_days(7, DAY.last)
AGO = NIGHT - dt.timedelta(days=5)


class Looks:
    """Somebody who looks at the same figures again and again, a minute apart."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        catalog = sample_faq().catalog
        self.insight = Insight(store, lambda: catalog, lambda: self.now)

    async def again(self) -> Figures:
        self.now += dt.timedelta(minutes=1)
        return await self.insight.of(WEEK)


async def test_a_day_is_walked_again_only_if_its_turns_changed(store: Store) -> None:
    """A new question of today leaves the days before as they were counted."""
    await store.add_turns([turn("lan", Status.ANSWERED, at=AGO), turn("lan", Status.ANSWERED)])
    days = Days()
    first = await store.walk(lambda connection: days.count(connection, WEEK))
    await store.add_turns([turn("hoa", Status.UNKNOWN_WEAK)])
    second = await store.walk(lambda connection: days.count(connection, WEEK))
    old, new = AGO.astimezone(WEEK.start.tzinfo).date(), DAY.last
    assert second.days[old] is first.days[old]
    assert second.days[new] is not first.days[new]
    assert second.days[new].questions.total() == 2


async def test_an_erased_person_is_gone_from_days_that_were_kept(store: Store) -> None:
    """Who erased their data counts nowhere any more, whenever they asked."""
    await store.add_turns(
        [turn(who, Status.ANSWERED, at=AGO, entry=VNEID) for who in ("lan", "hoa")]
    )
    looks = Looks(store)
    assert (await looks.again()).total.people == 2
    await store.erase("lan")
    found = await looks.again()
    assert (found.total.people, found.total.questions) == (1, 1)
    assert found.top_entries[0][2] == 1


async def test_a_late_thumb_is_counted(store: Store) -> None:
    """An opinion that comes days later belongs to the day of the answer, and may be changed."""
    (answered,) = await store.add_turns([turn("lan", Status.ANSWERED, at=AGO, entry=VNEID)])
    looks = Looks(store)
    assert (await looks.again()).rated == 0
    await store.rate(answered, user_key="lan", useful=False, at=NOW)
    assert (await looks.again()).satisfaction == 0
    await store.rate(answered, user_key="lan", useful=True, at=NOW)
    found = await looks.again()
    assert found.satisfaction == 1
    assert [rated for _, rated in found.opinions.values()] == [0, 1, 0, 0, 0, 0, 0]


async def test_a_late_choice_is_counted(store: Store) -> None:
    """Who chooses days after the bot asked back, chose."""
    await store.add_turns([turn("lan", Status.CLARIFIED, at=AGO)])
    looks = Looks(store)
    assert (await looks.again()).chosen == 0
    await store.add_turns([turn("lan", Status.CHOSEN, content=Content.CHOICE, entry=VNEID)])
    assert (await looks.again()).chosen_rate == 1


async def test_kept_days_give_the_figures_of_days_counted_now(store: Store) -> None:
    """People of a period, by channel and in all, are the same whether days were kept or not."""
    channels = ("web", "telegram", "web")
    await store.add_turns(
        [
            turn(
                f"{n % 3}", Status.ANSWERED, at=NIGHT - dt.timedelta(hours=5 * n), channel=channel
            )
            for n in reversed(range(30))
            for channel in channels[: n % 4]
        ]
    )
    looks = Looks(store)
    for period in (last_days(2, DAY.last), last_days(5, DAY.last)):
        await looks.insight.of(period)
    kept, fresh = await looks.again(), await Looks(store).again()
    assert kept.total == fresh.total
    assert kept.by_channel == fresh.by_channel
    assert kept.by_day == fresh.by_day
    assert kept.total.people == 6


async def test_days_counted_ahead_are_not_walked_again(store: Store) -> None:
    """Who saw a week finds the months before it counted, and told as they are."""
    long_ago = NIGHT - dt.timedelta(days=100)
    await store.add_turns(
        [turn("lan", Status.ANSWERED, at=long_ago), turn("hoa", Status.CLARIFIED)]
    )
    looks = Looks(store)
    looks.insight.prepare(last_days(180, DAY.last))
    await looks.insight.prepared()
    kept = dict(looks.insight._days._kept)
    assert len(kept) == 2
    found = await looks.insight.of(last_days(180, DAY.last))
    assert (found.total.people, found.total.questions) == (2, 2)
    assert all(looks.insight._days._kept[day][1] is counted for day, (_, counted) in kept.items())


async def test_counting_ahead_does_not_outlive_its_store(store: Store) -> None:
    """A service that stops meanwhile stops without an error."""
    looks = Looks(store)
    looks.insight.prepare(last_days(180, DAY.last))
    await store.close()
    await looks.insight.prepared()


def test_a_period_is_cut_into_pieces_without_gaps() -> None:
    """Each day is in one piece; the newest piece is first."""
    pieces = list(last_days(30, DAY.last).parts(14))
    assert [piece.days for piece in pieces] == [14, 14, 2]
    days = [day for piece in reversed(pieces) for day in piece.all_days]
    assert tuple(days) == last_days(30, DAY.last).all_days


async def test_a_walk_leaves_the_event_loop_alone(store: Store) -> None:
    """The rows of a walk are handled in a thread; a closed store says that it is closed."""
    assert await store.walk(lambda _: threading.current_thread()) is not threading.main_thread()
    await store.close()
    with pytest.raises(StoreError):
        await store.walk(lambda _: None)
