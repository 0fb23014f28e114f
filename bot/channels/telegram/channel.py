"""The Telegram channel: joins reading, deciding (the desk), writing and sending; start and stop.

Neither the token nor anything a citizen wrote is logged: python-telegram-bot and httpx would
do both, so their loggers are silenced and trouble is told from here.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram import Bot, BotCommand, CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import AIORateLimiter, Application, CallbackContext, TypeHandler

from bot.channels.errors import ChannelError, UnreachableError
from bot.channels.telegram.delivery import deliver, typing
from bot.channels.telegram.incoming import CHANNEL, CHOSEN, Rating, to_incoming, to_rating
from bot.channels.telegram.outgoing import Outgoing, chosen, to_messages
from bot.channels.telegram.polling import CONFLICT, InOrder, Poller, Window
from bot.messages import Choice, Desk, Incoming, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_log = logging.getLogger(__name__)

_App = Application[Any, Any, Any, Any, Any, Any]
_Context = CallbackContext[Any, Any, Any, Any]

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_COMMANDS = (
    BotCommand("start", "Bắt đầu"),
    BotCommand("help", "Cách hỏi"),
    BotCommand("chu_de", "Xem các chủ đề"),
)
_THANKS = "Cảm ơn bạn đã góp ý."
_NO_SUCH_TURN = "Câu trả lời này không còn được lưu nên mình chưa ghi được góp ý."
_ALREADY = "Bạn đã chọn mục này rồi."
_NOT_KEPT = "Mình chưa ghi được góp ý. Bạn bấm lại sau nhé."
_SORRY = "Xin lỗi, mình đang gặp trục trặc. Bạn gửi lại câu hỏi sau ít phút nhé."

_REFUSED = (
    "Telegram không nhận mã của bot. Hãy lấy lại mã ở @BotFather (lệnh /token) và đặt vào biến "
    "môi trường HOIDAP_TELEGRAM_TOKEN, rồi chạy lại."
)
_UNREACHABLE = (
    "Không kết nối được tới máy chủ Telegram ({server}). Hãy kiểm tra mạng, tường lửa và máy chủ "
    "trung gian của máy này (nhiều nhà mạng Việt Nam chặn Telegram)."
)
_NOT_TELEGRAM = "Máy chủ {server} không trả lời như Telegram. Hãy kiểm tra telegram_base_url trong config.yaml."
_GRACE = 1.0  # seconds given to what is being answered when the channel stops
_LAST_WORD = 0.4  # seconds for each step after that


class TelegramChannel:
    """Serves private chats by long polling."""

    def __init__(
        self,
        desk: Desk,
        *,
        token: str,
        base_url: str | None,
        topics: Callable[[], Sequence[Choice]],
        watch: float = 2.0,
    ) -> None:
        """Take what the channel works with; `watch` seconds of the start look for a rival poller."""
        self._desk = desk
        self._token = token.strip()
        self._server = (base_url or "https://api.telegram.org").rstrip("/")
        self._topics = topics
        self._watch = watch
        self._app: _App | None = None
        self._polling: asyncio.Task[None] | None = None
        self.username = ""  # known after `start`

    async def start(self) -> None:
        """Check the token and begin to answer.

        Raises `ChannelError` if that cannot be, `UnreachableError` if it may work later.
        """
        for name in ("telegram", "httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        if not _TOKEN.fullmatch(self._token):
            raise ChannelError(_REFUSED)
        self._window = Window()
        self._order = InOrder(self._window)
        self._app = app = self._build()
        fault = await self._open(app)
        if fault:  # raised outside of `except`: the library's error shows the token
            await self.stop()
            raise fault
        await app.start()
        self._poller = Poller(app.bot, self._window, app.update_queue.put)
        self._polling = asyncio.create_task(self._poller.run())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._watch):
                await self._poller.conflict.wait()
        if self._poller.conflict.is_set():
            await self.stop()
            raise ChannelError(CONFLICT)

    async def stop(self) -> None:
        """Stop within two seconds; what could not be answered will be delivered again."""
        app, self._app = self._app, None
        if app is None:
            return
        if self._polling:
            self._polling.cancel()
            await asyncio.wait([self._polling])
            await self._window.settle(_GRACE)
            self._order.abandon()
            await _briefly(self._poller.confirm())
            await _briefly(app.stop())
            self._polling = None
        await app.bot.shutdown()  # also if the application was never initialised
        await app.shutdown()

    def _build(self) -> _App:
        app = (
            Application.builder()
            .token(self._token)
            .base_url(f"{self._server}/bot")
            .updater(None)
            .job_queue(None)
            .rate_limiter(AIORateLimiter(max_retries=3))
            .concurrent_updates(self._order)
            .connect_timeout(10)
            .read_timeout(20)
            .pool_timeout(10)
            .get_updates_connect_timeout(10)
            .get_updates_read_timeout(10)
            .build()
        )
        app.add_handler(TypeHandler(Update, self._on_update))
        app.add_error_handler(self._on_error)
        return app

    async def _open(self, app: _App) -> ChannelError | None:
        """Say hello to Telegram; tell what is wrong, if anything."""
        try:
            await app.initialize()
            self.username = app.bot.username
        except InvalidToken:
            return ChannelError(_REFUSED)
        except NetworkError as exc:
            _log.warning("no connection to Telegram: %s", type(exc).__name__)
            return UnreachableError(_UNREACHABLE.format(server=self._server))
        except (TelegramError, AttributeError, KeyError, TypeError, ValueError):
            return ChannelError(_NOT_TELEGRAM.format(server=self._server))
        for what in (app.bot.delete_webhook(), app.bot.set_my_commands(_COMMANDS)):
            try:
                await what
            except TelegramError as exc:  # the bot answers without them too
                _log.warning("start goes on without one setting: %s", type(exc).__name__)
        return None

    async def _on_update(self, update: Update, context: _Context) -> None:
        rating, incoming, query = to_rating(update), to_incoming(update), update.callback_query
        if rating and query:
            await self._rate(rating, query)
        elif query:
            said = _ALREADY if query.data == CHOSEN else None
            signs = _acknowledge(query, said), _show_chosen(query)
            for trouble in await asyncio.gather(*signs, return_exceptions=True):
                if trouble:  # a sign on a button never keeps the answer away
                    _log.error("a tap could not be shown: %s", type(trouble).__name__)
        if incoming:
            await self._respond(context.bot, incoming)

    async def _respond(self, bot: Bot, incoming: Incoming) -> None:
        chat = int(incoming.user)
        async with typing(bot, chat):
            turn = await self._desk.respond(incoming)
        opens = turn.reply.status is Status.MENU or incoming.text.startswith("/start")
        for one in turn.all:
            messages = to_messages(one, self._topics() if opens else ())
            await deliver(bot, chat, messages, turn=one.id)

    async def _rate(self, rating: Rating, query: CallbackQuery) -> None:
        try:
            kept = await self._desk.rate(
                rating.turn, channel=CHANNEL, user=rating.user, useful=rating.useful
            )
        except Exception:
            await _acknowledge(query, _NOT_KEPT)
            raise
        await _acknowledge(query, _THANKS if kept else _NO_SUCH_TURN)
        await _show_chosen(query)

    async def _on_error(self, update: object, context: _Context) -> None:
        """Tell where it broke, without the message of the error: it may quote a citizen."""
        error = context.error
        for place in traceback.extract_tb(error.__traceback__)[-1:] if error else ():
            kind = type(error).__name__
            _log.error("an update failed: %s in %s:%s", kind, place.filename, place.lineno)
        incoming = to_incoming(update) if isinstance(update, Update) else None
        if incoming:
            sorry = [Outgoing(_SORRY, _SORRY)]
            await deliver(context.bot, int(incoming.user), sorry, turn=None)


async def _briefly(last: Awaitable[object]) -> None:
    with suppress(TelegramError, TimeoutError):
        async with asyncio.timeout(_LAST_WORD):
            await last


async def _acknowledge(query: CallbackQuery, said: str | None) -> None:
    """End the waiting sign on the button; a tap that is too old cannot be acknowledged."""
    with suppress(TelegramError):
        await query.answer(said)


async def _show_chosen(query: CallbackQuery) -> None:
    """Leave only the tapped button under the message, so that the choice can be seen."""
    message = query.message
    if not isinstance(message, Message) or not message.reply_markup or not query.data:
        return
    keyboard: InlineKeyboardMarkup | None = chosen(message.reply_markup, query.data)
    if keyboard and query.data != CHOSEN:
        with suppress(TelegramError):
            await query.edit_message_reply_markup(keyboard)
