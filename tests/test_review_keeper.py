"""What keeps the review up to date: it waits for citizens, tells how far it is, survives faults."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.messages import Content, Status
from bot.review.keeper import Keeper
from bot.review.places import Places
from bot.review.recheck import Recheck
from bot.store import Store, TurnRecord
from tests.logs import logging_as
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.review.cluster import Progress

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOST = TurnRecord(
    at=NOON,
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="chợ phiên ngày nào",
    normalised="cho phien ngay nao",
    status=Status.UNKNOWN_WEAK,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield opened
    await opened.close()


class Work:
    """A keeper over a store, and what it was told and asked."""

    def __init__(self, store: Store, *, patience: float = 60.0) -> None:
        self.waits = False
        self.told: list[Progress | None] = []
        self.keeper = Keeper(
            store,
            Places(lambda: sample_faq().knowledge),
            Recheck(store, sample_faq, lambda: NOON),
            lambda: NOON,
            busy=self.busy,
            gathering=self.told.append,
            rest=0.01,
            patience=patience,
        )

    async def busy(self) -> bool:
        return self.waits


async def flagged(store: Store) -> int:
    from bot.store.clusters import reached  # noqa: PLC0415  # used here alone

    return await store.read(lambda c: reached(c, "review:asked"))


async def until(store: Store, number: int) -> None:
    async with asyncio.timeout(30):
        while True:
            if await flagged(store) >= number:
                return
            await asyncio.sleep(0.01)


async def test_it_gathers_and_tells_how_far_it_is(store: Store) -> None:
    """More than one slice: the first is told as a part of the whole, the end as None."""
    await store.add_turns([replace(LOST, user_key=str(n)) for n in range(201)])
    work = Work(store)
    work.keeper.start()
    await until(store, 201)
    async with asyncio.timeout(30):
        while work.told[-1] is not None:  # noqa: ASYNC110  # a list tells nobody
            await asyncio.sleep(0.01)
    await work.keeper.stop()
    parts = [told for told in work.told if told]
    assert [(told.done, told.total) for told in parts] == [(0, 201), (200, 201)]


async def test_it_waits_while_citizens_wait(store: Store) -> None:
    """Nothing is gathered until the inbox is empty."""
    await store.add_turn(LOST)
    work = Work(store)
    work.waits = True
    work.keeper.start()
    await asyncio.sleep(0.1)
    assert await flagged(store) == 0
    work.waits = False
    await until(store, 1)
    await work.keeper.stop()


async def test_where_citizens_always_wait_it_goes_on_after_a_while(store: Store) -> None:
    """A busy day must not keep the queue empty."""
    await store.add_turn(LOST)
    work = Work(store, patience=0.6)
    work.waits = True
    work.keeper.start()
    await until(store, 1)
    await work.keeper.stop()


async def test_a_store_that_fails_is_told_once(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bot goes on; the log does not fill with the same line."""
    work = Work(store)
    with logging_as():
        await store.close()
        work.keeper.start()
        await asyncio.sleep(0.2)
        await work.keeper.stop()
    said = capsys.readouterr()
    assert (said.out + said.err).count("the review cannot be kept up to date") == 1
