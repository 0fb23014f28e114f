"""Privacy notice and erasing through the web's two doors, with the real desk and a real store."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest

from bot.channels.web import build_web
from bot.front_desk import FrontDesk
from bot.store import Store
from tests.logs import logging_as
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sqlalchemy import Connection

T = TypeVar("T")

PASSWORD = "quên mật khẩu vneid thì làm sao"


class Browser:
    """Both doors of one bot: JSON, where "lan" stands, and the form of a page without JavaScript."""

    def __init__(self, client: httpx.AsyncClient, path: Path) -> None:
        self._client = client
        self._path = path

    async def post(self, **fields: str) -> Any:
        """Send over the JSON door."""
        response = await self._client.post("/chat/api/messages", json={"session": "lan", **fields})
        assert response.status_code == 200
        return response.json()

    async def submit(self, **fields: str) -> str:
        """Send the plain form; the page that comes back."""
        response = await self._client.post("/", data=fields)
        assert response.status_code == 200
        return response.text

    async def page(self) -> str:
        return (await self._client.get("/")).text

    def kept(self) -> int:
        with closing(sqlite3.connect(self._path)) as file:
            return int(file.execute("SELECT count(*) FROM turns").fetchone()[0])


class Held(Store):
    """A store that lets a test stop a turn on its way in, as a slow disk does."""

    stopped: asyncio.Event | None = None
    free: asyncio.Event

    def hold(self) -> asyncio.Event:
        """Stop the next turns until `free` is set; the event tells that one is here."""
        self.stopped, self.free = asyncio.Event(), asyncio.Event()
        return self.stopped

    async def write(self, write: Callable[[Connection], T], *, long: bool = False) -> T:
        if self.stopped:
            self.stopped.set()
            await self.free.wait()
        return await super().write(write, long=long)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Held]:
    store = await Held.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield store
    await store.close()


@pytest.fixture
async def browser(store: Held, tmp_path: Path) -> AsyncIterator[Browser]:
    desk = FrontDesk(sample_faq(), store, secret=b"mot khoa chi de thu nghiem")
    app = build_web(desk, topics=tuple, ready=lambda: True)
    transport = httpx.ASGITransport(app)
    with logging_as("json", "error"):
        async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
            yield Browser(client, tmp_path / "hoidap.db")
    desk.close()


async def test_the_json_door_offers_erases_and_confirms(browser: Browser) -> None:
    """Programs see a status of its own for each step; the confirmation has no turn to rate."""
    await browser.post(text=PASSWORD)
    offer = await browser.post(text="/xoadulieu")
    assert offer["status"] == "erase:offered"
    assert [choice["id"] for choice in offer["choices"]] == ["erase:yes", "erase:no"]
    assert browser.kept() == 2
    done = await browser.post(choice="erase:yes")
    assert (done["status"], done["turn"], done["asks_feedback"]) == ("erase:done", 0, False)
    assert "Mình đã xóa hết dữ liệu về bạn" in done["text"]
    assert browser.kept() == 0


async def test_a_no_over_the_json_door_keeps_everything(browser: Browser) -> None:
    """The refusal is a turn like any other."""
    await browser.post(text=PASSWORD)
    await browser.post(text="xóa dữ liệu của tôi")
    assert (await browser.post(text="không"))["status"] == "erase:declined"
    assert browser.kept() == 3


async def test_the_menu_leads_to_the_notice(browser: Browser) -> None:
    """Both items are buttons of the menu, and every part of the notice is in its card."""
    menu = await browser.post(choice="menu")
    assert [choice["id"] for choice in menu["choices"]][-2:] == ["privacy", "erase"]
    notice = await browser.post(choice="privacy")
    assert notice["status"] == "privacy"
    for label in (
        "Lưu những gì",
        "Che đi trước khi lưu",
        "Giữ bao lâu",
        "Ai xem được",
        "Muốn xóa",
    ):
        assert f"<span>{label}</span>" in notice["html"]


async def test_erasing_works_without_javascript(browser: Browser) -> None:
    """The form's buttons carry the session from the offer to the confirmation."""
    first = await browser.submit(session="", text=PASSWORD)
    session = re.findall(r'name="session" value="([0-9a-f]{32})"', first)[0]
    offer = await browser.submit(session=session, text="", choice="erase")
    assert 'name="choice" value="erase:yes">Có, xóa hết</button>' in offer
    title = re.findall(r'name="title erase:yes" value="([^"]+)"', offer)[0]
    await browser.post(text=PASSWORD)  # somebody else
    done = await browser.submit(session=session, choice="erase:yes", **{"title erase:yes": title})
    assert '<div class="said">Có, xóa hết</div>' in done
    assert "Mình đã xóa hết dữ liệu về bạn trên kênh này." in done
    assert f'name="session" value="{session}"' in done
    assert browser.kept() == 1
    again = await browser.submit(session=session, choice="erase:yes")
    assert "Bạn có chắc muốn xóa hết dữ liệu về bạn không?" in again


@pytest.mark.parametrize("numbered", [False, True], ids=["without ids", "with ids"])
async def test_a_question_under_way_is_not_stored_after_its_sender_erased_everything(
    browser: Browser, store: Held, *, numbered: bool
) -> None:
    """The erasing waits for it, asks again as it came in between, and then it goes too."""
    ids = [{"message": f"tin-{number}"} if numbered else {} for number in range(4)]
    await browser.post(text="/xoadulieu", **ids[0])
    stopped = store.hold()
    question = asyncio.create_task(browser.post(text=PASSWORD, **ids[1]))
    await stopped.wait()
    yes = asyncio.create_task(browser.post(choice="erase:yes", **ids[2]))
    somebody = asyncio.create_task(browser.submit(session="mai", text=PASSWORD))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not yes.done()
    store.stopped = None
    store.free.set()
    assert (await question)["status"] == "answered"
    assert (await yes)["status"] == "erase:offered"
    await somebody
    assert (await browser.post(choice="erase:yes", **ids[3]))["status"] == "erase:done"
    assert browser.kept() == 1  # somebody else's


async def test_a_question_sent_again_after_the_erasing_is_a_new_one(browser: Browser) -> None:
    """Its old answer is not remembered; the confirmation can be had twice, and erases once."""
    first = await browser.post(text=PASSWORD, message="1")
    await browser.post(text="/xoadulieu", message="2")
    done = await browser.post(choice="erase:yes", message="3")
    assert await browser.post(choice="erase:yes", message="3") == done
    assert browser.kept() == 0
    again = await browser.post(text=PASSWORD, message="1")
    assert again["turn"] != first["turn"]
    assert browser.kept() == 1


@pytest.mark.parametrize("said", ["/riengtu", "quyền riêng tư"])
async def test_the_notice_is_a_command_and_a_word(browser: Browser, said: str) -> None:
    """In both doors."""
    assert (await browser.post(text=said))["status"] == "privacy"
    assert "Che đi trước khi lưu" in await browser.submit(session="", text=said)


async def test_the_page_offers_notice_and_erasing_before_anything_is_asked(
    browser: Browser,
) -> None:
    """As buttons that also work without JavaScript, whatever the menu holds."""
    html = await browser.page()
    for choice, title in (("privacy", "🔒 Quyền riêng tư"), ("erase", "🗑️ Xóa dữ liệu của tôi")):
        assert f'name="choice" value="{choice}">{title}</button>' in html
    shown = await browser.submit(session="", choice="privacy")
    assert '<div class="said">🔒 Quyền riêng tư</div>' in shown
