"""The console: chat in the terminal, no token and no network needed."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.markup import escape

from bot.channels.plain import to_text
from bot.feedback import BY_SIGN
from bot.messages import Content, Incoming

if TYPE_CHECKING:
    from rich.console import Console

    from bot.messages import Desk

CHANNEL = "console"
_LEAVE = {"/thoat", "/quit", "/exit"}


async def chat(desk: Desk, console: Console, *, user: str) -> None:
    """Read questions line by line until /thoat, Ctrl-C or the end of input."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # another encoding is a question like any other
    console.print("[dim]Gõ câu hỏi rồi Enter. Gõ số để chọn. /thoat để ra.[/dim]\n")
    await _answer(desk, console, user, "/start")
    while True:
        try:
            text = await _line(console)
        except EOFError:
            return
        if text.strip().lower() in _LEAVE:
            return
        await _answer(desk, console, user, text)


async def _line(console: Console) -> str:
    """Wait for a line in a thread that nobody waits for: Ctrl-C must not need another Enter."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def settle(text: str | None) -> None:
        if line.done():
            return
        if text is None:
            line.set_exception(EOFError())
        else:
            line.set_result(text)

    def read() -> None:
        text = None
        with suppress(EOFError):
            text = console.input("[bold cyan]Bạn:[/bold cyan] ")
        with suppress(RuntimeError):  # the chat has ended meanwhile
            loop.call_soon_threadsafe(settle, text)

    threading.Thread(target=read, name="console", daemon=True).start()
    return await line


async def _answer(desk: Desk, console: Console, user: str, text: str) -> None:
    turn = await desk.respond(Incoming(CHANNEL, user, Content.TEXT, text))
    for one in turn.all:
        console.print(f"[bold blue]Trợ lý:[/bold blue] {escape(to_text(one.reply))}\n")
    if turn.all[-1].reply.asks_feedback:
        console.print(f"[dim]{BY_SIGN}[/dim]\n")
