"""What the tests of the Zalo OA channel share: the channel between the fake Zalo and a reception."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette

from bot.channels.zalo_oa import ZaloOAChannel
from bot.channels.zalo_oa.http import Http
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.renewal import Renewal
from bot.channels.zalo_oa.webhook import PATH
from tests.fakes.loopback import serving

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from bot.channels.channel import Vault
    from bot.messages import Incoming
    from tests.fakes.zalo_oa_server import FakeZaloOA


@dataclass(slots=True)
class Inbox:
    """A reception that keeps what it accepts in memory, and can be broken."""

    taken: list[Incoming] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    broken: int = 0  # so many calls fail
    held: asyncio.Event | None = None  # messages are stored after it

    async def accept(self, incoming: Incoming) -> bool:
        self._break()
        if self.held:
            await self.held.wait()
        known = incoming.message_id in {one.message_id for one in self.taken}
        if not known:
            self.taken.append(incoming)
        return not known

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        del turn, channel, user, useful, reason
        raise AssertionError("an opinion is a message here")

    async def erase(self, *, channel: str, user: str) -> None:
        self._break()
        assert channel == "zalo_oa"
        self.erased.append(user)

    def _break(self) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("cannot store: số căn cước 012345678901")


def channel_of(
    zalo: FakeZaloOA, vault: Vault, refresh_token: str | None = None, **changes: Any
) -> ZaloOAChannel:
    """Make a channel that knows the fake, with its clock and short time limits.

    It renews its tokens in this process, as the bot's child does.
    """
    given = {"app_id": zalo.app_id, "app_secret": zalo.app_secret} | changes

    async def renew(refused: str) -> None:
        async with Http(5) as http:
            oauth = OAuth(
                http,
                app_id=given["app_id"],
                app_secret=given["app_secret"],
                base_url=zalo.url,
            )
            clock = lambda: zalo.now  # noqa: E731
            await Renewal(vault, oauth, first=refresh_token, clock=clock, patience=0).renew(
                refused
            )

    settings: dict[str, Any] = {
        "app_id": zalo.app_id,
        "oa_id": zalo.oa_id,
        "app_secret": zalo.app_secret,
        "webhook_secret": zalo.oa_secret,
        "base_url": zalo.url,
        "clock": lambda: zalo.now,
        "seconds": 5,
    }
    return ZaloOAChannel(vault, renew, **(settings | changes))


@asynccontextmanager
async def started(
    zalo: FakeZaloOA, vault: Vault, inbox: Inbox, **changes: Any
) -> AsyncIterator[ZaloOAChannel]:
    """Start a channel whose webhook the fake posts to; the fake's admin has given tokens."""
    changes.setdefault("refresh_token", zalo.oauth.grant()["refresh_token"])
    channel = channel_of(zalo, vault, **changes)
    async with serving(Starlette(routes=list(channel.routes()))) as url:
        zalo.hook = f"{url}{PATH}"
        try:
            await channel.start(inbox)
            yield channel
        finally:
            await channel.close()
