"""Clusters follow the proposals that name them; reviewers' later decisions count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.editing import NewEntry
from bot.office import Person, Role
from bot.proposals.proposal import Published
from bot.proposals.proposal import State as Proposed
from bot.review.cluster import ReviewError, State
from bot.review.intake import Intake
from bot.review.outcomes import Outcomes
from tests.officials import clock, close, office
from tests.test_review_desk import ENTRY, asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.office import Office

LAN = Person(1, "lan", Role.EDITOR)
DRAFT = NewEntry(
    "vneid",
    {
        "id": "vneid_doi_pat_cot",
        "title": "Đổi passcode VNeID thế nào?",
        "phrasings": ["đổi pát cốt", "đổi passcode vneid", "thay mã passcode"],
        "answer": "Bạn mở VNeID, chọn Cài đặt rồi Đổi passcode.",
    },
)


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Office]:
    made = await office(tmp_path)
    await made.store.add_turns(asked("quên pát cốt", "lan", "minh"))
    await Intake(made.store).run(clock())
    yield made
    await close(made)


async def cluster(made: Office) -> Any:
    found = await made.review.cluster(1)
    assert found
    return found


async def state(made: Office) -> tuple[State, int | None]:
    found = await cluster(made)
    return found.row.state, found.proposal


async def drafted(made: Office) -> int:
    return await made.proposals.propose([DRAFT], author="lan", title="Mục mới", clusters=(1,))


async def undo_last(made: Office) -> int:
    last = await made.review.last_of("lan")
    assert last
    return await made.review.undo(last.id, by="lan")


def published(number: int) -> Published:
    return Published(number, "hoa", (ENTRY,), (1,), ())


async def test_a_new_entry_for_a_cluster_marks_it_as_drafted(made: Office) -> None:
    """Others see that somebody writes; its history says who."""
    number = await drafted(made)
    assert await state(made) == (State.DRAFTED, number)
    newest = (await cluster(made)).history[0]
    assert (newest.account, newest.action) == ("lan", "draft")


async def test_what_is_withdrawn_on_its_own_page_lets_the_cluster_wait_again(made: Office) -> None:
    """No question is stuck behind a proposal that nobody will publish."""
    await made.proposals.withdraw(await drafted(made), LAN)
    assert await state(made) == (State.OPEN, None)
    version = (await cluster(made)).row.version
    number = await made.review.accept(1, version, by="lan", entry=ENTRY, questions=())
    await made.proposals.withdraw(number, LAN)
    assert await state(made) == (State.OPEN, None)
    assert (await cluster(made)).entry is None


async def test_undoing_a_draft_withdraws_its_proposal(made: Office) -> None:
    """As with phrasings: what is taken back is not published by mistake."""
    number = await drafted(made)
    assert await undo_last(made) == 1
    assert await state(made) == (State.OPEN, None)
    assert (await made.proposals.get(number)).state is Proposed.WITHDRAWN


async def test_an_undo_that_cannot_be_leaves_the_proposal_alone(made: Office) -> None:
    """An older decision cannot be taken back under a newer one, and nothing is given up for it."""
    number = await made.review.accept(1, 1, by="lan", entry=ENTRY, questions=())
    first = await made.review.last_of("lan")
    assert first
    await made.review.ignore(1, 2, by="minh")
    with pytest.raises(ReviewError, match="sau đó nhóm đã đổi"):
        await made.review.undo(first.id, by="lan")
    assert (await made.proposals.get(number)).state is Proposed.DRAFT


async def test_nothing_is_restored_that_rests_on_a_withdrawn_proposal(made: Office) -> None:
    """“Waiting for publication” would wait for ever."""
    number = await made.review.accept(1, 1, by="lan", entry=ENTRY, questions=())
    await made.review.reopen(1, 2, by="lan")
    await made.proposals.withdraw(number, LAN)
    with pytest.raises(ReviewError, match=f"Thay đổi {number} không còn hiệu lực"):
        await undo_last(made)
    assert (await state(made))[0] is State.OPEN


async def test_a_rollback_opens_only_what_the_proposal_had_answered(made: Office) -> None:
    """Whoever ignored the cluster since is not overruled; told twice, it opens once."""
    told = Outcomes(made.store, clock)
    await told.published(published(7))
    await told.published(published(7))
    assert len((await cluster(made)).history) == 1
    await told.rolled_back(published(8))
    assert await state(made) == (State.CLOSED, 7)
    await told.rolled_back(published(7))
    await told.rolled_back(published(7))
    assert await state(made) == (State.OPEN, None)
    assert len((await cluster(made)).history) == 2
    await told.published(published(9))
    await made.review.ignore(1, (await cluster(made)).row.version, by="lan")
    await told.rolled_back(published(9))
    assert (await state(made))[0] is State.IGNORED


async def test_a_cluster_closed_by_an_undo_still_opens_when_it_is_asked_in_vain(
    made: Office,
) -> None:
    """The undo of a reopening restores since when it was answered."""
    number = await drafted(made)
    await Outcomes(made.store, clock).published(published(number))
    await made.review.reopen(1, 3, by="lan")
    await undo_last(made)
    assert (await state(made))[0] is State.CLOSED
    later = [
        replace(turn, at=clock() + timedelta(minutes=1)) for turn in asked("quên pát cốt", "tam")
    ]
    await made.store.add_turns(later)
    await Intake(made.store).run(clock() + timedelta(hours=1))
    assert (await state(made))[0] is State.OPEN


async def test_questions_out_of_scope_that_are_published_close_nothing(made: Office) -> None:
    """A cluster that another reviewer opened again is not “answered” without an answer."""
    await made.review.out_of_scope(1, 1, by="lan", questions=())
    number = (await cluster(made)).proposal
    await made.review.reopen(1, 2, by="hoa")
    await Outcomes(made.store, clock).published(Published(number, "lan", (), (1,), ()))
    assert (await state(made))[0] is State.OPEN


async def test_a_later_decision_is_not_overruled_by_publishing(made: Office) -> None:
    """Needs a citizen's file: that stays, whatever becomes of the proposal."""
    number = await made.review.accept(1, 1, by="lan", entry=ENTRY, questions=())
    await made.review.case_data(1, 2, by="hoa")
    await Outcomes(made.store, clock).published(published(number))
    assert (await state(made))[0] is State.CASE_DATA


@pytest.mark.parametrize(
    ("becomes", "then"), [(Proposed.PUBLISHED, State.CLOSED), (Proposed.WITHDRAWN, State.OPEN)]
)
async def test_an_undone_merge_catches_up_with_the_proposal(
    made: Office, becomes: Proposed, then: State
) -> None:
    """What was decided while the cluster was gone is not lost: nothing waits for ever."""
    await made.store.add_turns(asked("chợ phiên ngày nào", "tam"))
    await Intake(made.store).run(clock())
    number = await made.review.accept(1, 1, by="lan", entry=ENTRY, questions=())
    await made.review.merge(1, 2, by="lan", other=2)
    await made.proposals.change(await made.proposals.get(number), state=becomes)
    await undo_last(made)
    assert (await state(made))[0] is then
