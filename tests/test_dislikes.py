"""Officials see why an answer was disliked, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.console.entry_areas import entry_areas
from bot.console.office import Role
from bot.editing import AddGolden, AddPhrasings, NewEntry, SetFields, to_json
from bot.messages import Content, Status
from bot.store import Store, TurnRecord, proposals
from bot.store.dislikes import Dislikes, dislikes
from tests import officials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.editing import Edit

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
DAY = timedelta(days=1)
FORGOT, OTP = "vneid_quen_mat_khau", "vneid_khong_nhan_otp"
ANSWERED = TurnRecord(
    at=NOW,
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="quên mật khẩu [số điện thoại]",
    status=Status.ANSWERED,
    entry=FORGOT,
)
MENDED = SetFields(FORGOT, {"answer": "Câu trả lời mới."})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield store
    await store.close()


async def dislike(
    store: Store, days: int, reason: str | None = None, *, useful: bool = False, **fields: Any
) -> int:
    """Let somebody rate an answer so many days ago; the turn."""
    turn = await store.add_turn(replace(ANSWERED, **fields))
    at = NOW - days * DAY
    await store.rate(turn, user_key="lan", useful=useful, reason=reason, at=at)
    return turn


async def publish(store: Store, days: int, *edits: Edit, state: str = "published") -> None:
    at = NOW - days * DAY
    row = {
        "state": state,
        "title": "Sửa",
        "author": "hoa",
        "created_at": at,
        "changed_at": NOW,
        "published_at": at if state != "draft" else None,
        "edits": [to_json(edit) for edit in edits],
        "base": {},
        "clusters": [],
        "note": "",
    }
    await store.write(lambda c: proposals.add(c, row))


async def found(store: Store, entry: str = FORGOT, limit: int = 9) -> Dislikes:
    since = NOW - 90 * DAY
    return await store.read(lambda c: dislikes(c, entry, since=since, limit=limit), long=True)


async def test_reasons_are_counted_over_ninety_days(store: Store) -> None:
    """The most frequent first; neither praise, nor what is older, nor other entries."""
    for days, reason in (
        (1, "outdated"),
        (2, "wrong"),
        (80, "outdated"),
        (91, "wrong"),
        (3, None),
    ):
        await dislike(store, days, reason)
    await dislike(store, 1, useful=True)
    await dislike(store, 1, "unclear", entry=OTP)
    seen = await found(store)
    assert [(one.reason, one.count) for one in seen.reasons] == [
        ("outdated", 2),
        (None, 1),
        ("wrong", 1),
    ]
    assert len(seen.newest) == 4
    assert seen.mended is None
    assert await found(store, "can_cuoc_doi") == Dislikes([], [], None)


async def test_the_newest_come_first_and_say_when_they_were_mended(store: Store) -> None:
    """By the first change that came after them; the counts are those since the last."""
    turns = [await dislike(store, days, "wrong") for days in (30, 12, 1)]
    await publish(store, 20, MENDED)
    await publish(store, 5, MENDED)
    seen = await found(store)
    assert [one.turn for one in seen.newest] == turns[::-1]
    mended = [one.mended and (NOW - one.mended).days for one in seen.newest]
    assert mended == [None, 5, 20]
    assert [(one.count, one.since_mended) for one in seen.reasons] == [(3, 1)]
    assert [one.turn for one in (await found(store, limit=1)).newest] == turns[2:]


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        (MENDED, "draft"),
        (MENDED, "rolled_back"),
        (SetFields(OTP, {"answer": "Khác."}), "published"),
        (AddPhrasings(FORGOT, ("quên pass",)), "published"),
        (SetFields(FORGOT, {"phrasings": ["quên pass"]}), "published"),
        (AddGolden(FORGOT, "quên pass"), "published"),
    ],
)
async def test_what_changes_no_answer_mends_nothing(store: Store, edit: Edit, state: str) -> None:
    """Drafts, what was taken back, other entries, more ways to ask."""
    await dislike(store, 9)
    await publish(store, 5, edit, state=state)
    assert (await found(store)).mended is None


async def test_a_new_entry_counts_as_written_then(store: Store) -> None:
    """The first version of an answer is a change of it as well."""
    await publish(store, 5, NewEntry("vneid", {"id": FORGOT}))
    assert (await found(store)).mended == NOW - 5 * DAY


async def test_the_page_of_an_entry_shows_what_became_of_it(tmp_path: Path) -> None:
    """Reasons in words with counts, masked questions, the day of the change, in Vietnam."""
    async with officials.opened(tmp_path, now=lambda: NOW) as office:
        lan = await officials.client(office, entry_areas(office), Role.VIEWER)
        path = f"/quan-tri/muc/{FORGOT}"
        assert "chưa ai bấm 👎 trong 90 ngày" in (await lan.get(path)).text
        await dislike(office.store, 10, "outdated", text="<b>quên</b> [số điện thoại]")
        page = (await lan.get(path)).text
        assert "Câu trả lời chưa được sửa lần nào qua trang quản trị." in page
        assert "&lt;b&gt;quên&lt;/b&gt; [số điện thoại]" in page
        assert "16/11/2026, Đã cũ" in page
        await publish(office.store, 4, MENDED)
        await dislike(office.store, 1)
        page = (await lan.get(path)).text
    assert "Câu trả lời được sửa lần cuối ngày 22/11/2026." in page
    assert page.count("đã sửa ngày 22/11/2026") == 1
    assert '<th scope="row">Đã cũ</th><td class="number">1</td><td class="number">0</td>' in page
    row = '<th scope="row">Không nói vì sao</th><td class="number">1</td><td class="number">1</td>'
    assert row in page
