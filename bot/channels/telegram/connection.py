"""The connection to the Bot API: the bot object, and what is said to Telegram at the start.

Trouble becomes a `ChannelError` that operators can act on. It is returned, not raised, so that
no error of the library, which shows the token, becomes its context.
"""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING, Any

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    Update,
)
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bot.channels.errors import ChannelError, UnreachableError

if TYPE_CHECKING:
    from bot.channels.telegram.webhook import Webhook

_log = logging.getLogger(__name__)

ALLOWED = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
BATCH = 100  # the most Telegram gives at once

REFUSED = (
    "Telegram không nhận mã của bot. Hãy lấy lại mã ở @BotFather (lệnh /token) và đặt vào biến "
    "môi trường HOIDAP_TELEGRAM_TOKEN, rồi chạy lại."
)
_UNREACHABLE = (
    "Không kết nối được tới máy chủ Telegram ({server}). Hãy kiểm tra mạng, tường lửa và máy chủ "
    "trung gian của máy này (nhiều nhà mạng Việt Nam chặn Telegram)."
)
_NOT_TELEGRAM = "Máy chủ {server} không trả lời như Telegram. Hãy kiểm tra telegram_base_url trong config.yaml."
_NO_WEBHOOK = (
    "Telegram không nhận địa chỉ {url}. Địa chỉ công khai phải bắt đầu bằng https://, dùng cổng "
    "443, 80, 88 hoặc 8443, và truy cập được từ Internet; bỏ địa chỉ này thì bot tự hỏi Telegram."
)

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_COMMANDS = (
    BotCommand("help", "Cách hỏi"),
    BotCommand("chu_de", "Xem các chủ đề"),
    BotCommand("riengtu", "Bot lưu những gì về bạn"),
    BotCommand("xoadulieu", "Xóa dữ liệu của bạn"),
)
_MENUS = (
    (BotCommandScopeAllPrivateChats(), (BotCommand("start", "Bắt đầu"), *_COMMANDS)),
    (BotCommandScopeAllGroupChats(), _COMMANDS),
)


class Connection(ExtBot[int]):
    """The bot on one server. Sends at most 30 messages a second and repeats nothing by itself."""

    def __init__(self, token: str, server: str, patience: float) -> None:
        super().__init__(
            token,
            base_url=f"{server}/bot",
            # Groups are paced by Telegram's own 429: waiting here would hold up whoever sends.
            rate_limiter=AIORateLimiter(group_max_rate=0, max_retries=0),
            request=HTTPXRequest(
                connection_pool_size=64,
                connect_timeout=patience / 2,
                read_timeout=patience,
                write_timeout=patience,
                pool_timeout=patience / 2,
            ),
            get_updates_request=HTTPXRequest(
                connection_pool_size=1,
                connect_timeout=patience / 2,
                read_timeout=patience / 2,
                pool_timeout=patience / 2,
            ),
        )
        self._patience = patience

    async def raw_updates(self, offset: int | None, seconds: int) -> list[Any]:
        """Ask for updates as Telegram wrote them.

        `get_updates` parses a batch as a whole: one update that it cannot read would keep all
        others away for ever.
        """
        asked = {"timeout": seconds, "limit": BATCH, "allowed_updates": list(ALLOWED)}
        found: object = await self._post(
            "getUpdates",
            asked if offset is None else asked | {"offset": offset},
            read_timeout=self._patience / 2 + seconds,
        )
        if not isinstance(found, list):
            raise TelegramError("updates are a list")
        return found

    async def say(self, **message: object) -> None:
        """Send a message, in `sendMessage`'s own fields.

        Telegram's copy of it is not read: a field that this version does not know must not make
        a message that was sent look like one that was not.
        """
        try:
            copy: object = await self._post("sendMessage", message)
        except (KeyError, TypeError, AttributeError):
            copy = None  # JSON, but not of Telegram's
        if not isinstance(copy, dict):
            raise TelegramError("a sent message is an object")

    async def forget_before(self, offset: int) -> None:
        """Let Telegram forget the updates before this one."""
        asked = {"timeout": 0, "limit": 1, "offset": offset, "allowed_updates": list(ALLOWED)}
        await self._post("getUpdates", asked)


def silence() -> None:
    """Keep libraries from logging what they would: addresses with the token, whole updates."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Every 429 would warn that its wait becomes a duration in a later version; both are read.
    warnings.filterwarnings("ignore", ".*retry_after", PTBDeprecationWarning)


def looks_like_a_token(token: str) -> bool:
    return _TOKEN.fullmatch(token) is not None


async def open_connection(
    bot: Connection, server: str, webhook: Webhook | None
) -> ChannelError | None:
    """Say hello, and say how updates shall come; tell what is wrong, if anything."""
    try:
        await bot.initialize()
        _ = bot.id, bot.username  # raises if this was no bot that answered
        if webhook is None:  # one that was left behind would keep getUpdates from working
            await bot.delete_webhook()
    except InvalidToken:
        return ChannelError(REFUSED)
    except BadRequest:
        return ChannelError(_NOT_TELEGRAM.format(server=server))
    except (NetworkError, RetryAfter) as exc:
        _log.warning("no connection to Telegram: %s", type(exc).__name__)
        return UnreachableError(_UNREACHABLE.format(server=server))
    except (TelegramError, AttributeError, KeyError, TypeError, ValueError):
        return ChannelError(_NOT_TELEGRAM.format(server=server))
    for scope, commands in _MENUS:
        try:
            await bot.set_my_commands(commands, scope=scope)
        except TelegramError as exc:  # the bot answers without its menu too
            _log.warning("the start goes on without a command menu: %s", type(exc).__name__)
    return None


async def set_webhook(bot: Connection, server: str, webhook: Webhook) -> ChannelError | None:
    """Have updates sent to the webhook; tell what is wrong, if anything."""
    try:
        await bot.set_webhook(
            webhook.url, secret_token=webhook.secret, allowed_updates=list(ALLOWED)
        )
    except BadRequest:
        return ChannelError(_NO_WEBHOOK.format(url=webhook.url))
    except TelegramError as exc:
        _log.warning("the webhook could not be set: %s", type(exc).__name__)
        return UnreachableError(_UNREACHABLE.format(server=server))
    return None
