"""The process beside that answers: it does what one process did, and may die at any time."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.telegram_server import FakeTelegram
from tests.logs import logging_as
from tests.program import PATIENCE, Running, running
from tests.sample_faq import install

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "quên mật khẩu vneid thì làm sao"
ANSWER = "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are read from /proc")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "warning"):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path


def settings(telegram: FakeTelegram) -> dict[str, str]:
    return {
        "telegram_token": telegram.token,
        "telegram_base_url": telegram.url,
        "answering_process": "true",
    }


async def child(bot: Running, *, other_than: int = 0) -> int:
    """Wait for the answering process, and give its number."""
    parent = bot.process.pid
    place = Path(f"/proc/{parent}/task/{parent}/children")
    async with asyncio.timeout(PATIENCE):
        while True:
            found = [int(one) for one in place.read_text(encoding="ascii").split()]
            if found and found != [other_than]:
                (one,) = found
                return one
            await asyncio.sleep(0.02)


async def ended(process: int) -> None:
    """Wait until a process is gone, or dead and not buried yet."""
    status = Path(f"/proc/{process}/status")
    async with asyncio.timeout(PATIENCE):
        while status.exists() and not re.search(r"State:\s+Z", status.read_text("utf-8")):  # noqa: ASYNC110  # nobody tells of it
            await asyncio.sleep(0.02)


async def begun(home: Path) -> None:
    """Wait until the first message is answered: the process has to start first."""
    async with asyncio.timeout(PATIENCE):
        while not turns(home):  # noqa: ASYNC110  # nobody tells of it
            await asyncio.sleep(0.05)


def turns(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "data" / "hoidap.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM turns ORDER BY id")]


async def test_it_answers_and_ends_with_the_bot(home: Path) -> None:
    """Buttons and erasing go through it too; SIGTERM ends both, and nothing is said twice."""
    async with FakeTelegram() as telegram, running(home, **settings(telegram)) as bot:
        await bot.up()
        answering = await child(bot)
        lan = telegram.user(7)
        lan.say(PASSWORD)
        await begun(home)
        assert (await lan.next()).text.startswith(ANSWER)
        lan.tap("Đổi số điện thoại")
        assert (await lan.next()).text.startswith("Đổi ngay trên ứng dụng")
        assert turns(home)[0] == PASSWORD
        lan.say("/xoadulieu")
        await lan.next()
        lan.say("có")
        await lan.next()
        assert turns(home) == []
        code = await bot.end(signal.SIGTERM)
        await ended(answering)
    assert code == 0
    assert "Traceback" not in bot.log
    assert "quên mật khẩu" not in bot.log


async def test_it_is_started_again_when_it_dies(home: Path) -> None:
    """What is said meanwhile waits for the next one."""
    async with FakeTelegram() as telegram, running(home, **settings(telegram)) as bot:
        await bot.up()
        first = await child(bot)
        os.kill(first, signal.SIGKILL)
        lan = telegram.user(7)
        lan.say(PASSWORD)
        second = await child(bot, other_than=first)
        await begun(home)
        assert (await lan.next()).text.startswith(ANSWER)
        assert await bot.end(signal.SIGTERM) == 0
        await ended(second)
    assert turns(home) == [PASSWORD]
    assert "the answering process ended, starting it again" in bot.log


async def test_it_does_not_outlive_a_bot_that_is_killed(home: Path) -> None:
    async with FakeTelegram() as telegram, running(home, **settings(telegram)) as bot:
        await bot.up()
        answering = await child(bot)
        await bot.end(signal.SIGKILL)
        await ended(answering)
