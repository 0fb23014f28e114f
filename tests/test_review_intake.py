"""What the review takes in, from real turns in a real store."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, update

from bot.messages import Choice, Content, Status
from bot.review.intake import PATIENCE, Intake
from bot.review.ranking import HALF_LIFE, rank
from bot.store import Store, TurnRecord
from bot.store.review_desk import Wanted, found
from bot.store.review_schema import clusters, flagged, questions
from intents.verdict import Candidate, Reason, Unknown
from tests.asked_in_vain import asked_in_vain

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


@pytest.mark.parametrize("status", Status)
async def test_unknown_turns_and_no_others_wait_for_a_reviewer(
    store: Store, status: Status
) -> None:
    """A turn counts as unanswered by its status exactly if that says unknown."""
    await store.add_turn(replace(LOST, status=status))
    expected = [(LOST.normalised, status.value)] if status.startswith("unknown:") else []
    assert await asked_in_vain(store, NOON) == expected


async def test_an_empty_question_is_not_worth_a_reviewers_time(store: Store) -> None:
    """A question without a subject counts only if something of it is left."""
    about_nothing = replace(LOST, status=Status.UNKNOWN_NO_SUBJECT)
    await store.add_turn(replace(about_nothing, normalised=""))
    await store.add_turn(replace(about_nothing, normalised="cho hoi"))
    assert await asked_in_vain(store, NOON) == [("cho hoi", "unknown:no_subject")]


async def test_an_answer_that_did_not_help_waits_for_a_reviewer(store: Store) -> None:
    """Feedback decides, and the last word counts; a useful answer is done."""
    for question in ("dở", "hay", "nghĩ lại"):
        turn = await store.add_turn(replace(LOST, normalised=question, status=Status.ANSWERED))
        await store.rate(turn, user_key="lan", useful=question == "hay", at=NOON)
    await store.rate(turn, user_key="lan", useful=True, at=NOON)
    assert await asked_in_vain(store, NOON) == [("dở", "feedback")]


async def test_a_question_asked_back_and_left_is_abandoned_after_half_an_hour(
    store: Store,
) -> None:
    """People get thirty minutes to choose."""
    await store.add_turn(replace(LOST, status=Status.CLARIFIED))
    assert await asked_in_vain(store, NOON + timedelta(minutes=29, seconds=59)) == []
    assert await asked_in_vain(store, NOON + timedelta(minutes=30)) == [
        (LOST.normalised, "abandoned")
    ]


async def test_who_chooses_has_not_abandoned(store: Store) -> None:
    """A clarified question is done when the same person's next turn is a choice."""
    clarified = replace(LOST, status=Status.CLARIFIED)
    await store.add_turn(clarified)
    await store.add_turn(replace(LOST, status=Status.CHOSEN))
    assert await asked_in_vain(store, NOON + timedelta(days=1)) == []


async def test_who_goes_on_to_something_else_has_abandoned(store: Store) -> None:
    """The person's next turn decides, after a while; another person's turn does not count."""
    await store.add_turn(replace(LOST, status=Status.CLARIFIED))
    await store.add_turn(replace(LOST, status=Status.ANSWERED, user_key="minh"))
    assert await asked_in_vain(store, NOON) == []
    await store.add_turn(replace(LOST, status=Status.ANSWERED))
    await store.add_turn(replace(LOST, status=Status.CHOSEN))
    assert await asked_in_vain(store, NOON + PATIENCE) == [(LOST.normalised, "abandoned")]


async def left(store: Store, user: str = "lan", **fields: Any) -> None:
    """Somebody is asked back, and asks something else."""
    offered = (Choice("e:a", "A"), Choice("e:b", "B"), Choice("none", "Không đúng câu nào"))
    clarified = replace(LOST, user_key=user, status=Status.CLARIFIED, offered=offered, **fields)
    await store.add_turns([clarified, replace(clarified, status=Status.ANSWERED, offered=())])


async def test_who_chooses_late_has_not_abandoned(store: Store) -> None:
    """Their question leaves its cluster's counts; another's stays."""
    await left(store)
    await left(store, "minh")
    await Intake(store).run(NOON + PATIENCE)
    assert [row["turns"] for row in await rows(store, clusters)] == [2]
    late = replace(LOST, at=NOON + 2 * PATIENCE, status=Status.CHOSEN, choice="e:b")
    await store.add_turn(late)
    await Intake(store).run(late.at + PATIENCE)
    assert [(row["turns"], row["people"]) for row in await rows(store, clusters)] == [(1, 1)]
    assert [row["user_key"] for row in await rows(store, flagged)] == ["minh"]


async def test_a_late_choice_counts_also_when_the_intake_comes_after_it(store: Store) -> None:
    """A program that stood still flags and takes back in one go."""
    await left(store)
    await store.add_turn(replace(LOST, status=Status.CHOSEN, choice="e:a"))
    for slice_turns in (1, 200):
        await Intake(store, slice_turns=slice_turns).run(NOON + timedelta(days=1))
        assert await rows(store, flagged) == []
        assert await rows(store, clusters) == []


@pytest.mark.parametrize(
    ("status", "choice", "user"),
    [
        (Status.CHOSEN, "e:c", "lan"),
        (Status.CHOSEN, "e:a", "minh"),
        (Status.ANSWERED, "e:a", "lan"),
        (Status.NONE_FITS, "none", "lan"),
    ],
)
async def test_another_choice_takes_nothing_back(
    store: Store, status: Status, choice: str, user: str
) -> None:
    """Of another entry, of another person, no choice at all, "none" to another question."""
    await left(store)
    other = {"status": status, "choice": choice, "user_key": user, "normalised": ""}
    await store.add_turn(replace(LOST, **other))  # type: ignore[arg-type]  # fields by name
    await Intake(store).run(NOON + timedelta(days=1))
    assert [row["reason"] for row in await rows(store, flagged)] == ["abandoned"]


async def test_what_somebody_decided_on_stays(store: Store) -> None:
    """The cluster that waits for a proposal is not emptied under it."""
    await left(store)
    await Intake(store).run(NOON + PATIENCE)
    await store.write(lambda c: c.execute(update(clusters).values(state="accepted")).rowcount)
    await store.add_turn(replace(LOST, status=Status.CHOSEN, choice="e:a"))
    await Intake(store).run(NOON + timedelta(days=1))
    assert [row["turns"] for row in await rows(store, clusters)] == [1]


async def test_none_of_these_said_late_counts_once(store: Store) -> None:
    """The same question is not both abandoned and answered with "none of these"."""
    await left(store)
    await Intake(store).run(NOON + PATIENCE)
    late = replace(LOST, at=NOON + 2 * PATIENCE, status=Status.NONE_FITS, choice="none")
    await store.add_turn(late)
    await Intake(store).run(late.at + PATIENCE)
    assert [row["reason"] for row in await rows(store, flagged)] == ["unknown:none_fits"]


async def test_one_choice_takes_back_one_question(store: Store) -> None:
    """The newest of those that offered it."""
    await left(store, normalised="cũ")
    await left(store, normalised="mới")
    await Intake(store).run(NOON + PATIENCE)
    late = replace(LOST, at=NOON + 2 * PATIENCE, status=Status.CHOSEN, choice="e:a")
    await store.add_turn(late)
    for now in (late.at, late.at + PATIENCE):
        found = await asked_in_vain(store, now)
    assert found == [("cũ", "abandoned")]


async def test_an_opinion_between_is_no_other_question(store: Store) -> None:
    """Who rates an older answer first, and then chooses, has abandoned nothing."""
    between = (Status.ASKED_WHY, Status.RATED, Status.STALE_CHOICE)
    statuses = (Status.CLARIFIED, *between, Status.CHOSEN)
    await store.add_turns([replace(LOST, status=status) for status in statuses])
    assert await asked_in_vain(store, NOON + timedelta(days=1)) == []


async def test_a_turn_is_counted_once(store: Store) -> None:
    """Several reasons to look at a turn do not make it several turns."""
    for status in (Status.UNKNOWN_WEAK, Status.CLARIFIED, Status.CLARIFIED):
        turn = await store.add_turn(replace(LOST, status=status))
        await store.rate(turn, user_key="lan", useful=False, at=NOON)
    assert len(await asked_in_vain(store, NOON + timedelta(days=1))) == 3
    assert [row["turns"] for row in await rows(store, clusters)] == [3]


async def test_a_cluster_tells_when_in_which_words_and_what_came_nearest(store: Store) -> None:
    """First and last time, the newest words, the entries of the newest reading."""
    await store.add_turn(LOST)
    newest = replace(
        LOST,
        at=NOON + timedelta(hours=2),
        user_key="minh",
        text="MẤT THẺ",
        status=Status.UNKNOWN_OUT_OF_SCOPE,
        verdict=Unknown(Reason.OUT_OF_SCOPE, (Candidate("b", 0.1), Candidate("a", 0.05))),
    )
    await store.add_turn(newest)
    await Intake(store).run(NOON)
    (cluster,), (question,) = await rows(store, clusters), await rows(store, questions)
    assert (cluster["first_at"], cluster["last_at"]) == (NOON, NOON + timedelta(hours=2))
    assert question["text"] == "MẤT THẺ"
    assert [one["entry"] for one in question["likely"]] == ["b", "a"]


@pytest.mark.parametrize("verdict", [None, Unknown(Reason.OUT_OF_SCOPE)], ids=repr)
async def test_a_question_may_have_nothing_near(store: Store, verdict: Unknown | None) -> None:
    """A turn without a candidate is kept without one."""
    await store.add_turn(replace(LOST, verdict=verdict))
    await Intake(store).run(NOON)
    assert [row["likely"] for row in await rows(store, questions)] == [[]]


async def test_clusters_are_ranked_by_people_and_then_by_the_newest(store: Store) -> None:
    """Two people who ask once go before one who asks twice; the limit cuts the rest."""
    asked = [("cũ", "lan", 0), ("mới", "lan", 9), ("hai lần", "lan", 1), ("hai lần", "lan", 2)]
    asked += [("hai người", "lan", 1), ("hai người", "hoa", 1)]
    for normalised, user, hours in asked:
        at = NOON + timedelta(hours=hours)
        await store.add_turn(
            replace(LOST, normalised=normalised, text=normalised, user_key=user, at=at)
        )
    await Intake(store).run(NOON)

    def first(limit: int) -> Callable[[Connection], list[str]]:
        return lambda c: [
            row["title"] for row in found(c, Wanted(state="open"), limit=limit, offset=0)[0]
        ]

    assert await store.read(first(9)) == ["hai người", "mới", "hai lần", "cũ"]
    assert await store.read(first(2)) == ["hai người", "mới"]
