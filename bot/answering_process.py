"""A process beside that answers what waits in the inbox, so that two processor cores share the work.

This one takes messages and sends replies; that one decides and stores, by the same `Inbox` over
the same database. They tell each other in lines, over the pipes of its standard input and output,
for whom there is something to do. The tables stay the truth: a line that is lost costs the time
until the next sweep, a process that dies is started again, and no message is lost or answered twice.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.cipher import Cipher
from bot.inbox import Inbox

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from bot.answering import Sender
    from bot.app import App
    from bot.config import Settings

COMMAND = "answer-waiting"

_MOST_UNREAD = 1_000_000  # bytes in a pipe's buffer; what is not told is found by a sweep
_DRAIN_SECONDS = 2.0
_ENDING_SECONDS = 3.0  # more than the drain takes
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0  # seconds before it is started again
_LONG_LIFE = 60.0

log = structlog.get_logger(__name__)


class AnsweringProcess:
    """Runs the process, tells it who waits, and hands on to the outbox what it tells."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._process: Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    async def start(self) -> None:
        """Begin; what waits already it finds by itself."""
        self._watching = asyncio.create_task(self._watch())

    def add(self, user_key: str) -> None:
        """Tell that a message of a person waits."""
        pipe = self._process.stdin if self._process else None
        if pipe and not pipe.is_closing() and _has_room(pipe.transport):
            pipe.write(f"{user_key}\n".encode())

    async def drain(self, seconds: float) -> None:
        """Let it answer what waits, but no longer than that; what is left is kept."""
        self._ending.set()
        if self._process and self._process.stdin:
            self._process.stdin.close()
        if self._watching:
            await asyncio.wait([self._watching], timeout=seconds + _ENDING_SECONDS)
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _watch(self) -> None:
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        while not self._ending.is_set():
            begun = loop.time()
            try:
                code: object = await self._run()
            except OSError as error:  # no memory, no files: later there may be
                code = error.strerror
            if self._ending.is_set():
                break
            log.error("the answering process ended, starting it again", code=code)
            pause = _FIRST_PAUSE if loop.time() - begun > _LONG_LIFE else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_PAUSE)

    async def _run(self) -> int:
        process = await asyncio.create_subprocess_exec(
            # -P: no module of the folder in which the bot happens to run
            *(sys.executable, "-P", "-m", "bot", COMMAND),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._process = process
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                self._take(line.decode().split())
            return await process.wait()
        finally:
            self._process = None
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    def _take(self, told: list[str]) -> None:
        match told:
            case ["add", channel, user_key]:
                self._sender.add(channel, user_key)
            case ["wake", channel, user_key]:
                self._sender.wake(channel, user_key)
            case ["typing", channel, address]:
                self._sender.show_typing(channel, address)


class _Teller:
    """Tells the process that sends (`answering.Sender`)."""

    def __init__(self, pipe: asyncio.WriteTransport) -> None:
        self._pipe = pipe

    def add(self, channel: str, user_key: str) -> None:
        self._tell("add", channel, user_key)

    def wake(self, channel: str, user_key: str) -> None:
        self._tell("wake", channel, user_key)

    def show_typing(self, channel: str, address: str) -> None:
        self._tell("typing", channel, address)

    def _tell(self, *words: str) -> None:
        if not self._pipe.is_closing() and _has_room(self._pipe):
            self._pipe.write(f"{' '.join(words)}\n".encode())


async def answer_waiting(app: App, settings: Settings) -> None:
    """Answer what waits until standard input ends: with the process that started this one."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for that process, which ends this one
        signal.signal(number, signal.SIG_IGN)
    loop = asyncio.get_running_loop()
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin.buffer)
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    pipe, _ = await loop.connect_write_pipe(asyncio.Protocol, own)
    cipher, channels = Cipher(app.key), app.channels(settings)
    inbox = Inbox(app.store, app.desk, _Teller(pipe), cipher, channels)
    await inbox.start()
    try:
        async for line in told:
            inbox.add(line.decode().strip())
    finally:
        await inbox.drain(_DRAIN_SECONDS)
        pipe.close()


def _has_room(pipe: asyncio.WriteTransport) -> bool:
    return pipe.get_write_buffer_size() < _MOST_UNREAD
