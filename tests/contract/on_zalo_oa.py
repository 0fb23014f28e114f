"""A Zalo Official Account for the contract: always delivered to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.zalo_oa.webhook import PATH
from tests.contract.driver import Driver, Person, Seen
from tests.fakes.zalo_oa_server import SEND, FakeZaloOA

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from tests.fakes.zalo_oa_users import User

_PATIENCE = 10.0
_ATTACHED = {
    "photo": ("image", {"url": "http://f6.photo.talk.zdn.vn/a", "thumbnail": "http://t.f6/a"}),
    "sticker": ("sticker", {"id": "35", "url": "https://zalo-api.zdn.vn/35"}),
    "voice": ("audio", {"url": "http://audio.talk.zdn.vn/a"}),
}


@dataclass(slots=True)
class OnZaloOA(Person):
    user: User
    _read: int = 0

    async def arrive(self) -> None:
        await self.user.follows()

    async def say(self, text: str) -> None:
        await self.user.says(text)

    async def see(self) -> Seen:
        async with asyncio.timeout(_PATIENCE):
            while len(self.user.messages) <= self._read:  # noqa: ASYNC110  # it tells of calls, not of ends
                await asyncio.sleep(0.01)
        message = self.user.messages[self._read]
        self._read += 1
        return Seen(message.text, tuple(button.title for button in message.buttons))

    async def tap(self, title: str) -> None:
        await self.user.clicks(title)

    async def dislike(self) -> None:
        """The reasons are buttons of the next message."""
        await self.tap("👎")
        assert "2. Đã cũ" in (await self.see()).buttons

    async def show(self, kind: str) -> None:
        name, payload = _ATTACHED[kind]
        await self.user.sends(name, attachments=[{"type": name, "payload": payload}])

    async def say_twice(self, text: str) -> None:
        self.user.fake.twice = True
        await self.user.says(text)
        self.user.fake.twice = False

    async def say_swapped(self, first: str, second: str) -> None:
        fake = self.user.fake
        fake.held = []
        await self.user.says(first)
        await self.user.says(second)
        await fake.release([1, 0])


class ZaloOA(Driver):
    name = "zalo-oa"
    channel = "zalo_oa"

    async def open(self, stack: AsyncExitStack) -> None:
        self.fake = await stack.enter_async_context(FakeZaloOA())
        self.fake.echoes = True  # as on the real one: the bot must not answer itself
        self._refresh_token = self.fake.oauth.grant()["refresh_token"]
        self.secrets = (
            *(self.fake.app_secret, self.fake.oa_secret),
            *("ACCESS-", "REFRESH-"),
        )

    def settings(self) -> dict[str, object]:
        return {
            "zalo_oa_app_id": self.fake.app_id,
            "zalo_oa_id": self.fake.oa_id,
            "zalo_oa_app_secret": self.fake.app_secret,
            "zalo_oa_webhook_secret": self.fake.oa_secret,
            "zalo_oa_refresh_token": self._refresh_token,
            "zalo_oa_base_url": self.fake.url,
            "zalo_oauth_base_url": self.fake.url,
        }

    def meet(self, address: str) -> None:
        self.fake.hook = f"{address.rstrip('/')}{PATH}"

    def person(self, number: int) -> OnZaloOA:
        return OnZaloOA(self.fake.user(f"{6_142_494_823_000_000_000 + number}"))

    def hold_up(self, seconds: float) -> None:
        self.fake.delay_next(SEND, seconds)

    def refuse(self, *statuses: int) -> None:
        for status in statuses:
            self.fake.answer_next(SEND, status, headers={"Retry-After": "1"})

    def forgive(self) -> None:
        self.fake._failures.clear()
