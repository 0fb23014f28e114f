"""What the review takes in, from real turns in a real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from bot.messages import Content, Status
from bot.review.intake import PATIENCE, Intake
from bot.review.ranking import HALF_LIFE, rank
from bot.store import Store, TurnRecord
from bot.store.clusters import page
from bot.store.decisions import decide, undo
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


async def test_of_two_reviewers_the_slower_changes_nothing(store: Store) -> None:
    """A decision on an older version is refused; an undo puts the state back, once."""
    await store.add_turn(LOST)
    await Intake(store).run(NOON)

    def both(connection: Connection) -> list[object]:
        return [
            decide(connection, 1, state="ignored", account="Lan", version=1, at=NOON),
            decide(connection, 1, state="case_data", account="Minh", version=1, at=NOON),
            undo(connection, 1, version=1, account="Minh", at=NOON),
        ]

    assert await store.write(both) == [1, None, False]
    assert [row["state"] for row in await rows(store, clusters)] == ["ignored"]
    again = [
        await store.write(lambda c, v=v: undo(c, 1, version=v, account="Lan", at=NOON))  # type: ignore[misc]
        for v in (2, 3)
    ]
    assert again == [True, False]
    assert [row["state"] for row in await rows(store, clusters)] == ["open"]


async def test_what_more_people_ask_comes_first(store: Store) -> None:
    """A page of the queue begins with the most urgent cluster, and the next one goes on."""
    other = replace(LOST, text="Khác?", normalised="khac")
    await store.add_turns([LOST, other, replace(other, user_key="minh")])
    await Intake(store).run(NOON)
    pages = [
        await store.read(partial(page, state="open", limit=1, offset=offset))
        for offset in range(3)
    ]
    assert [[row["title"] for row in rows] for rows in pages] == [["Khác?"], ["Mất thẻ?"], []]
