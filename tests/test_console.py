"""The chat in the terminal: a conversation, and every way out of it."""

from __future__ import annotations

import asyncio
import io
import signal
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.channels.console import chat
from bot.messages import Content, Incoming, Link, Reply, Status, Turn
from tests.program import PATIENCE, begin
from tests.sample_faq import install
from tests.web_desk import ScriptedDesk

if TYPE_CHECKING:
    from pathlib import Path


class Markup:
    """A desk whose every reply looks like the terminal library's own marks."""

    async def respond(self, incoming: Incoming) -> Turn:
        text = f"[bold]đậm[/bold] [/] [link=x]{incoming.text}"
        return Turn(1, Reply(Status.ANSWERED, text, sources=(Link("[red]nguồn", None),)))

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        raise NotImplementedError


def typed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))


async def talk(desk: ScriptedDesk | Markup) -> str:
    screen = io.StringIO()
    await chat(desk, Console(file=screen, width=200, highlight=False), user="an")
    return screen.getvalue()


async def test_a_chat_greets_and_answers_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins as other channels do, and passes on what is typed."""
    typed(monkeypatch, "căn cước\n2\n\n/thoat\nkhông đọc nữa\n".encode())
    desk = ScriptedDesk()
    screen = await talk(desk)
    assert desk.heard == [
        Incoming("console", "an", Content.TEXT, text) for text in ("/start", "căn cước", "2", "")
    ]
    assert "Trợ lý: Bạn muốn hỏi câu nào dưới đây?" in screen
    assert "1. Đổi thẻ căn cước khi hết hạn hoặc hỏng\n2. Cấp lại thẻ căn cước bị mất\n" in screen


@pytest.mark.parametrize("last", ["/thoat\n", " /THOAT \n", "/quit\n", "/exit\n", ""])
async def test_a_chat_ends_when_asked_or_when_input_ends(
    monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """A script that is piped in needs no goodbye."""
    typed(monkeypatch, f"xin chào\n{last}".encode())
    desk = ScriptedDesk()
    await talk(desk)
    assert [incoming.text for incoming in desk.heard] == ["/start", "xin chào"]


async def test_nothing_in_a_reply_is_taken_for_the_terminals_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Square brackets are shown as they are."""
    typed(monkeypatch, b"[dim]x\n")
    screen = await talk(Markup())
    assert "[bold]đậm[/bold] [/] [link=x][dim]x" in screen
    assert "Nguồn: [red]nguồn" in screen


async def test_bytes_that_are_no_text_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text of another encoding is a question like any other."""
    typed(monkeypatch, b"m\xc2t c\xa8n c\xad\xedc\nc\xc3\xb2n \xc4\x91\xc3\xa2y\n")
    desk = ScriptedDesk()
    await talk(desk)
    assert [incoming.text for incoming in desk.heard][-1] == "còn đây"


async def test_ctrl_c_ends_the_chat(tmp_path: Path) -> None:
    """At once, with exit code 0 and a word, without waiting for another line."""
    install(tmp_path)
    process = await begin(tmp_path, "chat")
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        process.stdin.write("quên mật khẩu vneid thì làm sao\n".encode())
        while "Bạn tự đặt lại mật khẩu" not in (await process.stdout.readline()).decode():
            pass
    process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(20):
            code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        _, err = await process.communicate()
    assert (code, "Traceback" in err.decode()) == (0, False)
    assert "[info" not in err.decode(), "a log line stands amid the talk"
