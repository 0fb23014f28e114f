"""What the contract asks of a platform: people who write, tap and read, and trouble to order.

A driver speaks for its platform through the real fake of it. What the platform does not have
stands in `cannot`, with the proof that it is so; nothing is left out in silence.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PUBLIC = "https://hoidap.example.vn"


class Deed(StrEnum):
    """What not every platform has."""

    TAP = "bấm nút"
    PICTURES = "gửi ảnh, nhãn dán, giọng nói"
    TWICE = "giao một tin hai lần"
    SWAPPED = "giao tin không theo thứ tự"
    SENDING = "máy chủ của nền tảng trục trặc khi gửi"
    NEWS = "được báo sau này"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as its reader sees it."""

    text: str
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cannot:
    """Why a platform has no such thing, and the proof, told to a person of it."""

    why: str
    proof: Callable[[Person], Awaitable[None]]


class Person(ABC):
    """A citizen on a platform."""

    @abstractmethod
    async def arrive(self) -> None:
        """Do what somebody does who comes for the first time."""

    @abstractmethod
    async def say(self, text: str) -> None: ...

    @abstractmethod
    async def see(self) -> Seen:
        """Wait for the next message that was not read yet."""

    async def tap(self, title: str) -> None:
        """Tap the newest button whose text contains `title`."""
        raise NotImplementedError(title)

    async def dislike(self) -> None:
        """Say that the last answer did not help, and wait until the reasons are shown."""
        await self.tap("👎")

    async def give_reason(self, label: str) -> None:
        """Choose a reason among those shown."""
        await self.tap(label)

    async def show(self, kind: str) -> None:
        """Send a "photo", "sticker" or "voice"."""
        raise NotImplementedError(kind)

    async def say_twice(self, text: str) -> None:
        """Write once what the platform delivers twice."""
        raise NotImplementedError(text)

    async def say_swapped(self, first: str, second: str) -> None:
        """Write two messages of which the second is delivered before the first."""
        raise NotImplementedError(first)

    async def answers(self) -> list[Seen]:
        """Read all that was said so far: up to the menu, which is asked for as a mark."""
        await self.say("/chu_de")
        read: list[Seen] = []
        while MENU not in (seen := await self.see()).text:
            read.append(seen)
        return read


def number_of(title: str, shown: str) -> str:
    """Read the number of a choice as its reader does."""
    numbered = re.search(rf"^(\d+)\. .*{re.escape(title)}", shown, re.MULTILINE)
    assert numbered, shown
    return numbered[1]


MENU = "Bạn quan tâm chủ đề nào?"


class Driver(ABC):
    """A platform and the bot's settings for it. Use as `async with`."""

    name: ClassVar[str]
    channel: ClassVar[str]
    """As the store names it."""
    cannot: ClassVar[Mapping[Deed, Cannot]] = {}
    secrets: tuple[str, ...] = ()
    """What must never be in a log."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.open(self._stack)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @abstractmethod
    async def open(self, stack: AsyncExitStack) -> None:
        """Put the fake up."""

    @abstractmethod
    def settings(self) -> Mapping[str, object]:
        """Name what an operator would set."""

    @abstractmethod
    def meet(self, address: str) -> None:
        """Learn where the bot listens."""

    @abstractmethod
    def person(self, number: int) -> Person: ...

    def hold_up(self, seconds: float) -> None:
        """Let the platform take its time with the next message that is sent."""
        raise NotImplementedError

    def refuse(self, *statuses: int) -> None:
        """Answer the next messages that are sent with these: 500, or 429 and wait a second."""
        raise NotImplementedError

    def forgive(self) -> None:
        """Take what is sent from now on."""
        raise NotImplementedError
