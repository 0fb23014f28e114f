"""The running bot: one server for the web chat and every webhook, and the life of the channels."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.answering_process import AnsweringProcess
from bot.channels.errors import ChannelError, UnreachableError
from bot.cipher import Cipher
from bot.console.frame import BASE
from bot.inbox import Inbox
from bot.notify import Notifier
from bot.outbox import Outbox
from bot.secret_key import StartError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator

    from bot.app import App
    from bot.channels.channel import Channel
    from bot.config import Settings

_STOP_SECONDS = 1
_DRAIN_SECONDS = 2.0  # for answering, and again for sending; what is left is kept
_HAND_OVER_SECONDS = 15.0  # for a program that is being replaced to end
_FIRST_RETRY, _LAST_RETRY = 5.0, 60.0  # seconds between attempts to open a channel

log = structlog.get_logger(__name__)


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
        raise _no_port(place, error) from None
    return listener


def _no_port(place: str, error: OSError | UnicodeError) -> StartError:
    reason = getattr(error, "strerror", None) or "địa chỉ không đúng"
    return StartError(
        f"không mở được {place} ({reason}) – đổi cổng bằng HOIDAP_PORT=8081, "
        "dừng chương trình đang dùng cổng này, hoặc xem lại HOIDAP_HOST"
    )


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: it would cancel the rest of the program's ending."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Raises `StartError`: two programs may both `bind` a port, but only one listens."""
        host, port = sockets[0].getsockname()[:2] if sockets else ("", 0)
        try:
            await super().startup(sockets)
        except OSError as error:
            raise _no_port(f"{host}:{port}", error) from None
        self.open.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Service:
    """The running bot: web chat always, every other channel that has its settings."""

    def __init__(self, app: App, settings: Settings, listener: socket.socket) -> None:
        self._listener = listener
        self.channels = app.channels(settings)
        self.unreachable: dict[str, str] = {}  # channels that are tried again, and why
        cipher = Cipher(app.key)
        self._store = app.store
        self._alone = contextlib.AsyncExitStack()
        self._outbox = Outbox(app.store, cipher, self.channels, now=app.desk.now)
        beside = AnsweringProcess(self._outbox) if settings.answering_process else None
        self._inbox = Inbox(
            app.store, app.desk, self._outbox, cipher, self.channels, beside=beside
        )
        self._notifier = Notifier(app.store, app.desk, self._outbox, self.channels)
        app.proposals.on_published.append(self._notifier.published)
        self._keeper = app.keeper if settings.console else None
        self._retrying: list[asyncio.Task[None]] = []
        self._serving: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        routes = [route for channel in self.channels for route in channel.routes()]
        console = [Mount(BASE, app.console())] if settings.console else []
        self._server = _Server(
            uvicorn.Config(
                Starlette(routes=[*routes, *console, Mount("/", app.web())]),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
                limit_concurrency=1000,
            )
        )

    @property
    def address(self) -> str:
        """Where the web chat is."""
        host, port = self._listener.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    async def start(self) -> None:
        """Serve the web chat, then open the channels: some platforms try the webhook at once.

        Credentials that are refused are raised (`ChannelError`). A platform that cannot be reached
        must not keep the other doors shut: it is tried again for as long as the bot runs.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C interrupts instead
                loop.add_signal_handler(number, self.stop)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        self._opening = asyncio.create_task(self._open())
        both = (self._opening, self._serving)
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        except BaseException:
            self.stop()
            await self._end()
            raise

    async def _open(self) -> None:
        await self._server.open.wait()
        if self.channels:  # two programs would send each answer twice
            await self._alone.enter_async_context(
                self._store.alone("channels", patience=_HAND_OVER_SECONDS)
            )
        for channel in self.channels:
            self._outbox.hold(channel.name)
        if self._keeper:
            self._keeper.start()
        await self._outbox.start()
        await self._inbox.start()
        self._notifier.start()
        opened = await asyncio.gather(
            *(self._open_channel(channel) for channel in self.channels),
            return_exceptions=True,
        )
        for channel, fault in zip(self.channels, opened, strict=True):
            if isinstance(fault, UnreachableError):
                log.warning(
                    "channel unreachable, trying again", channel=channel.name, why=str(fault)
                )
                self.unreachable[channel.name] = str(fault)
                self._retrying.append(asyncio.create_task(self._open_later(channel)))
        for fault in opened:
            if fault and not isinstance(fault, UnreachableError):
                raise fault

    async def _open_channel(self, channel: Channel) -> None:
        await channel.start(self._inbox)
        await self._outbox.release(channel.name)

    async def _open_later(self, channel: Channel) -> None:
        wait = _FIRST_RETRY
        while True:
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LAST_RETRY)
            try:
                await self._open_channel(channel)
            except UnreachableError:
                continue
            except ChannelError as error:
                log.error("channel is off", channel=channel.name, why=str(error))  # noqa: TRY400  # the sentence says it all
                return
            self.unreachable.pop(channel.name, None)
            log.info("channel is on", channel=channel.name)
            return

    async def serve(self) -> None:
        """Serve until Ctrl-C, SIGTERM or `stop`; then end every channel."""
        assert self._serving is not None
        try:
            await self._serving
        finally:
            await self._end()
            log.info("stopped")

    def stop(self) -> None:
        """End `serve` from inside the process."""
        self._server.should_exit = True

    async def _end(self) -> None:
        """Take no more messages, finish what is nearly done, let go of the platforms."""
        starting = [*self._retrying, *([self._opening] if self._opening else [])]
        for task in starting:
            task.cancel()
        if starting:
            await asyncio.wait(starting)
        if self._keeper:
            await self._keeper.stop()
        await self._notifier.stop()
        await self._each(channel.stop() for channel in self.channels)
        await self._inbox.drain(_DRAIN_SECONDS)
        await self._outbox.drain(_DRAIN_SECONDS)
        await self._each(channel.close() for channel in self.channels)
        await self._alone.aclose()
        if self._serving:
            await asyncio.wait([self._serving])

    async def _each(self, endings: Iterable[Coroutine[object, object, None]]) -> None:
        """Do all of them, whatever one of them meets."""
        for fault in await asyncio.gather(*endings, return_exceptions=True):
            if isinstance(fault, Exception):
                log.error("a channel did not end well", error=type(fault).__name__)
