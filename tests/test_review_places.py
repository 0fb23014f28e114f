"""Other words for the same question meet in one cluster, in a real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.messages import Content, Status
from bot.review.intake import Intake
from bot.review.places import Places
from bot.store import Store, TurnRecord
from bot.store.flagging import SURELY_THE_SAME, Flag, key_of
from bot.store.review_schema import clusters, decisions, questions
from tests.sample_faq import sample_faq

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RUM = TurnRecord(
    at=NOON,
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="Xin giấy phép bán rượu",
    normalised="xin giay phep ban ruou",
    status=Status.UNKNOWN_WEAK,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield opened
    await opened.close()


def places(**options: int) -> Places:
    return Places(lambda: sample_faq().knowledge, **options)


def asked(text: str) -> TurnRecord:
    return replace(RUM, text=text, normalised=sample_faq().knowledge.lexicon.read(text).normalised)


def flagged(text: str) -> Flag:
    return Flag(
        turn=1,
        normalised=asked(text).normalised or "",
        text=text,
        user_key="lan",
        channel="web",
        at=NOON,
        reason="unknown:weak",
    )


async def cluster_of(store: Store, text: str) -> int:
    key = key_of(asked(text).normalised or "")
    query = select(questions.c.cluster_id).where(questions.c.key == key)
    return await store.read(lambda c: int(c.execute(query).scalar_one()))


async def test_other_words_for_the_same_question_are_one_cluster(store: Store) -> None:
    """Wordings meet within one pass, later passes and after a restart; another question does not."""
    intake = Intake(store, places=places())
    await store.add_turns([RUM, asked("giấy phép bán rượu làm ở đâu")])
    assert await intake.run(NOON) == 2
    await store.add_turn(asked("giấy phép bán rượu xin thế nào"))
    await intake.run(NOON)
    await store.add_turns([asked("bán rượu có cần giấy phép"), asked("lịch thi bằng lái xe")])
    await Intake(store, places=places()).run(NOON)
    stored = await store.read(lambda c: c.execute(select(clusters.c.turns)).scalars().all())
    assert sorted(stored) == [1, 4]


async def test_without_places_only_the_same_words_meet(store: Store) -> None:
    """The intake works without a FAQ's words, by exact words alone."""
    await store.add_turns([RUM, asked("giấy phép bán rượu làm ở đâu")])
    await Intake(store).run(NOON)
    assert await cluster_of(store, RUM.text or "") != await cluster_of(
        store, "giấy phép bán rượu làm ở đâu"
    )


async def test_what_is_like_a_moved_question_follows_it_at_once(store: Store) -> None:
    """A move counts for the very next question, before the grouping has been read again."""
    intake = Intake(store, places=places())
    smoke = "xin giấy phép bán thuốc lá"
    await store.add_turns([RUM, asked(smoke), asked("lịch thi bằng lái xe")])
    await intake.run(NOON)
    away = await cluster_of(store, "lịch thi bằng lái xe")
    assert await cluster_of(store, smoke) != away
    moved = update(questions).where(questions.c.key == key_of(asked(smoke).normalised or ""))
    await store.write(lambda c: c.execute(moved.values(cluster_id=away)))
    later = "tôi xin giấy phép bán thuốc lá"
    await store.add_turn(asked(later))
    await intake.run(NOON)
    assert await cluster_of(store, later) == away


async def test_moves_are_taken_over_when_the_grouping_reads_again(store: Store) -> None:
    """After a decision the memory follows the rows, a minute later at the latest."""
    kept = places()
    intake = Intake(store, places=kept)
    await store.add_turns([RUM, asked("lịch thi bằng lái xe")])
    await intake.run(NOON)
    away = await cluster_of(store, "lịch thi bằng lái xe")
    row = {"at": NOON, "account": "Lan", "action": "move", "before": {}, "after": {}}
    moved = update(questions).values(cluster_id=away)
    await store.write(lambda c: c.execute(decisions.insert().values(**row, cluster_id=away)))
    await store.write(lambda c: c.execute(moved))
    await intake.run(NOON + timedelta(minutes=1))
    assert kept.group_of(RUM.normalised or "") == away


async def test_an_erased_question_is_forgotten_within_the_hour(store: Store) -> None:
    """What a person asked attracts nothing after they had it erased."""
    kept = places()
    await store.add_turn(RUM)
    await Intake(store, places=kept).run(NOON)
    assert kept.group_of(RUM.normalised or "") is not None
    await store.erase("lan")
    await Intake(store, places=kept).run(NOON + timedelta(hours=1))
    assert kept.group_of(RUM.normalised or "") is None


async def test_what_another_process_gathered_is_known_a_minute_later(store: Store) -> None:
    """Near questions are found in any process, whichever keeps the review."""
    here, elsewhere = places(), Intake(store, places=places())
    await store.add_turn(RUM)
    await elsewhere.run(NOON)
    await here.refresh(store, NOON)
    coffee = "giấy phép mở quán cà phê"
    await store.add_turn(asked(coffee))
    await elsewhere.run(NOON)
    assert here.group_of(asked(coffee).normalised or "") is None
    near = await here.near(
        store, NOON + timedelta(minutes=1), [key_of(RUM.normalised or "")], most=5
    )
    assert list(near) == [key_of(asked(coffee).normalised or "")]
    assert here.group_of(asked(coffee).normalised or "") == await cluster_of(store, coffee)


async def test_own_questions_are_known_by_their_clusters_a_minute_later(store: Store) -> None:
    """A group that began in memory takes its cluster's number as soon as it is stored."""
    kept = places()
    intake = Intake(store, places=kept)
    await intake.run(NOON)
    await store.add_turn(RUM)
    await intake.run(NOON + timedelta(seconds=1))
    assert (kept.group_of(RUM.normalised or "") or 0) < 0
    await intake.run(NOON + timedelta(minutes=2))
    assert kept.group_of(RUM.normalised or "") == await cluster_of(store, RUM.text or "")


async def test_what_was_seated_just_now_is_not_forgotten_by_a_look(store: Store) -> None:
    """A reviewer who asks for near clusters meanwhile does not make the next wording a stranger."""
    kept = places()
    await kept.refresh(store, NOON)
    (flag,) = await kept.seat([flagged("xin giấy phép bán rượu")])
    row = {"at": NOON, "account": "Lan", "action": "move", "before": {}, "after": {}}
    await store.write(lambda c: c.execute(decisions.insert().values(**row, cluster_id=1)))
    await kept.near(store, NOON + timedelta(minutes=1), [], most=5)
    assert kept.group_of(flag.normalised) is not None
    await store.write(lambda c: c.execute(decisions.insert().values(**row, cluster_id=1)))
    await kept.near(store, NOON + timedelta(minutes=3), [], most=5)
    assert kept.group_of(flag.normalised) is None  # it never got a row


async def test_a_dismissed_cluster_takes_only_what_is_surely_the_same(store: Store) -> None:
    """What a reviewer put aside stays aside with its like, but swallows no other question."""
    intake = Intake(store, places=places())
    await store.add_turn(RUM)
    await intake.run(NOON)
    await store.write(lambda c: c.execute(update(clusters).values(state="ignored")))
    await store.add_turns([asked("tôi xin giấy phép bán rượu"), asked("giấy phép bán thuốc lá")])
    await intake.run(NOON)
    rows = await store.read(lambda c: c.execute(select(clusters).order_by(clusters.c.id)).all())
    assert [(row.state, row.turns) for row in rows] == [("ignored", 2), ("open", 1)]
    assert SURELY_THE_SAME < 1


async def test_only_the_newest_questions_are_remembered(store: Store) -> None:
    """Memory is bounded: a full grouping is restored with the newest questions alone."""
    kept = places(most=10)
    texts = [f"giấy phép {word}" for word in "abcdefghijklmn"]
    await store.add_turns([asked(text) for text in texts])
    await Intake(store, places=kept).run(NOON)
    await Intake(store, places=kept).run(NOON + timedelta(minutes=1))
    remembered = [kept.group_of(asked(text).normalised or "") is not None for text in texts]
    assert not remembered[0]
    assert remembered[-1]
    assert sum(remembered) <= 10
