"""`hoidap inbox …` as an operator uses it, on a database with dead letters."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.cli import app
from tests.fakes.platform import Platform
from tests.logs import logging_as
from tests.test_inbox import ANSWER, FAILED, ID_NUMBER, PASSWORD, at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

SECRET_KEY = "mot khoa chi de thu nghiem"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "error"):
        yield


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: Platform) -> Path:
    """A folder with a message that breaks the bot, one that is refused, and one that waits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HOIDAP_SECRET_KEY", SECRET_KEY)
    (tmp_path / "data").mkdir()
    platform.unwritable = lambda turn: RuntimeError() if turn.reply.status == "answered" else None

    def fault(address: str, text: str) -> Exception | None:
        del text
        return {
            "chat-minh": UndeliverableError("blocked"),
            "chat-hoa": TryLaterError("no network"),
        }.get(address)

    platform.fault = fault

    async def fill() -> None:
        async with at_work(tmp_path / "data" / "hoidap.db", platform) as post:
            await post.say(f"{PASSWORD} {ID_NUMBER}")
            await post.say("/start", "minh")
            await post.say("/start", "hoa")
            await post.until(
                lambda: (post.counts("waiting"), post.counts("dead")) == ((0, 1), (1, 1))
            )

    asyncio.run(fill())
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["inbox", *arguments])


def listed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("list", "--json").stdout)
    return found


@pytest.mark.usefixtures("home")
def test_list_shows_what_waits_and_what_is_dead_and_why() -> None:
    """Of citizens nothing but the masked text of what could not be answered."""
    shown = run("list")
    assert shown.exit_code == 0
    assert "Chờ trả lời   0" in shown.stdout
    assert "Telegram 1 (lâu nhất từ" in shown.stdout
    assert f"{PASSWORD} [số giấy tờ]" in shown.stdout
    assert "RuntimeError" in shown.stdout
    assert "blocked" in shown.stdout
    for hidden in (ID_NUMBER, "chat-", "lan"):
        assert hidden not in shown.stdout.replace("lần", "").replace("lâu", "")
    found = listed()
    assert (found["to_answer"], found["to_send"]) == (0, {"telegram": 1})
    assert found["dead"] == {"to_answer": 1, "to_send": {"telegram": 1}}
    assert [letter["letter"][:4] for letter in found["letters"]] == ["nhan", "gui-"]
    assert [letter["error"] for letter in found["letters"]] == ["RuntimeError", "blocked"]
    assert [letter["attempts"] for letter in found["letters"]] == [3, 1]


def test_what_is_retried_is_answered_and_sent(home: Path, platform: Platform) -> None:
    """When the fault is mended, each gets what they waited for."""
    assert "Sẽ thử lại 2 tin" in run("retry", "--all").stdout
    platform.fault = lambda _address, _text: None
    platform.unwritable = lambda _turn: None

    async def work() -> None:
        async with at_work(home / "data" / "hoidap.db", platform) as post:
            await post.quiet()

    asyncio.run(work())
    failed, answer = platform.sent["chat-lan"]
    assert failed.startswith(FAILED)
    assert ANSWER in answer
    assert platform.sent["chat-minh"][0].startswith("Chào bạn")
    assert listed()["letters"] == []


@pytest.mark.usefixtures("home")
def test_what_is_dropped_is_gone() -> None:
    """One by its letter, or all."""
    letters = [letter["letter"] for letter in listed()["letters"]]
    assert "Đã bỏ 1 tin" in run("drop", letters[0]).stdout
    assert [letter["letter"] for letter in listed()["letters"]] == letters[1:]
    assert "Đã bỏ 1 tin" in run("drop", "--all").stdout
    again = run("drop", "--all")
    assert (again.exit_code, again.stdout) == (1, "Không có tin hỏng nào như vậy.\n")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retry"], "Cho đúng một trong hai"),
        (["drop", "gui-1", "--all"], "Cho đúng một trong hai"),
        (["retry", "gui-x"], "không có mã tin “gui-x”"),
        (["retry", "12"], "không có mã tin “12”"),
    ],
)
def test_what_is_not_a_letter_is_told(arguments: list[str], said: str) -> None:
    """Nothing happens."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(listed()["letters"]) == 2
