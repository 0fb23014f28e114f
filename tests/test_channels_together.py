"""Every channel in one process, and what becomes of messages when it is killed."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.zalo_oa.webhook import PATH
from tests.fakes.telegram_server import FakeTelegram
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.fakes.zalo_oa_server import FakeZaloOA
from tests.program import PATIENCE, Running, running
from tests.sample_faq import install

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.zalo_oa_users import User

PASSWORD = "quên mật khẩu vneid thì làm sao"
ANSWER = "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path


@dataclass(slots=True)
class Platforms:
    telegram: FakeTelegram
    oa: FakeZaloOA
    bot: FakeZaloBot
    refresh_token: str

    @property
    def settings(self) -> dict[str, str]:
        return {
            "telegram_token": self.telegram.token,
            "telegram_base_url": self.telegram.url,
            "zalo_oa_app_id": self.oa.app_id,
            "zalo_oa_id": self.oa.oa_id,
            "zalo_oa_app_secret": self.oa.app_secret,
            "zalo_oa_webhook_secret": self.oa.oa_secret,
            "zalo_oa_refresh_token": self.refresh_token,
            "zalo_oa_base_url": self.oa.url,
            "zalo_oauth_base_url": self.oa.url,
            "zalo_bot_token": self.bot.token,
            "zalo_bot_base_url": self.bot.url,
        }


@pytest.fixture
async def platforms() -> AsyncIterator[Platforms]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(FakeTelegram())
        oa = await stack.enter_async_context(FakeZaloOA())
        bot = await stack.enter_async_context(FakeZaloBot())
        yield Platforms(telegram, oa, bot, oa.oauth.grant()["refresh_token"])


@asynccontextmanager
async def serving(home: Path, platforms: Platforms) -> AsyncIterator[Running]:
    async with running(home, **platforms.settings) as bot:
        await bot.up()
        platforms.oa.hook = f"{bot.web.rstrip('/')}{PATH}"
        yield bot


async def answered(person: User, times: int) -> None:
    """Wait until a person on the Zalo OA has so many messages."""
    async with asyncio.timeout(PATIENCE):
        while len(person.messages) < times:  # noqa: ASYNC110  # the fake tells of calls, not of ends
            await asyncio.sleep(0.02)


def rows(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "data" / "hoidap.db")) as database:
        return database.execute(query).fetchall()


async def test_one_process_answers_on_every_channel(home: Path, platforms: Platforms) -> None:
    """Each citizen gets the same answer on their own channel; nothing is left to send."""
    async with serving(home, platforms) as bot:
        lan, minh, hoa = platforms.telegram.user(7), platforms.oa.user(), platforms.bot.user("h1")
        lan.say(PASSWORD)
        await minh.says(PASSWORD)
        hoa.says(PASSWORD)
        first, third = await lan.next(), await hoa.next()
        await answered(minh, 1)
        code = await bot.end(signal.SIGTERM)
    said = [first.text, minh.messages[0].text, third.text]
    assert [text.startswith(ANSWER) for text in said] == [True] * 3
    assert code == 0
    assert "Traceback" not in bot.log
    channels = rows(home, "SELECT channel FROM turns ORDER BY channel")
    assert channels == [("telegram",), ("zalo_bot",), ("zalo_oa",)]
    assert rows(home, "SELECT count(*) FROM outbox") == [(0,)]
    assert rows(home, "SELECT DISTINCT state, text, address FROM inbox") == [("done", None, None)]


async def test_the_tokens_of_zalo_outlive_a_restart(home: Path, platforms: Platforms) -> None:
    """The refresh token works once: the next one was kept, encrypted."""
    minh = platforms.oa.user()
    for count, said in enumerate(("lần một", "lần hai"), start=1):
        async with serving(home, platforms) as bot:
            await minh.says(said)
            await answered(minh, count)
            await bot.end(signal.SIGTERM)
    kept = b"".join(path.read_bytes() for path in (home / "data").glob("hoidap.db*"))
    assert platforms.oa.oauth.access.encode() not in kept
