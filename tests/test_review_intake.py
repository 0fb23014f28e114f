"""What the review takes in, from real turns in a real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.messages import Content, Status
from bot.review.intake import PATIENCE, Intake
from bot.review.ranking import HALF_LIFE, rank
from bot.store import Store, TurnRecord
from bot.store.review_schema import clusters, flagged, questions

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LOST = TurnRecord(
    at=NOON,
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="Mất thẻ?",
    normalised="mat the",
    status=Status.UNKNOWN_WEAK,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield opened
    await opened.close()


async def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    return await store.read(lambda c: [{**row} for row in c.execute(select(table)).mappings()])


async def test_the_same_words_of_two_people_are_one_cluster(store: Store) -> None:
    """Turns and distinct people are both counted, over slices, and once however often it runs."""
    await store.add_turns([LOST, LOST, replace(LOST, user_key="minh", channel="zalo")])
    assert await Intake(store, slice_turns=2).run(NOON) == 3
    assert await Intake(store).run(NOON) == 0
    (cluster,) = await rows(store, clusters)
    assert (cluster["turns"], cluster["people"]) == (3, 2)
    assert cluster["channels"] == {"web": 2, "zalo": 1}
    assert cluster["reasons"] == {"unknown:weak": 3}


async def test_a_question_asked_back_is_abandoned_only_after_a_while(store: Store) -> None:
    """A clarification waits for its choice before it counts as abandoned."""
    await store.add_turn(replace(LOST, status=Status.CLARIFIED))
    assert await Intake(store).run(NOON + PATIENCE - timedelta(seconds=1)) == 0
    assert await Intake(store).run(NOON + PATIENCE) == 1


async def test_a_choice_in_time_is_not_flagged(store: Store) -> None:
    """Who chose one of the offered entries abandoned nothing."""
    await store.add_turns(
        [replace(LOST, status=status) for status in (Status.CLARIFIED, Status.CHOSEN)]
    )
    assert await Intake(store).run(NOON + PATIENCE) == 0


async def test_a_dislike_flags_an_old_turn(store: Store) -> None:
    """An opinion counts also when the intake is long past its turn."""
    turn = await store.add_turn(replace(LOST, status=Status.ANSWERED))
    assert await Intake(store).run(NOON) == 0
    await store.rate(turn, user_key="lan", useful=False, at=NOON)
    assert await Intake(store).run(NOON) == 1
    assert [row["reason"] for row in await rows(store, flagged)] == ["feedback"]


async def test_erasing_takes_what_only_this_person_asked(store: Store) -> None:
    """Others' counts and words stay; no text of the erased person does."""
    own = replace(LOST, text="Riêng?", normalised="rieng")
    await store.add_turns([LOST, own, replace(LOST, user_key="minh", text="mất thẻ")])
    await Intake(store).run(NOON)
    await store.erase("lan")
    assert [row["text"] for row in await rows(store, questions)] == ["mất thẻ"]
    (cluster,) = await rows(store, clusters)
    assert (cluster["title"], cluster["turns"], cluster["people"]) == ("mất thẻ", 1, 1)


def test_twice_the_people_weigh_as_much_as_half_a_life() -> None:
    """Four people a half-life ago rank like two now."""
    assert rank(people=4, last_at=NOON - HALF_LIFE) == pytest.approx(rank(people=2, last_at=NOON))


async def test_a_dislike_that_becomes_a_like_is_taken_back(store: Store) -> None:
    """The newest opinion counts: nothing of the old one is left in the review."""
    turn = await store.add_turn(replace(LOST, status=Status.ANSWERED))
    await store.rate(turn, user_key="lan", useful=False, at=NOON)
    assert await Intake(store).run(NOON) == 1
    await store.rate(turn, user_key="lan", useful=True, at=NOON)
    assert await Intake(store).run(NOON) == 0
    assert [await rows(store, table) for table in (flagged, questions, clusters)] == [[], [], []]
