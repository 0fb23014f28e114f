"""`feedback: false`: no channel asks for an opinion, none is kept, and who gives one is told so."""

from __future__ import annotations

import io
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest
from rich.console import Console

from bot.channels.console import chat
from bot.channels.telegram import outgoing as telegram
from bot.channels.web import build_web
from bot.channels.zalo_bot import outgoing as zalo_bot
from bot.channels.zalo_oa import outgoing as zalo_oa
from bot.config import Settings
from bot.console.composition import areas_of
from bot.console.office import Role
from bot.feedback import OFF
from bot.front_desk import FrontDesk
from bot.insight.report import sentences
from bot.messages import Content, Incoming
from bot.replies import topic_choices
from bot.store import Store
from tests import officials
from tests.fakes.platform import Platform
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Answering, Ledger
from tests.sample_faq import sample_faq, write
from tests.telegram_desk import channel_of
from tests.test_console import typed
from tests.test_inbox import at_work
from tests.test_report import of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.messages import Turn

PASSWORD = "quên mật khẩu vneid thì làm sao"
SIGNS = "Gõ + nếu có ích"
ASKED = urlencode({"q": PASSWORD})


@asynccontextmanager
async def desk_in(folder: Path, *, takes_feedback: bool) -> AsyncIterator[FrontDesk]:
    store = await Store.open(f"sqlite+aiosqlite:///{folder / 'hoidap.db'}")
    desk = FrontDesk(sample_faq(), store, secret=b"mot khoa", takes_feedback=takes_feedback)
    try:
        yield desk
    finally:
        desk.close()
        await store.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[FrontDesk]:
    """A desk that takes none, in whose store there is an answer from when it did."""
    async with desk_in(tmp_path, takes_feedback=True) as before:
        await ask(before)
    async with desk_in(tmp_path, takes_feedback=False) as desk:
        yield desk


async def ask(desk: FrontDesk, text: str = PASSWORD, **more: str) -> Turn:
    content = Content.CHOICE if "choice" in more else Content.TEXT
    return await desk.respond(Incoming("web", "lan", content, text, **more))


def kept(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "hoidap.db")) as file:
        return int(file.execute("SELECT count(*) FROM feedback").fetchone()[0])


async def test_no_channel_shows_thumbs_or_signs(desk: FrontDesk, tmp_path: Path) -> None:
    """The same answer with them on shows the thumbs on each: nothing else hides them."""
    off = await ask(desk)
    async with desk_in(tmp_path / "on", takes_feedback=True) as other:
        on = await ask(other)
    for render in (telegram.to_payloads, zalo_oa.to_payloads, zalo_bot.to_payloads):
        shown, hidden = str(render(on)), str(render(off))
        assert any(mark in shown for mark in ("👎", SIGNS))
        assert not any(mark in hidden for mark in ("👎", "👍", "fb:", SIGNS))


async def test_the_web_shows_none_and_refuses_one(desk: FrontDesk, tmp_path: Path) -> None:
    """Over JSON a sentence in an error, on the page without JavaScript the same in words."""
    transport = httpx.ASGITransport(build_web(desk, topics=tuple, ready=lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
        asked = {"session": "lan", "text": PASSWORD}
        answer = (await client.post("/chat/api/messages", json=asked)).json()
        assert not answer["asks_feedback"]
        assert 'name="down"' not in answer["html"]
        assert 'name="down"' not in (await client.post("/", data=asked)).text
        given = {"session": "lan", "turn": 1, "useful": False}
        refused = await client.post("/chat/api/feedback", json=given)
        assert (refused.status_code, refused.json()) == (403, {"error": OFF})
        page = await client.post("/", data={"session": "lan", "down": "1"})
        assert (page.status_code, OFF in page.text) == (403, True)
    assert kept(tmp_path) == 0


async def test_an_old_button_in_a_chat_is_told(desk: FrontDesk, tmp_path: Path) -> None:
    """Zalo OA sends it as a choice; a sign is a message like any other."""
    for choice in ("fb:1:0", "fb:1:0:wrong", "fb:1:1"):
        turn = await ask(desk, "", choice=choice)
        assert (turn.reply.text, turn.reply.choices) == (OFF, ())
    await ask(desk)
    assert (await ask(desk, "-")).reply.status.value.startswith(("unknown", "empty"))
    assert kept(tmp_path) == 0


async def test_an_old_button_on_telegram_shows_a_short_sentence(
    desk: FrontDesk, tmp_path: Path
) -> None:
    """And stays as it is: nothing was chosen."""
    async with FakeTelegram() as fake:
        channel = channel_of(fake, topics=lambda: topic_choices(sample_faq().catalog.topics))
        an, desk.takes_feedback = fake.user(7), True
        async with Answering(Ledger(tmp_path / "messages.db"), desk, channel):
            an.say(PASSWORD)
            assert "👎 Chưa đúng" in (await an.next()).buttons
            desk.takes_feedback = False
            tap = an.tap("👎")
            await fake.until(lambda: fake.queries[tap] is not None)
        assert fake.queries[tap] == OFF
        assert "👎 Chưa đúng" in an.messages[0].buttons
    assert kept(tmp_path) == 0


async def test_the_terminal_asks_for_no_sign(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it understand one."""
    typed(monkeypatch, f"{PASSWORD}\n-\n".encode())
    screen = io.StringIO()
    await chat(desk, Console(file=screen, width=200, highlight=False), user="an")
    assert "Bạn tự đặt lại mật khẩu" in screen.getvalue()
    assert SIGNS not in screen.getvalue()
    assert "góp ý" not in screen.getvalue()


async def test_the_inbox_keeps_none(tmp_path: Path) -> None:
    """What a platform delivers is refused in the same place."""
    async with at_work(tmp_path / "hoidap.db", Platform()) as post:
        await post.say(PASSWORD)
        await post.quiet()
        post.desk.takes_feedback = False
        await post.say("", content=Content.CHOICE, choice="fb:1:0")
        await post.quiet()
        assert post.platform.sent["chat-lan"][-1] == OFF
        assert post.rows("SELECT * FROM feedback") == []


async def test_the_console_shows_no_figures_that_stay_empty(tmp_path: Path) -> None:
    """Neither column nor order nor filter of opinions; where one is left it says "off"."""
    for feedback in (True, False):
        folder = tmp_path / str(feedback)
        folder.mkdir()
        settings = Settings(faq_dir=write(folder / "faq"), data_dir=folder, feedback=feedback)
        async with officials.opened(folder, settings=settings) as office:
            an = await officials.client(office, areas_of(office), Role.REVIEWER)
            pages = [
                (await an.get(f"/quan-tri/{path}")).text
                for path in (
                    "muc",
                    "muc/vneid_quen_mat_khau",
                    f"thu?{ASKED}",
                    "cau-hoi",
                    "so-lieu",
                )
            ]
        found = [
            any(mark in page for mark in marks)
            for page, marks in zip(
                pages,
                (
                    ("Hài lòng", "ít hài lòng nhất", "ít người hài lòng"),
                    (SIGNS, "Chưa đúng"),
                    (SIGNS, "Chưa đúng"),
                    ("chê câu trả lời",),
                    (),
                ),
                strict=True,
            )
        ]
        assert found[:4] == [feedback] * 4
        assert ["đánh giá đang tắt" in page for page in (pages[1], pages[4])] == [not feedback] * 2


def test_a_report_misses_nobody_who_could_not_rate() -> None:
    """The sentence on opinions stands only where there can be some."""
    nobody = "Chưa có ai đánh giá câu trả lời."
    now, before = of(3, 0), of(0, 0)
    assert nobody in sentences(now, before)
    assert nobody not in sentences(now, before, takes_feedback=False)
