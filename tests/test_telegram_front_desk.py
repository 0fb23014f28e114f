"""From a citizen's phone and back: the Telegram channel with the real desk and its store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.front_desk import FrontDesk
from bot.replies import topic_choices
from bot.store import Store
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Answering, Ledger
from tests.sample_faq import asks_back, sample_faq
from tests.telegram_desk import channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.faq import Faq

PASSWORD = "quên mật khẩu vneid thì làm sao"
AN, BINH = 7, 8


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def faq(request: pytest.FixtureRequest) -> Faq:
    return getattr(request, "param", sample_faq)()


@pytest.fixture
async def bot(fake: FakeTelegram, faq: Faq, tmp_path: Path) -> AsyncIterator[Answering]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/hoidap.db")
    desk = FrontDesk(faq, store, secret=b"mot khoa chi de thu nghiem")
    channel = channel_of(fake, topics=lambda: topic_choices(faq.catalog.topics))
    async with Answering(Ledger(tmp_path / "messages.db"), desk, channel) as bot:
        yield bot
    desk.close()
    await store.close()


def stored(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "hoidap.db")) as database:
        return database.execute(query).fetchall()


@pytest.mark.usefixtures("bot")
async def test_a_citizen_finds_an_answer_from_the_greeting_on(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """Greeting, a topic, a question of it, the answer; each tap is shown as chosen; a thumb."""
    an = fake.user(AN)
    an.say("/start")
    greeting = await an.next()
    assert greeting.text.startswith("Chào bạn, mình là trợ lý hỏi đáp")
    assert "🪪 Tài khoản VNeID" in greeting.buttons
    an.tap("Tài khoản VNeID")
    page = await an.next()
    an.tap("Quên mật khẩu VNeID")
    answer = await an.next()
    assert answer.text.startswith("Bạn tự đặt lại mật khẩu ngay trên ứng dụng.")
    assert answer.marked("bold")[0] == "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."
    an.tap("👍")
    await fake.until(lambda: "✅ 👍 Có ích" in an.messages[2].buttons)
    await fake.until(lambda: an.messages[1].buttons == ["✅ Quên mật khẩu VNeID"])
    assert an.messages[0].buttons == ["✅ 🪪 Tài khoản VNeID"]
    assert page.buttons[-1] == "Xem các chủ đề"
    assert stored(tmp_path, "SELECT status FROM turns ORDER BY id") == [
        ("menu",),
        ("menu",),
        ("chosen",),
    ]
    assert stored(tmp_path, "SELECT turn_id, useful FROM feedback") == [(3, 1)]


@pytest.mark.usefixtures("bot")
async def test_a_typed_question_is_answered_and_a_related_one_tapped(fake: FakeTelegram) -> None:
    """Question → answer → tap → answer → the chosen one is shown."""
    an = fake.user(AN)
    an.say(PASSWORD)
    assert (await an.next()).text.startswith("Bạn tự đặt lại mật khẩu")
    an.tap("Đổi số điện thoại")
    assert (await an.next()).text.startswith("Đổi ngay trên ứng dụng")
    await fake.until(lambda: an.messages[0].buttons[0].startswith("✅ Đổi số điện thoại"))
    assert an.messages[0].buttons[1:] == ["👍 Có ích", "👎 Chưa đúng"]


@pytest.mark.parametrize("faq", [asks_back], indirect=True)
@pytest.mark.usefixtures("bot")
async def test_in_a_group_a_number_means_what_this_member_was_offered(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """Nobody continues another's conversation, and nobody is shown another's question."""
    group = fake.chat(-1_000_000_000_005)
    group.say(f"@{fake.username} {PASSWORD}", by=AN)
    offered = await group.next()
    assert offered.buttons[-1].endswith("Không đúng câu nào")
    group.say(f"@{fake.username} 1", by=BINH)
    others = await group.next()
    group.say(f"@{fake.username} 1", by=AN)
    own = await group.next()
    statuses = stored(tmp_path, "SELECT status FROM turns ORDER BY id")
    assert (statuses[0], statuses[2]) == (("clarified",), ("chosen",))
    assert statuses[1] != ("chosen",)
    assert PASSWORD not in offered.text + others.text + own.text
    assert len({key for (key,) in stored(tmp_path, "SELECT user_key FROM turns")}) == 2


@pytest.mark.usefixtures("bot")
async def test_a_person_in_a_group_and_the_same_in_private_are_kept_apart(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """What was asked in private cannot come up before others."""
    fake.user(AN).say(PASSWORD)
    await fake.user(AN).next()
    group = fake.chat(-1_000_000_000_005)
    group.say(f"@{fake.username} {PASSWORD}", by=AN)
    await group.next()
    assert len(set(stored(tmp_path, "SELECT user_key FROM turns"))) == 2
