"""The console: chat in the terminal, no token and no network needed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.markup import escape

from bot.channels.plain import to_text
from bot.messages import Content, Incoming

if TYPE_CHECKING:
    from rich.console import Console

    from bot.messages import Desk

CHANNEL = "console"
_LEAVE = {"/thoat", "/quit", "/exit"}


async def chat(desk: Desk, console: Console, *, user: str) -> None:
    """Read questions line by line until /thoat, Ctrl-C or the end of input."""
    console.print("[dim]Gõ câu hỏi rồi Enter. Gõ số để chọn. /thoat để ra.[/dim]\n")
    await _answer(desk, console, user, "/start")
    while True:
        try:
            text = await asyncio.to_thread(console.input, "[bold cyan]Bạn:[/bold cyan] ")
        except EOFError:
            return
        if text.strip().lower() in _LEAVE:
            return
        await _answer(desk, console, user, text)


async def _answer(desk: Desk, console: Console, user: str, text: str) -> None:
    turn = await desk.respond(Incoming(CHANNEL, user, Content.TEXT, text))
    console.print(f"[bold blue]Trợ lý:[/bold blue] {escape(to_text(turn.reply))}\n")
