"""Getting the next pair of tokens: one program at a time, nothing given out that is not kept.

Zalo's refresh token works once and gives a new one; the old access token ends at that moment. So
who renews holds a lock, looks whether another program has renewed already, notes in the Vault what
it is about to do, asks Zalo, and keeps the new pair before anybody gets it. A pair that cannot be
kept (a full disk) stays in memory under the lock and is tried again for hours. The refresh token
before is kept until the new one has worked. The note tries the Vault before Zalo is asked.

`bot.zalo_child` runs this in a process of its own, which a killed bot does not take with it. What
is left: Zalo has made the new pair and its answer never comes (the connection breaks, the machine
or all processes of the service are killed in that second). There is no way to ask for it again;
the kept refresh token is used up and an operator must log in. The note tells of it then, here and
in `hoidap doctor`. To try the connection beforehand would not help: HTTP sends nothing before it
is connected, and what breaks afterwards breaks anyway.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.http import AnswerLostError
from bot.channels.zalo_oa.oauth import AppRefusedError, OAuthRefusedError
from bot.channels.zalo_oa.pair import SECRET, UNFINISHED, Pair, Unfinished, mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.channel import Vault
    from bot.channels.zalo_oa.oauth import Grant, OAuth

_log = logging.getLogger(__name__)

LOST = (
    "Mã truy cập Zalo OA không còn dùng được và Zalo không chịu cấp mã mới{code}. Hãy nhờ quản trị "
    "viên của OA cấp quyền lại bằng lệnh: hoidap zalo login"
)
NO_ANSWER = (
    "Lần đổi mã lúc {when} không nhận được câu trả lời của Zalo (đứt mạng, mất điện hoặc tiến "
    "trình bị dừng giữa chừng), có thể mã mới đã mất cùng câu trả lời đó."
)
WRONG_APP = (
    "Zalo không nhận mã ứng dụng hoặc khóa bí mật của ứng dụng (mã lỗi {code}). Hãy kiểm tra "
    "zalo_oa_app_id và HOIDAP_ZALO_OA_APP_SECRET; mã truy cập trong kho vẫn giữ nguyên."
)
MISSING = "Chưa có mã truy cập Zalo OA. Hãy lấy mã bằng lệnh: hoidap zalo login"
VAULT = "không đọc được hoặc không ghi được mã truy cập Zalo vào kho"
_TAKEN = "chưa vào được kho mã truy cập Zalo: một tiến trình khác đang đổi mã, hoặc kho hỏng"
_SLOW = "Zalo không trả lời kịp"
_NOT_KEPT = (
    "Zalo đã cấp mã mới nhưng chưa ghi được vào kho (%s). Đừng dừng tiến trình này, mã chỉ còn ở "
    "đây: hãy kiểm tra đĩa và kho dữ liệu, bot tự ghi lại."
)

_ASKING = 30.0  # seconds for one answer of Zalo's, however slowly it trickles in
_KEEPING = 12 * 3600.0  # seconds to try to keep a new pair: a disk may be mended the next morning
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0  # seconds between these attempts


class TokensLostError(Exception):
    """There is no way to an access token without an operator; the message says what to do."""


class WrongAppError(TokensLostError):
    """Zalo refuses the app itself; the tokens may be good."""


def moment(at: float) -> str:
    """Write a time as operators read it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M ngày %d/%m/%Y}"


class Renewal:
    """Renews the pair in the Vault when it has to be."""

    def __init__(
        self,
        vault: Vault,
        oauth: OAuth,
        *,
        first: str | None = None,
        clock: Callable[[], float] = time.time,
        patience: float = 2.0,
        keeping: float = _KEEPING,
        given: Callable[[], object] = lambda: None,
    ) -> None:
        """`first` is a refresh token to begin with while the Vault is empty, or its own refused.

        `patience`: seconds to look for a pair of another process after a refusal. `given` is
        called as soon as Zalo has given a pair: whoever ends this process then loses it.
        """
        self._vault = vault
        self._oauth = oauth
        self._first = first
        self._now = clock
        self._patience = patience
        self._keeping = keeping
        self._given = given

    async def renew(self, refused: str = "") -> Pair:
        """Give a pair that is kept: a new one if the kept one is due or its mark is `refused`.

        Raises `TryLaterError`, or `TokensLostError` if only an operator can help.
        """
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._vault.alone(SECRET))
            except Exception as error:  # noqa: BLE001 - any store's error
                _log.error("the tokens cannot be renewed now: %s", type(error).__name__)
                raise TryLaterError(_TAKEN) from None
            return await self._renew_alone(refused)

    async def _renew_alone(self, refused: str) -> Pair:
        kept = Pair.from_json(await self._read(SECRET))
        if kept and kept.serves(self._now(), refused):
            return kept
        asked = (kept.refresh, kept.previous, self._first) if kept else (self._first,)
        candidates = [token for token in dict.fromkeys(asked) if token]
        if not candidates:
            raise TokensLostError(MISSING)
        before = Unfinished.from_json(await self._read(UNFINISHED))
        if before and before.token != mark(candidates[0]):
            before = None  # another pair came since
        await self._write(UNFINISHED, before or Unfinished(mark(candidates[0]), self._now()))
        try:
            return await self._first_given(candidates, kept, before)
        except AnswerLostError:
            raise
        except (TryLaterError, TokensLostError):
            if before is None:  # nothing can have come of it
                await self._write(UNFINISHED, None)
            raise

    async def _first_given(
        self, candidates: list[str], kept: Pair | None, before: Unfinished | None
    ) -> Pair:
        code = 0
        for token in candidates:
            try:
                grant = await self._ask(token)
            except AppRefusedError as error:
                raise WrongAppError(WRONG_APP.format(code=error.code)) from None
            except OAuthRefusedError as error:
                if newer := await self._of_another_process(kept):
                    return newer
                code = code or error.code
            else:
                return await self._keep(Pair.of(grant, self._now(), token))
        lost = LOST.format(code=f" (mã lỗi {code})")
        if before:
            lost = f"{NO_ANSWER.format(when=moment(before.at))} {lost}"
        raise TokensLostError(lost)

    async def _ask(self, token: str) -> Grant:
        try:
            async with asyncio.timeout(_ASKING):
                return await self._oauth.refresh(token)
        except TimeoutError:
            raise AnswerLostError(_SLOW) from None

    async def _of_another_process(self, kept: Pair | None) -> Pair | None:
        """Wait a little for the pair of whoever used our refresh token without our lock."""
        for _ in range(4):
            found = Pair.from_json(await self._read(SECRET))
            if found and found != kept:
                return found
            await asyncio.sleep(self._patience / 4)
        return None

    async def _keep(self, pair: Pair) -> Pair:
        """Keep it; as long as that fails, this is the only place where it is."""
        self._given()
        give_up, wait, attempts = time.monotonic() + self._keeping, _FIRST_WAIT, 0
        while True:
            try:
                await self._vault.keep_secret(SECRET, pair.to_json())
            except Exception as error:  # noqa: BLE001 - any store's error; it may quote the secret
                attempts += 1
                if attempts & (attempts - 1) == 0:  # the 1st, 2nd, 4th, 8th, …
                    _log.error(_NOT_KEPT, type(error).__name__)
            else:
                return pair
            if time.monotonic() >= give_up:
                raise AnswerLostError(VAULT) from None
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _read(self, name: str) -> str | None:
        try:
            return await self._vault.secret(name)
        except Exception as error:  # noqa: BLE001 - any store's error; it may quote the secret
            _log.error("the tokens cannot be read: %s", type(error).__name__)
            raise TryLaterError(VAULT) from None

    async def _write(self, name: str, value: Unfinished | None) -> None:
        try:
            await self._vault.keep_secret(name, value.to_json() if value else "")
        except Exception as error:  # noqa: BLE001 - any store's error
            _log.error("nothing can be kept, so no tokens are asked for: %s", type(error).__name__)
            raise TryLaterError(VAULT) from None
