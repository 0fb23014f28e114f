"""The access token for whoever sends: one renewal at a time, and all who send wait for it.

How a pair is renewed, and why none gets lost, `renewal` tells; here is when. What another program
kept (another bot's renewal, `hoidap zalo login`, `hoidap zalo refresh`) is taken over without a
restart and without asking Zalo. What only an operator can mend is not asked again until the Vault
has changed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.pair import SECRET, Pair, mark
from bot.channels.zalo_oa.renewal import VAULT, TokensLostError, WrongAppError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.channel import Vault

_log = logging.getLogger(__name__)

_AT_WORK = "đang đổi mã truy cập Zalo OA, chưa xong"
_PAUSE = 60.0  # seconds after a failed renewal, while the old token serves
_BREATH = 4.0  # seconds after one, while nothing can be sent: less than to the next start
_WAIT = 20.0  # seconds to wait for a renewal; it goes on
_ENDING = 1.0  # the same when the channel closes
_CHECK = 600.0  # seconds between looks at the age


@dataclass(frozen=True, slots=True)
class _Failure:
    """A renewal that failed: when, why, and how many seconds Zalo asked to wait."""

    at: float
    reason: str
    asked: float = 0.0
    wrong_app: bool = False

    def left(self, now: float, pause: float) -> float:
        """Tell how much is left of a pause after it. A clock that was set back ends it."""
        gone = now - self.at
        return max(0.0, max(pause, self.asked) - gone) if gone >= 0 else 0.0

    def again(self, left: float) -> TryLaterError | WrongAppError:
        return WrongAppError(self.reason) if self.wrong_app else TryLaterError(self.reason, left)


class Tokens:
    """Gives a valid access token to whoever sends."""

    def __init__(
        self,
        vault: Vault,
        renewal: Callable[[str], Awaitable[object]],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`renewal` has a pair kept that need not be renewed, as `Renewal.renew` does.

        Its argument marks the access token that Zalo refused, if any.
        """
        self._vault = vault
        self._ask_for_new = renewal
        self._now = clock
        self._pair: Pair | None = None
        self._failure: _Failure | None = None  # of the last renewal, if it may work later
        self._lost_with: list[Pair | None] = []  # what was kept when the tokens were lost
        self._renewal: asyncio.Task[str] | None = None
        self.trouble = ""  # what an operator must mend, if anything

    async def access(self) -> str:
        """Give an access token, a new one at 80 % of the old one's life.

        Raises `TryLaterError`, or `TokensLostError` if only an operator can help.
        """
        pair = self._pair = self._pair or await self._kept()
        now = self._now()
        if pair and now < pair.renew_at:
            return pair.access
        if pair and now < pair.expires_at and self._failure and self._failure.left(now, _PAUSE):
            return pair.access
        try:
            return await self._renewed(pair.access if pair else "")
        except (TryLaterError, TokensLostError):
            if pair is None or now >= pair.expires_at:
                raise
            return pair.access  # it serves a while yet, or Zalo refuses it and `renew` is called

    async def renew(self, refused: str) -> str:
        """Give another access token than the one that Zalo refused. Raises as `access` does."""
        if self._pair and self._pair.access != refused:
            return self._pair.access
        return await self._renewed(refused)

    async def keep_fresh(self, every: float = _CHECK) -> None:
        """Renew in time also when nothing is sent, until cancelled: a refresh token ages too."""
        while True:
            with suppress(TryLaterError, TokensLostError):
                await self.access()
            await asyncio.sleep(every)

    async def settle(self) -> None:
        """Wait a moment for a renewal that is under way; it does not need us to end well."""
        if self._renewal and not self._renewal.done():
            await asyncio.wait([self._renewal], timeout=_ENDING)
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    async def _renewed(self, refused: str) -> str:
        """Join the renewal that is under way, or begin one. It outlives whoever waits for it."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(refused))
            self._renewal.add_done_callback(_retrieve)
        renewal = self._renewal
        await asyncio.wait([renewal], timeout=_WAIT)
        if not renewal.done() or renewal.cancelled():
            raise TryLaterError(_AT_WORK)
        return renewal.result()

    async def _renew(self, refused: str) -> str:
        kept = await self._kept()
        if kept and kept.serves(self._now(), mark(refused)):
            return self._take(kept)
        if kept in self._lost_with:
            raise TokensLostError(self.trouble)
        if self._failure and (left := self._failure.left(self._now(), _BREATH)):
            raise self._failure.again(left)
        try:
            await self._ask_for_new(mark(refused))
        except WrongAppError as error:
            self._lose(str(error))
            self._failure = _Failure(self._now(), str(error), wrong_app=True)
            raise
        except TokensLostError as error:
            self._lose(str(error))
            self._lost_with = [kept]
            raise
        except TryLaterError as error:
            self._failure = _Failure(self._now(), error.reason, error.seconds or 0.0)
            raise
        kept = await self._kept()
        if kept is None or kept.access == refused:
            raise TryLaterError(VAULT)
        return self._take(kept)

    def _take(self, pair: Pair) -> str:
        self._pair = pair
        self._failure = None
        self._lost_with = []
        self.trouble = ""
        return pair.access

    def _lose(self, message: str) -> None:
        if message != self.trouble:
            self.trouble = message
            _log.error(message)

    async def _kept(self) -> Pair | None:
        try:
            return Pair.from_json(await self._vault.secret(SECRET))
        except Exception as error:  # noqa: BLE001 - any store's error; it may quote the secret
            _log.error("the tokens cannot be read: %s", type(error).__name__)
            raise TryLaterError(VAULT) from None


def _retrieve(task: asyncio.Task[str]) -> None:
    """Look at the error of a renewal that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
