"""The npm package telegram-test-api as a platform of the contract: private chats, asked for updates.

It shares no line with our own fake. It checks nothing that is sent to it, so it shows whether an
independent server understands the bot, and our fake whether what it understood is allowed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.contract.driver import Driver, Person, Seen
from tests.fakes.telegram_api import Button, Rows
from tests.fakes.telegram_html import read
from tests.fakes.telegram_people import marks
from tests.peers import NODE_MODULES

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

Json = dict[str, Any]

TOKEN = "123456:a-made-up_TOKEN-for-telegram-test-api"
_PATIENCE = 10.0  # seconds for what should happen at once
_SHIM = Path(__file__).with_suffix(".js")


@dataclass(slots=True)
class OnTestApi(Person):
    http: httpx.AsyncClient
    id: int
    _unread: deque[Json] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def arrive(self) -> None:
        await self.say("/start")

    async def say(self, text: str) -> None:
        entities = marks(text)
        way = "/sendCommand" if entities else "/sendMessage"
        await self._act(way, self._message(text=text, entities=entities))

    async def show(self, kind: str) -> None:
        content = {"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}
        assert kind == "photo"
        await self._act("/sendMessage", self._message(photo=[content]))

    async def see(self) -> Seen:
        async with asyncio.timeout(_PATIENCE):
            while not self._unread:
                asked = {"token": TOKEN, "chatId": self.id}
                found = (await self.http.post("/getUpdates", json=asked)).json()["result"]
                self._unread.extend(update["message"] for update in found)
                await asyncio.sleep(0.02)
        text, rows = _shown(self._unread.popleft())
        return Seen(text, tuple(button.text for row in rows for button in row))

    async def tap(self, title: str) -> None:
        update, button = next(
            (update, button)
            for update in reversed(await self._history())
            for row in _shown(update["message"])[1]
            for button in row
            if title in button.text
        )
        about = self._message(
            **{name: update["message"][name] for name in ("text", "reply_markup")}
        )
        about["message_id"] = update["messageId"]
        query = {"from": about["from"], "message": about, "data": button.data}
        await self._act("/sendCallback", query)

    async def chat(self) -> list[tuple[str, Rows]]:
        """List the bot's messages as they look now: text and buttons."""
        return [_shown(update["message"]) for update in await self._history()]

    async def _history(self) -> list[Json]:
        answer = await self.http.post("/getUpdatesHistory", json={"token": TOKEN})
        return [
            update
            for update in answer.json()["result"]
            if str(update.get("message", {}).get("chat_id")) == str(self.id)
        ]

    async def _act(self, way: str, content: Json) -> None:
        answer = await self.http.post(way, json={"botToken": TOKEN, **content})
        assert answer.json()["ok"], answer.text

    def _message(self, **content: Any) -> Json:
        return {
            "from": {"id": self.id, "is_bot": False, "first_name": "Người dùng thử"},
            "chat": {"id": self.id, "type": "private", "first_name": "Người dùng thử"},
            "date": 1_790_000_000,
        } | content


class TelegramTestApi(Driver):
    name = "telegram-test-api"
    channel = "telegram"

    async def open(self, stack: AsyncExitStack) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._node = await asyncio.create_subprocess_exec(
            "node",
            str(_SHIM),
            str(port),
            env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
            stdout=asyncio.subprocess.PIPE,
        )
        stack.push_async_callback(self._end)
        assert self._node.stdout
        async with asyncio.timeout(_PATIENCE):
            assert await self._node.stdout.readline() == b"ready\n"
        self.http = await stack.enter_async_context(httpx.AsyncClient(base_url=self.url))

    async def _end(self) -> None:
        if self._node.returncode is None:
            self._node.terminate()
        await self._node.communicate()

    def settings(self) -> dict[str, object]:
        return {"telegram_token": TOKEN, "telegram_base_url": self.url}

    def meet(self, address: str) -> None:
        """Nothing is delivered: this server knows no secret header."""

    def person(self, number: int) -> OnTestApi:
        return OnTestApi(self.http, number)


def _shown(message: Json) -> tuple[str, Rows]:
    """Read a message as Telegram would show it; this server keeps it as it was sent."""
    text = str(message["text"])
    if message.get("parse_mode") == "HTML":
        text, _ = read(text)
    markup = message.get("reply_markup") or {}
    keyboard = (json.loads(markup) if isinstance(markup, str) else markup).get(
        "inline_keyboard", ()
    )
    rows = tuple(tuple(Button(b["text"], b["callback_data"]) for b in row) for row in keyboard)
    return text.strip(), rows
