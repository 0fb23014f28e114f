"""The Zalo Bot channel: joins reading, accepting, writing and sending; start and stop.

With a public address it is delivered to (webhook), without one it asks (polling).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.channels.errors import ChannelError, TryLaterError, UndeliverableError, UnreachableError
from bot.channels.zalo_bot.client import BASE_URL, CallError, ZaloBotClient, is_token
from bot.channels.zalo_bot.incoming import CHANNEL, chat_of, to_incoming
from bot.channels.zalo_bot.outgoing import to_payloads
from bot.channels.zalo_bot.polling import HOOKED, Poller, host_of
from bot.channels.zalo_bot.webhook import PATH, Webhook, derive_secret, is_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from starlette.routing import BaseRoute

    from bot.channels.channel import Payload, Reception
    from bot.messages import Turn

_log = logging.getLogger(__name__)

_REFUSED = (
    "Zalo không nhận mã của bot. Hãy lấy lại mã trong Zalo Bot Creator (mở Zalo, tìm “Zalo Bot "
    "Manager”) và đặt vào biến môi trường HOIDAP_ZALO_BOT_TOKEN, rồi chạy lại."
)
_UNREACHABLE = (
    "Không kết nối được tới máy chủ Zalo Bot ({server}). Hãy kiểm tra mạng, tường lửa và máy chủ "
    "trung gian của máy này."
)
_NOT_ZALO = (
    "Máy chủ {server} không trả lời như Zalo Bot. Hãy kiểm tra zalo_bot_base_url và mã của bot."
)
_NOT_HTTPS = "public_url phải bắt đầu bằng https:// thì Zalo mới gửi tin tới được. Hãy sửa lại."
_UNFIT = (
    "HOIDAP_ZALO_BOT_WEBHOOK_SECRET phải gồm 8–256 chữ không dấu, số hoặc ký hiệu, không có dấu "
    "cách. Hãy đặt lại, hoặc bỏ biến này để hoidap tự tạo."
)
_NO_WEBHOOK = (
    "Zalo không nhận địa chỉ webhook {host} (mã {code}). Hãy kiểm tra public_url: phải là tên miền "
    "https có chứng chỉ hợp lệ và mở được từ Internet."
)
_GRACE = 1.0  # seconds given to an event that is being stored when the channel stops
_LAST_WORD = 0.5


class ZaloBotChannel:
    """Serves private chats, and groups in which the bot is named (`bot.channels.channel.Channel`)."""

    name = CHANNEL
    window: timedelta | None = None  # none is documented

    def __init__(
        self,
        *,
        token: str,
        key: bytes,
        base_url: str | None = None,
        public_url: str | None = None,
        webhook_secret: str | None = None,
    ) -> None:
        """Take what the channel works with; `key` is the program's own, for the derived secret."""
        self._token = token.strip()
        self._server = (base_url or BASE_URL).rstrip("/")
        self._public_url = (public_url or "").rstrip("/")
        self._secret = webhook_secret or derive_secret(key, self._token)
        self._webhook = Webhook(self._secret)
        self._client = ZaloBotClient(self._token if is_token(self._token) else "", self._server)
        self._reception: Reception | None = None
        self._poller: Poller | None = None
        self._polling: asyncio.Task[None] | None = None
        self._names: tuple[str, ...] = ()
        self.username = ""  # known after `start`

    @property
    def title(self) -> str:
        return self.username

    def routes(self) -> Sequence[BaseRoute]:
        """The webhook's route if there is a public address; 503 until `start` was called."""
        return [self._webhook.route] if self._public_url else []

    async def start(self, reception: Reception) -> None:
        """Check the token and begin to take messages.

        Raises `ChannelError` if that cannot be, `UnreachableError` if it may work later.
        """
        if not is_token(self._token):
            raise ChannelError(_REFUSED)
        if self._public_url and not self._public_url.startswith("https://"):
            raise ChannelError(_NOT_HTTPS)
        if self._public_url and not is_secret(self._secret):
            raise ChannelError(_UNFIT)
        await self._greet()
        self._reception = reception
        if self._public_url:
            await self._hook()
        else:
            await self._unhook()
            self._poller = Poller(self._client, self._accept)
            self._polling = asyncio.create_task(self._poller.run())

    async def stop(self) -> None:
        """Take no more messages. An event that was fetched gets a second to be stored."""
        self._webhook.accept = None
        poller, polling = self._poller, self._polling
        self._poller = self._polling = None
        if poller and polling:
            await poller.settle(_GRACE)
            polling.cancel()
            await asyncio.wait([polling], timeout=_LAST_WORD)

    async def close(self) -> None:
        await self._client.close()

    def render(self, turn: Turn) -> Sequence[Payload]:
        return to_payloads(turn)

    async def send(self, address: str, payload: Payload) -> None:
        """Send one message. Styles that Zalo refuses are left out: the words matter more."""
        chat = chat_of(address)
        if chat is None:
            raise UndeliverableError("địa chỉ người nhận không đọc được")
        message = {**payload, "chat_id": chat}
        error = await self._send(message)
        if error and error.code == 400 and message.pop("text_styles", None):
            _log.warning("Zalo refused a message with styles: it goes out without them")
            error = await self._send(message)
        if error is None:
            return
        if error.final:
            raise UndeliverableError(error.kind)
        raise TryLaterError(error.kind, error.seconds)

    async def show_typing(self, address: str) -> None:
        if chat := chat_of(address):
            with suppress(CallError):
                await self._client.call("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def _send(self, message: dict[str, Any]) -> CallError | None:
        try:
            await self._client.call("sendMessage", message)
        except CallError as error:
            return error
        return None

    async def _accept(self, event: Mapping[str, object]) -> None:
        reception = self._reception
        assert reception is not None
        incoming = to_incoming(event, self._names)
        if incoming:
            await reception.accept(incoming)

    async def _greet(self) -> None:
        """Ask Zalo who the bot is."""
        try:
            bot = await self._client.call("getMe")
        except CallError as error:
            raise self._fault(error, _REFUSED) from None
        if not isinstance(bot, dict) or not bot.get("id"):
            raise ChannelError(_NOT_ZALO.format(server=self._server))
        names = (bot.get("display_name"), bot.get("account_name"))
        self._names = tuple(name for name in names if isinstance(name, str) and name)
        self.username = self._names[-1] if self._names else str(bot["id"])

    async def _hook(self) -> None:
        """Have events delivered. Zalo may try the address at once, so it is open before."""
        url = self._public_url + PATH
        self._webhook.accept = self._accept
        try:
            await self._client.call("setWebhook", {"url": url, "secret_token": self._secret})
        except CallError as error:
            if error.final and await self._is_hooked(url):
                _log.warning("Zalo keeps the webhook, though its trial failed: %s", error.kind)
                return
            self._webhook.accept = None
            refused = _NO_WEBHOOK.format(host=host_of(url), code=error.code)
            raise self._fault(error, refused) from None

    async def _is_hooked(self, url: str) -> bool:
        with suppress(CallError):
            return await self._client.webhook() == url
        return False

    async def _unhook(self) -> None:
        """Take back a webhook of our own: Zalo gives nothing to a poller while there is one."""
        try:
            url = await self._client.webhook()
            if url and not url.endswith(PATH):
                raise ChannelError(HOOKED.format(host=host_of(url)))
            if url:
                await self._client.call("deleteWebhook")
        except CallError as error:
            raise self._fault(error, _REFUSED) from None

    def _fault(self, error: CallError, refused: str) -> ChannelError:
        if error.token_refused:
            return ChannelError(_REFUSED)
        if error.final:
            return ChannelError(refused)
        if error.foreign:
            return ChannelError(_NOT_ZALO.format(server=self._server))
        _log.warning("Zalo cannot be asked: %s", error.kind)
        return UnreachableError(_UNREACHABLE.format(server=self._server))
