"""The OA's tokens: one refresher, and nothing used that is not kept.

Zalo's refresh token works once and gives a new one; the old access token ends at that moment. So
one task refreshes while all who send wait for it, and the new pair is in the Vault before its
access token is used. One window stays: when the process dies (or the connection breaks) after
Zalo made the new pair and before the Vault has it, that pair is gone, the kept refresh token is
used up, and an operator must log in again; `LOST` says so. The refresh token before is kept until
the new one has worked.

Programs that share the Vault refresh one after the other, and each looks first what the one before
it kept; so does one that runs during `hoidap zalo login`, without a restart.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.oauth import TOKEN, AppRefusedError, OAuthRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.channel import Vault
    from bot.channels.zalo_oa.oauth import Grant, OAuth

_log = logging.getLogger(__name__)

SECRET = "zalo_oa_tokens"  # noqa: S105  (the name of a secret)
LOST = (
    "Mã truy cập Zalo OA không còn dùng được và Zalo không chịu cấp mã mới{code}. Hãy nhờ quản trị "
    "viên của OA cấp quyền lại bằng lệnh: hoidap zalo login"
)
WRONG_APP = (
    "Zalo không nhận mã ứng dụng hoặc khóa bí mật của ứng dụng (mã lỗi {code}). Hãy kiểm tra "
    "zalo_oa_app_id và HOIDAP_ZALO_OA_APP_SECRET; mã truy cập trong kho vẫn giữ nguyên."
)
MISSING = "Chưa có mã truy cập Zalo OA. Hãy lấy mã bằng lệnh: hoidap zalo login"
_VAULT = "không đọc được hoặc không ghi được mã truy cập Zalo vào kho"

_RENEW_AT = 0.8  # of an access token's life
_PAUSE = 60.0  # seconds after a failed refresh that was not urgent
_CHECK = 600.0  # seconds between looks at the age


class TokensLostError(Exception):
    """There is no way to an access token without an operator; the message says what to do."""


class WrongAppError(TokensLostError):
    """Zalo refuses the app itself; the tokens may be good."""


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """Both tokens, and the times (seconds since 1970) to renew them and of their end."""

    access: str
    refresh: str
    renew_at: float
    expires_at: float
    previous: str = ""  # the refresh token that gave this pair

    @classmethod
    def of(cls, grant: Grant, now: float, previous: str = "") -> Pair:
        renew_at, expires_at = now + _RENEW_AT * grant.life, now + grant.life
        return cls(grant.access, grant.refresh, renew_at, expires_at, previous)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Pair | None:
        """Read a kept pair; None if there is none, or it is damaged."""
        try:
            data = json.loads(text or "null")
            pair = cls(
                str(data["access"]),
                str(data["refresh"]),
                float(data["renew_at"]),
                float(data["expires_at"]),
                str(data.get("previous", "")),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            return None
        times_known = math.isfinite(pair.renew_at) and math.isfinite(pair.expires_at)
        sendable = TOKEN.fullmatch(pair.access) and TOKEN.fullmatch(pair.refresh)
        return pair if sendable and times_known else None


class Tokens:
    """Gives a valid access token to whoever sends."""

    def __init__(
        self,
        vault: Vault,
        oauth: OAuth,
        *,
        refresh_token: str | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 2.0,
    ) -> None:
        """`refresh_token` begins the chain while the Vault is empty, or when its own is refused.

        `patience`: seconds to look for a pair of another process after a refusal.
        """
        self._vault = vault
        self._oauth = oauth
        self._first = refresh_token
        self._now = clock
        self._patience = patience
        self._pair: Pair | None = None
        self._unsaved: Pair | None = None  # given by Zalo, not yet in the Vault: must not be used
        self._refused: set[str] = set()  # refresh tokens that Zalo will never take
        self._not_before = 0.0
        self._renewal: asyncio.Task[str] | None = None
        self.trouble = ""  # what an operator must mend, if anything

    async def access(self) -> str:
        """Give an access token, a new one at 80 % of the old one's life.

        Raises `TryLaterError`, or `TokensLostError` if only an operator can help.
        """
        pair = self._pair = self._pair or Pair.from_json(await self._read())
        now = self._now()
        if pair and now < max(pair.renew_at, min(self._not_before, pair.expires_at)):
            return pair.access
        try:
            return await self._renewed(pair.access if pair else "")
        except (TryLaterError, TokensLostError):
            # With a pair unsaved, Zalo has ended the old token already.
            if pair is None or now >= pair.expires_at or self._unsaved:
                raise
            self._not_before = now + _PAUSE  # it serves a while yet
            return pair.access

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
        """Wait for a refresh that is under way, so that its answer is not lost."""
        if self._renewal:
            await asyncio.wait([self._renewal])

    async def _renewed(self, refused: str) -> str:
        """Join the refresh that is under way, or begin one. It outlives whoever waits for it."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(refused))
            self._renewal.add_done_callback(_retrieve)
        return await asyncio.shield(self._renewal)

    async def _renew(self, refused: str) -> str:
        if self._unsaved:
            return await self._keep(self._unsaved)
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._vault.alone(SECRET))
            except Exception as error:  # noqa: BLE001 - any store's error
                _log.error("the tokens cannot be renewed now: %s", type(error).__name__)
                raise TryLaterError(_VAULT) from None
            return await self._renew_alone(refused)

    async def _renew_alone(self, refused: str) -> str:
        kept = Pair.from_json(await self._read())
        if kept and kept.access != refused and self._now() < kept.renew_at:
            return self._take(kept)
        for token in (kept.refresh, kept.previous, self._first) if kept else (self._first,):
            if not token or token in self._refused:
                continue
            try:
                grant = await self._oauth.refresh(token)
            except AppRefusedError as error:
                self._lose(WRONG_APP.format(code=error.code))
                raise WrongAppError(self.trouble) from None
            except OAuthRefusedError as error:
                if newer := await self._of_another_process(kept):
                    return self._take(newer)
                self._refused.add(token)
                self._lose(LOST.format(code=f" (mã lỗi {error.code})"))
            else:
                return await self._keep(Pair.of(grant, self._now(), token))
        if not self.trouble:
            self._lose(MISSING)
        raise TokensLostError(self.trouble)

    async def _of_another_process(self, kept: Pair | None) -> Pair | None:
        """Wait a little for the pair of whoever used our refresh token before us."""
        for _ in range(4):
            found = Pair.from_json(await self._read())
            if found and found != kept:
                return found
            await asyncio.sleep(self._patience / 4)
        return None

    async def _keep(self, pair: Pair) -> str:
        self._unsaved = pair
        try:
            await self._vault.keep_secret(SECRET, pair.to_json())
        except Exception as error:  # noqa: BLE001 - any store's error; the pair must survive it
            _log.error("the new tokens are not kept yet: %s", type(error).__name__)
            raise TryLaterError(_VAULT) from None
        self._unsaved = None
        return self._take(pair)

    def _take(self, pair: Pair) -> str:
        self._pair = pair
        self.trouble = ""
        return pair.access

    def _lose(self, message: str) -> None:
        if message != self.trouble:
            self.trouble = message
            _log.error(message)

    async def _read(self) -> str | None:
        try:
            return await self._vault.secret(SECRET)
        except Exception as error:  # noqa: BLE001 - any store's error; it may quote the secret
            _log.error("the tokens cannot be read: %s", type(error).__name__)
            raise TryLaterError(_VAULT) from None


def _retrieve(task: asyncio.Task[str]) -> None:
    """Look at the error of a refresh that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
