"""Privacy notice and erasing through the web's two doors, with the real desk and a real store."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.channels.web import build_web
from bot.front_desk import FrontDesk
from bot.store import Store
from tests.logs import logging_as
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

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

    def kept(self) -> int:
        with closing(sqlite3.connect(self._path)) as file:
            return int(file.execute("SELECT count(*) FROM turns").fetchone()[0])


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    path = tmp_path / "hoidap.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    desk = FrontDesk(sample_faq(), store, secret=b"mot khoa chi de thu nghiem")
    app = build_web(desk, topics=tuple, ready=lambda: True)
    transport = httpx.ASGITransport(app)
    with logging_as("json", "error"):
        async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
            yield Browser(client, path)
    desk.close()
    await store.close()


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
