"""Telegram for the contract: asked for updates, and delivered to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.contract.driver import PUBLIC, Driver, Person, Seen
from tests.fakes.telegram_server import FakeTelegram

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from tests.fakes.telegram_people import Chat

_KINDS = {
    "sticker": {"width": 90, "height": 90, "is_animated": False, "is_video": False}
    | {"file_id": "s", "file_unique_id": "s", "type": "regular"},
    "voice": {"file_id": "v", "file_unique_id": "v", "duration": 3},
}


@dataclass(slots=True)
class OnTelegram(Person):
    chat: Chat

    async def arrive(self) -> None:
        """Telegram sends the command for whoever presses its start button."""
        self.chat.say("/start")

    async def say(self, text: str) -> None:
        self.chat.say(text)

    async def see(self) -> Seen:
        message = await self.chat.next()
        return Seen(message.text, tuple(message.buttons))

    async def tap(self, title: str) -> None:
        self.chat.tap(title)

    async def dislike(self) -> None:
        """The reasons come under the answer that was disliked."""
        self.chat.tap("👎")
        await self.chat.fake.until(lambda: "Đã cũ" in self.chat.messages[-1].buttons)

    async def show(self, kind: str) -> None:
        if kind == "photo":
            self.chat.send_photo()
        else:
            content: dict[str, Any] = {kind: _KINDS[kind]}
            self.chat.send(**content)

    async def say_twice(self, text: str) -> None:
        self.chat.say(text)
        updates = self.chat.fake.updates
        updates.append(updates[-1])

    async def say_swapped(self, first: str, second: str) -> None:
        self.chat.say(first)
        self.chat.say(second)
        updates = self.chat.fake.updates
        updates[-2:] = updates[:-3:-1]


class TelegramPolling(Driver):
    name = "telegram-polling"
    channel = "telegram"

    async def open(self, stack: AsyncExitStack) -> None:
        self.fake = await stack.enter_async_context(FakeTelegram())
        self.secrets = (self.fake.token,)

    def settings(self) -> dict[str, object]:
        return {"telegram_token": self.fake.token, "telegram_base_url": self.fake.url}

    def meet(self, address: str) -> None:
        self.fake.hosts[PUBLIC] = address.rstrip("/")

    def person(self, number: int) -> OnTelegram:
        return OnTelegram(self.fake.chat(number))

    def hold_up(self, seconds: float) -> None:
        self.fake.delay_once("sendMessage", seconds)

    def refuse(self, *statuses: int) -> None:
        for status in statuses:
            if status == 429:
                self.fake.flood_once("sendMessage")
            else:
                self.fake.garble_once("sendMessage", status)

    def forgive(self) -> None:
        self.fake.failures.clear()


class TelegramWebhook(TelegramPolling):
    name = "telegram-webhook"

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "public_url": PUBLIC}
