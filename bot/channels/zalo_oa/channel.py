"""The Zalo Official Account channel: joins webhook, writing, tokens and sending; start and stop.

Neither a token nor a citizen's words are logged. No typing sign: OA chats have none.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.errors import ChannelError, TryLaterError, UndeliverableError, UnreachableError
from bot.channels.zalo_oa.client import Client
from bot.channels.zalo_oa.http import Http
from bot.channels.zalo_oa.incoming import CHANNEL
from bot.channels.zalo_oa.outgoing import to_payloads
from bot.channels.zalo_oa.renewal import TokensLostError, WrongAppError
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.webhook import Health, Webhook, verifier_code

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.routing import BaseRoute

    from bot.channels.channel import Payload, Reception, Vault
    from bot.messages import Turn

FREE = timedelta(hours=48)
"""How long after somebody's last act a message is free; Zalo takes it up to 7 days, for money."""

_NUMBER = re.compile(r"[0-9]{1,30}")
_SECRET = re.compile(r"[!-~]{1,512}")  # what a header can carry
_RECIPIENT = {"user_id", "anonymous_id", "conversation_id"}
_WRONG = "Thiếu hoặc sai {what} của Zalo OA. {mend}"
_APP_PAGE = (
    "Hãy lấy ở trang developers.zalo.me của ứng dụng và đặt vào biến môi trường {variable}."
)
_UNREACHABLE = "Chưa lấy được mã truy cập Zalo OA: {reason}. Hãy kiểm tra mạng và tường lửa."
_NO_ADDRESS = "địa chỉ người nhận không đọc được"


class ZaloOAChannel:
    """Takes messages by webhook and sends answers with the OA's own tokens."""

    name = CHANNEL

    def __init__(
        self,
        vault: Vault,
        renewal: Callable[[str], Awaitable[object]],
        *,
        app_id: str,
        oa_id: str,
        app_secret: str,
        webhook_secret: str,
        base_url: str | None = None,
        verifier: str | None = None,
        greets_followers: bool = True,
        window: timedelta = FREE,
        clock: Callable[[], float] = time.time,
        seconds: float | None = None,
    ) -> None:
        """Take what the channel works with; nothing is asked before `start`.

        `renewal` renews the tokens in the vault, as `Renewal.renew` does. `seconds` is how long
        Zalo may take to answer. `verifier` is the code in the name of the file with which Zalo
        checks a domain.
        """
        self.window: timedelta | None = window
        self._app_id, self._oa_id = app_id.strip(), oa_id.strip()
        self._app_secret, self._webhook_secret = app_secret.strip(), webhook_secret.strip()
        self._verifier = verifier
        self._http = http = Http(seconds) if seconds else Http()
        self.tokens = Tokens(vault, renewal, clock=clock)
        self._client = Client(http, self.tokens, base_url=base_url)
        self._webhook = Webhook(
            secret=self._webhook_secret,
            oa_id=self._oa_id,
            verifier=verifier,
            greets=greets_followers,
        )
        self._keeper: asyncio.Task[None] | None = None

    @property
    def health(self) -> Health:
        """Counters of the webhook, and when a signature last did and did not fit."""
        return self._webhook.health

    @property
    def trouble(self) -> str:
        """What an operator must mend before messages go out again; empty if nothing."""
        return self.tokens.trouble or self._client.trouble

    @property
    def title(self) -> str:
        return f"OA {self._oa_id}"

    def routes(self) -> Sequence[BaseRoute]:
        return self._webhook.routes()

    async def start(self, reception: Reception) -> None:
        """Check the settings, begin to take messages, and make sure of an access token.

        Raises `ChannelError` if that cannot be, `UnreachableError` if it may work later. Without a
        token messages are taken all the same: their answers wait for it, Zalo would give up, and
        before its domain is verified here nobody can log in.
        """
        self._check_settings()
        try:
            await self.tokens.access()
        except WrongAppError as wrong:
            raise ChannelError(str(wrong)) from None
        except TokensLostError as lost:
            self._begin(reception)
            raise UnreachableError(str(lost)) from None
        except TryLaterError as later:
            self._begin(reception)
            raise UnreachableError(_UNREACHABLE.format(reason=later.reason)) from None
        self._begin(reception)

    def _begin(self, reception: Reception) -> None:
        if self._keeper is None:
            self._keeper = asyncio.create_task(self.tokens.keep_fresh())
        self._webhook.reception = reception

    async def stop(self) -> None:
        """Take no more messages; Zalo delivers again what it is not told to be received."""
        self._webhook.reception = None
        keeper, self._keeper = self._keeper, None
        if keeper:
            keeper.cancel()
            await asyncio.wait([keeper])

    async def close(self) -> None:
        """Let go of connections. Tokens that Zalo is giving are kept by whoever asks for them."""
        await self.stop()
        await self.tokens.settle()
        await self._http.aclose()

    def render(self, turn: Turn) -> Sequence[Payload]:
        return to_payloads(turn)

    async def send(self, address: str, payload: Payload) -> None:
        """Send one message. Raises `TryLaterError` or `UndeliverableError`."""
        recipient = _recipient(address)
        if recipient is None:
            raise UndeliverableError(_NO_ADDRESS)
        await self._client.send(recipient, payload)

    async def show_typing(self, address: str) -> None:
        """Do nothing: Zalo has no such sign."""

    def _check_settings(self) -> None:
        for value, shape, what, variable in (
            (self._app_id, _NUMBER, "mã ứng dụng (App ID)", "ZALO_OA_APP_ID"),
            (self._oa_id, _NUMBER, "mã OA (OA ID)", "ZALO_OA_ID"),
            (self._app_secret, _SECRET, "khóa bí mật của ứng dụng", "ZALO_OA_APP_SECRET"),
            (self._webhook_secret, _SECRET, "“OA Secret Key”", "ZALO_OA_WEBHOOK_SECRET"),
        ):
            if not shape.fullmatch(value):
                mend = _APP_PAGE.format(variable=f"HOIDAP_{variable}")
                raise ChannelError(_WRONG.format(what=what, mend=mend))
        if self._verifier and verifier_code(self._verifier) is None:
            mend = "zalo_oa_verifier là tên tệp zalo_verifier….html mà Zalo cho tải về."
            raise ChannelError(_WRONG.format(what="mã xác thực tên miền", mend=mend))


def _recipient(address: str) -> dict[str, str] | None:
    """Read what `incoming` wrote as the address."""
    try:
        data = json.loads(address)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not data or data.keys() - _RECIPIENT:
        return None
    return data if all(isinstance(value, str) and value for value in data.values()) else None
