"""The queue's pages over the real desk and a real store: what is pressed is what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console.office import Role
from bot.console.queue import QueueArea
from bot.proposals.proposal import State as Proposed
from bot.review.intake import Intake
from tests.officials import client, clock, close, office
from tests.test_review_desk import ENTRY, asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.office import Office

LIST = "/quan-tri/cau-hoi"


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Office]:
    made = await office(tmp_path)
    await made.store.add_turns(asked("quên pát cốt", "lan", "minh"))
    await Intake(made.store).run(clock())
    yield made
    await close(made)


async def test_accepted_and_taken_back_through_the_pages(made: Office) -> None:
    """The form makes a proposal of the question; undo on the list withdraws it."""
    lan = await client(made, [QueueArea(made, made.review)], Role.EDITOR, "lan")
    page = (await lan.get(LIST)).text
    assert "quên pát cốt" in page
    answer = await lan.post(f"{LIST}/1", act="accept", version="1", entry=ENTRY, tat_ca="1")
    (proposal,) = await made.proposals.list()
    assert answer.headers["location"] == f"/quan-tri/thay-doi/{proposal['id']}"
    assert (await made.proposals.get(proposal["id"])).clusters == (1,)
    page = (await lan.get(f"{LIST}/1")).text
    assert "chờ công bố" in page
    last = await made.review.last_of("lan")
    assert last
    await lan.post(f"{LIST}/hoan-tac", decision=str(last.id))
    assert (await made.proposals.get(proposal["id"])).state is Proposed.WITHDRAWN
    assert "quên pát cốt" in (await lan.get(LIST)).text


async def test_the_slower_of_two_is_told_on_the_page(made: Office) -> None:
    """Both saw the same version; the second reads who was first, and nothing was proposed."""
    areas = [QueueArea(made, made.review)]
    lan = await client(made, areas, Role.REVIEWER, "lan")
    minh = await client(made, areas, Role.REVIEWER, "minh")
    await lan.get(f"{LIST}/1")
    await minh.get(f"{LIST}/1")
    await lan.post(f"{LIST}/1", act="ignore", version="1")
    answer = await minh.post(f"{LIST}/1", act="accept", version="1", entry=ENTRY, tat_ca="1")
    assert answer.status_code == 409
    assert "lan vừa xử lý nhóm 1 trước bạn" in answer.text
    assert await made.proposals.list() == []
