"""A messaging platform without a network: what is sent is kept, and failures come to order."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.plain import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from starlette.routing import BaseRoute

    from bot.channels.channel import Payload, Reception
    from bot.messages import Turn


@dataclass(slots=True)
class Platform:
    """A channel whose citizens are addresses. Every part of a reply is a message of its own."""

    name: str = "telegram"
    window: timedelta | None = None
    title: str = "thử"
    parts: int = 1  # messages of a reply
    sent: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    turns: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fault: Callable[[str, str], Exception | None] = lambda _address, _text: None
    unwritable: Callable[[Turn], Exception | None] = lambda _turn: None
    held: asyncio.Event | None = None  # sending waits for it
    sending: int = 0
    most_sending: int = 0

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def start(self, reception: Reception) -> None: ...

    async def stop(self) -> None: ...

    async def close(self) -> None: ...

    def render(self, turn: Turn) -> Sequence[Payload]:
        if fault := self.unwritable(turn):
            raise fault
        lines = [to_text(one.reply) for one in turn.all]
        return [{"text": lines[0], "turn": turn.id, "part": part} for part in range(self.parts)]

    async def send(self, address: str, payload: Payload) -> None:
        self.sending += 1
        self.most_sending = max(self.sending, self.most_sending)
        try:
            await asyncio.sleep(0)
            if self.held:
                await self.held.wait()
            if fault := self.fault(address, payload["text"]):
                raise fault
        finally:
            self.sending -= 1
        self.sent[address].append(payload["text"])
        self.turns[address].append(payload["turn"])

    async def show_typing(self, address: str) -> None: ...
