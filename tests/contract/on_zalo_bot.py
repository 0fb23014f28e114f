"""Zalo Bot for the contract: asked for events, and delivered to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tests.contract.driver import PUBLIC, Cannot, Deed, Driver, Person, Seen, number_of
from tests.fakes.zalo_bot_methods import NOW
from tests.fakes.zalo_bot_server import FakeZaloBot

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from tests.fakes.zalo_bot_people import User


@dataclass(slots=True)
class OnZaloBot(Person):
    user: User
    _why: str = ""

    async def arrive(self) -> None:
        """Nobody is told of somebody who only opens the chat: they begin with a word."""
        await self.say("/start")

    async def say(self, text: str) -> None:
        self.user.says(text)

    async def see(self) -> Seen:
        return Seen((await self.user.next()).text)

    async def dislike(self) -> None:
        """By the sign; the reasons come with their numbers."""
        await self.say("-")
        self._why = (await self.see()).text

    async def give_reason(self, label: str) -> None:
        await self.say(number_of(label, self._why))

    async def show(self, kind: str) -> None:
        kinds = {
            "photo": self.user.sends_image,
            "sticker": self.user.sends_sticker,
            "voice": self.user.sends_voice,
        }
        kinds[kind]()

    async def say_twice(self, text: str) -> None:
        self.user.fake.put(self.user.says(text))

    async def say_swapped(self, first: str, second: str) -> None:
        """Only their times tell which was written first."""
        fake = self.user.fake
        delivered = len(fake.deliveries)
        self.user.says(second, date=NOW + 2000)
        if fake.webhook:  # each delivery goes its own way: this one shall be there before
            await fake.until(lambda: len(fake.deliveries) > delivered)
        self.user.says(first, date=NOW + 1000)


async def _only_numbers(person: Person) -> None:
    """The topics have numbers and say so."""
    await person.say("/chu_de")
    menu = await person.see()
    assert menu.buttons == ()
    assert "\n1. " in menu.text
    assert "Bạn gõ số để chọn." in menu.text


class ZaloBotPolling(Driver):
    name = "zalo-bot-polling"
    channel = "zalo_bot"
    cannot: ClassVar = {Deed.TAP: Cannot("Zalo Bot không có nút: người dân gõ số", _only_numbers)}

    async def open(self, stack: AsyncExitStack) -> None:
        self.fake = await stack.enter_async_context(FakeZaloBot())
        self.fake.longest_poll = 5.0
        self.secrets = (self.fake.token,)

    def settings(self) -> dict[str, object]:
        return {"zalo_bot_token": self.fake.token, "zalo_bot_base_url": self.fake.url}

    def meet(self, address: str) -> None:
        self.fake.places[PUBLIC] = address.rstrip("/")

    def person(self, number: int) -> OnZaloBot:
        return OnZaloBot(self.fake.user(f"{number:012x}"))

    def hold_up(self, seconds: float) -> None:
        self.fake.delay_once("sendMessage", seconds)

    def refuse(self, *statuses: int) -> None:
        for status in statuses:
            self.fake.fail_once("sendMessage", status)

    def forgive(self) -> None:
        self.fake.failures.clear()


class ZaloBotWebhook(ZaloBotPolling):
    name = "zalo-bot-webhook"

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "public_url": PUBLIC}
