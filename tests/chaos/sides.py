"""The three platforms as the chaos uses them: one way to speak, to watch and to break each."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, SupportsIndex

from bot.channels.zalo_oa.webhook import PATH as OA_PATH
from tests.fakes.telegram_server import FakeTelegram
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.fakes.zalo_oa_server import SEND, TOKENS, FakeZaloOA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PUBLIC = "https://hoidap.example.vn"
_PAUSE = 0.3  # seconds until a platform delivers again; the real ones take longer
_SLOW = 1.0  # seconds until Zalo gives new tokens, when that is to be seen
_ENDLESS = 10**9  # deliveries: the run as a whole has an end


class _Watched(list[Any]):
    """A list of a fake that tells what is put into it, at that very moment."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, value: Any) -> None:
        super().append(value)
        self._tell(value)


class _Handed(list[Any]):
    """The events of the fake Zalo Bot: it tells what a poll gets."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        super().__init__()
        self._tell = tell

    def pop(self, place: SupportsIndex = -1, /) -> Any:
        event = super().pop(place)
        self._tell(event)
        return event


class _Spent(set[str]):
    """The used refresh tokens of the fake Zalo: it tells when one becomes one."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell = tell

    def add(self, token: str, /) -> None:
        super().add(token)
        self._tell()


class Watcher(Protocol):
    """Who is told at once what happens on a platform."""

    def took(self, side: str, person: str, text: str) -> None:
        """A platform has a reply; the bot has not been told yet."""

    def told(self, side: str, status: int) -> None:
        """The bot answered a delivery; 0: it was not there."""

    def polled(self, side: str, event: Any) -> None:
        """A poll got an event that the platform forgets at once."""

    def asked_for_tokens(self) -> None:
        """The Zalo OA was asked for new tokens; it has not made them."""

    def made_tokens(self) -> None:
        """The Zalo OA has made new tokens; nobody has been told yet."""


class Side(Protocol):
    """One platform."""

    name: str

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        """Failures of the next reply, by what they are."""

    def join(self, number: int) -> str:
        """Let somebody begin a chat; gives their id."""

    async def say(self, person: str, text: str) -> Any:
        """Have a message delivered, after all others of this person; gives what is delivered."""

    async def again(self, event: Any) -> None:
        """Deliver something that was delivered before."""

    def lost(self) -> Iterable[tuple[str, str]]:
        """List person and text of the replies that were taken without saying so."""


@dataclass(slots=True)
class Telegram:
    fake: FakeTelegram
    watcher: Watcher
    name: str = "telegram"

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        fake, method = self.fake, "sendMessage"
        return {
            "429": lambda: fake.flood_once(method, 1),
            "500": lambda: fake.break_once(method),
            "502 of a proxy": lambda: fake.garble_once(method),
            "broken off": lambda: fake.drop_once(method),
            "no answer": lambda: fake.hang_once(method),
            "answer lost": lambda: fake.lose_once(method),
        }

    def join(self, number: int) -> str:
        person = str(1000 + number)
        chat = self.fake.user(int(person))
        chat.messages = _Watched(lambda m: self.watcher.took(self.name, person, m.text))
        return person

    async def say(self, person: str, text: str) -> Any:
        self.fake.user(int(person)).say(text)
        return self.fake.updates[-1]

    async def again(self, event: Any) -> None:
        self.fake.updates.append(event)
        await self.fake.changed()

    def lost(self) -> Iterable[tuple[str, str]]:
        return [(str(one["chat_id"]), str(one.get("text", ""))) for one in self.fake.lost]


@dataclass(slots=True)
class ZaloOA:
    fake: FakeZaloOA
    watcher: Watcher
    name: str = "zalo_oa"

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        fake = self.fake
        return {
            "429": lambda: fake.answer_next(SEND, 429, headers={"Retry-After": "1"}),
            "500": lambda: fake.answer_next(SEND, 500),
            "502 of a proxy": lambda: fake.answer_next(SEND, 502, "<html>Bad Gateway</html>"),
            "refused for now": lambda: fake.refuse_next(SEND, -200),
            "broken off": lambda: fake.drop_next(SEND),
            "no answer": lambda: fake.stall_next(SEND),
            "answer lost": lambda: fake.lose_next(SEND),
            "token expired": self.expire,
            "token expired, 503 for a new one": self._expire_with_trouble,
        }

    def expire(self) -> None:
        """Let the access token end before its time."""
        self.fake.oauth.access_until = 0

    def expire_slowly(self, *, made: bool) -> None:
        """The same, and the answer with new ones takes a while: after they are made, or before."""
        self.expire()
        slow = self.fake.answer_late if made else self.fake.delay_next
        slow(TOKENS, _SLOW)

    def _expire_with_trouble(self) -> None:
        self.expire()
        self.fake.answer_next(TOKENS, 503)

    def join(self, number: int) -> str:
        person = f"{6142494823000000000 + number}"
        user = self.fake.user(person)
        user.messages = _Watched(lambda m: self.watcher.took(self.name, person, m.text))
        return person

    async def say(self, person: str, text: str) -> Any:
        return await self.fake.user(person).says(text)

    async def again(self, event: Any) -> None:
        await self.fake.deliver(event)

    def lost(self) -> Iterable[tuple[str, str]]:
        for body in self.fake.lost:
            found = json.loads(body)
            yield found["recipient"]["user_id"], found["message"]["text"]


@dataclass(slots=True)
class ZaloBot:
    fake: FakeZaloBot
    watcher: Watcher
    name: str = "zalo_bot"

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        fake, method = self.fake, "sendMessage"
        return {
            "429": lambda: fake.fail_once(method, 429, parameters={"retry_after": 1}),
            "500": lambda: fake.fail_once(method, 500),
            "broken off": lambda: fake.drop_once(method),
            "no answer": lambda: fake.stall_once(method),
            "answer lost": lambda: fake.lose_once(method),
        }

    def join(self, number: int) -> str:
        person = f"nguoi-{number}"
        user = self.fake.user(person)
        user.messages = _Watched(lambda m: self.watcher.took(self.name, person, m.text))
        return person

    async def say(self, person: str, text: str) -> Any:
        return self.fake.user(person).says(text)

    async def again(self, event: Any) -> None:
        self.fake.put(event)

    def lost(self) -> Iterable[tuple[str, str]]:
        return [(str(one["chat_id"]), str(one.get("text", ""))) for one in self.fake.lost]


class Platforms:
    """All three, served. Use as `async with Platforms(watcher) as platforms`."""

    def __init__(self, watcher: Watcher) -> None:
        self.telegram, self.oa, self.bot = FakeTelegram(), FakeZaloOA(), FakeZaloBot()
        self.refresh_token = self.oa.oauth.grant()["refresh_token"]
        self.zalo_oa = ZaloOA(self.oa, watcher)
        sides: tuple[Side, ...] = (
            Telegram(self.telegram, watcher),
            self.zalo_oa,
            ZaloBot(self.bot, watcher),
        )
        self.sides = {side.name: side for side in sides}
        self._watcher = watcher

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        for fake in (self.telegram, self.oa, self.bot):
            await self._stack.enter_async_context(fake)
        self.oa.retries = self.bot.most_deliveries = _ENDLESS
        self.telegram.pause = self.oa.pause = self.bot.pause = _PAUSE
        told = self._watcher.told
        self.telegram.deliveries = _Watched(lambda d: told("telegram", d.status))
        self.oa.answers = _Watched(lambda status: told("zalo_oa", status))
        self.oa.oauth.spent = _Spent(self._watcher.made_tokens)
        self.oa.calls = _Watched(self._called)
        self.bot.events = _Handed(lambda event: self._watcher.polled("zalo_bot", event))
        self.bot.deliveries = _Watched(lambda d: told("zalo_bot", d[1]))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _called(self, call: Any) -> None:
        if call.path == TOKENS:
            self._watcher.asked_for_tokens()

    def find(self, bot_url: str) -> None:
        """Tell the platforms where the bot is."""
        self.oa.hook = f"{bot_url}{OA_PATH}"
        self.telegram.hosts[PUBLIC] = bot_url
        self.bot.places[PUBLIC] = bot_url

    def settings(self) -> dict[str, str]:
        return {
            "telegram_token": self.telegram.token,
            "telegram_base_url": self.telegram.url,
            "zalo_oa_app_id": self.oa.app_id,
            "zalo_oa_id": self.oa.oa_id,
            "zalo_oa_app_secret": self.oa.app_secret,
            "zalo_oa_webhook_secret": self.oa.oa_secret,
            "zalo_oa_refresh_token": self.refresh_token,
            "zalo_oa_base_url": self.oa.url,
            "zalo_oauth_base_url": self.oa.url,
            "zalo_bot_token": self.bot.token,
            "zalo_bot_base_url": self.bot.url,
        }
