"""Composition root: settings in, a running bot out. Owns the life-cycle of everything."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import structlog
import uvicorn

from bot.channels.errors import ChannelError, UnreachableError
from bot.channels.telegram import TelegramChannel
from bot.channels.web import build_web
from bot.direct import DirectReception
from bot.embeddings import choose_embedder
from bot.front_desk import FrontDesk
from bot.learning import Learning
from bot.replies import topic_choices
from bot.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.applications import Starlette

    from bot.channels.channel import Reception
    from bot.config import Settings
    from bot.faq import Faq
    from bot.messages import Choice

_SHORTEST_SECRET = 16
_STOP_SECONDS = 1
_RETRY_SECONDS = 60

log = structlog.get_logger(__name__)


class StartError(Exception):
    """The bot cannot start: what, where, how to mend it (Vietnamese)."""


@dataclass(frozen=True, slots=True)
class App:
    """Everything that answers, with no channel open yet."""

    faq: Faq
    store: Store
    desk: FrontDesk
    learning: Learning | None

    @classmethod
    async def open(cls, settings: Settings, faq: Faq) -> Self:
        """Open the store and put the parts together. The meaning is learned beside the work."""
        secret = pseudonym_key(settings)
        embedder = choose_embedder(settings)
        store = await Store.open(settings.database)
        desk = FrontDesk(faq, store, secret=secret)
        if embedder is None:
            return cls(faq, store, desk, None)
        learning = Learning(faq, settings.data_dir, embedder, desk.serve)
        learning.start()
        return cls(faq, store, desk, learning)

    async def close(self) -> None:
        """End what runs beside, then the store."""
        if self.learning:
            self.learning.stop()
        self.desk.close()
        await self.store.close()

    def topics(self) -> Sequence[Choice]:
        """The topic menu as choices."""
        catalog = self.faq.catalog
        return topic_choices([topic for topic in catalog.topics if catalog.entries_of(topic.id)])

    def web(self) -> Starlette:
        return build_web(self.desk, topics=self.topics, ready=lambda: True)


def pseudonym_key(settings: Settings) -> bytes:
    """The key of pseudonyms: from the environment, or made once and kept in the data folder."""
    if settings.secret_key is not None:
        secret = settings.secret_key.get_secret_value().encode()
        if len(secret) < _SHORTEST_SECRET:
            raise StartError("HOIDAP_SECRET_KEY quá ngắn – đặt ít nhất 16 ký tự ngẫu nhiên")
        return secret
    path = settings.data_dir / "secret.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
        secret = path.read_bytes().strip()
    except OSError as error:
        raise StartError(
            f"không ghi được {path} ({error.strerror}) – cho phép ghi vào thư mục đó, hoặc đặt HOIDAP_DATA_DIR"
        ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise StartError(f"{path} bị hỏng – xóa tệp này rồi chạy lại")
    return secret


def bind(settings: Settings) -> socket.socket:
    """Take the port, or say what keeps it."""
    place = f"{settings.host}:{settings.port}"
    if not settings.host:  # to the system this means every network card
        raise StartError(f"không mở được {place} (địa chỉ trống) – viết 127.0.0.1 hoặc 0.0.0.0")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except (OSError, UnicodeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or "địa chỉ không đúng"
        raise StartError(
            f"không mở được {place} ({reason}) – đổi cổng bằng HOIDAP_PORT=8081, "
            "dừng chương trình đang dùng cổng này, hoặc xem lại HOIDAP_HOST"
        ) from None
    return listener


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: it would cancel the rest of the program's ending."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Service:
    """The running bot: web chat always, Telegram when there is a token."""

    def __init__(self, app: App, settings: Settings, listener: socket.socket) -> None:
        self._app = app
        self._listener = listener
        self._retrying: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                app.web(),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
                limit_concurrency=1000,
            )
        )
        token = settings.telegram_token
        base_url = str(settings.telegram_base_url) if settings.telegram_base_url else None
        self.telegram = (
            TelegramChannel(token=token.get_secret_value(), base_url=base_url, topics=app.topics)
            if token and token.get_secret_value()
            else None
        )
        self._reception = DirectReception(app.desk, self.telegram) if self.telegram else None

    @property
    def address(self) -> str:
        """Where the web chat is."""
        host, port = self._listener.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    async def start(self) -> None:
        """Open Telegram, if there is a token.

        A token that is refused is raised (`ChannelError`). A server that cannot be reached must
        not keep the web chat from people: it is tried again for as long as the bot runs.
        """
        if self.telegram and self._reception:
            try:
                await self.telegram.start(self._reception)
            except UnreachableError as error:
                log.warning("telegram unreachable, trying again later", why=str(error))
                self._retrying = asyncio.create_task(
                    self._start_later(self.telegram, self._reception)
                )

    async def _start_later(self, channel: TelegramChannel, reception: Reception) -> None:
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            try:
                await channel.start(reception)
            except UnreachableError:
                continue
            except ChannelError as error:
                log.error("telegram is off", why=str(error))  # noqa: TRY400  # the sentence says it all
                return
            log.info("telegram is on", username=channel.username)
            return

    async def serve(self) -> None:
        """Serve the web chat until Ctrl-C, SIGTERM or `stop`; then end every channel."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C interrupts instead
                loop.add_signal_handler(number, self.stop)
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            if self._retrying:
                self._retrying.cancel()
                await asyncio.wait([self._retrying])
            if self.telegram and self._reception:
                await self.telegram.stop()
                await self._reception.settle()
                await self.telegram.close()
            log.info("stopped")

    def stop(self) -> None:
        """End `serve` from inside the process."""
        self._server.should_exit = True
