"""The bot as a process that is killed and started again, always on the same port and folder."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import TYPE_CHECKING

from tests.program import SECRET, environment

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping
    from pathlib import Path

_TAIL = 3000  # characters of the log that are shown
_STOPPING = 20.0  # seconds a bot may take to end when it is asked to


class ChaosError(AssertionError):
    """A run that could not be brought to its end."""


class DiedError(ChaosError):
    """The bot ended by itself."""


class Bot:
    """One data folder, and at most one process that works on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.alive = False
        self._process: Process | None = None
        self._log = home / "bot.log"

    @property
    def log(self) -> str:
        """All that the processes said."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    async def start(self, settings: Mapping[str, str]) -> None:
        own = {"port": str(self.port), "secret_key": SECRET, **settings}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=self.home,
                env=environment(**own),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.alive = True

    def strike(self) -> None:
        """Kill it now: when this returns, it does nothing any more."""
        assert self._process
        if self.alive:
            self.alive = False
            self._process.kill()

    async def gone(self) -> None:
        """Wait until it is dead. Raises `DiedError` if nobody killed it."""
        assert self._process
        code = await self._process.wait()
        if code != -signal.SIGKILL or self.alive:
            raise DiedError(f"the bot ended by itself, exit code {code}:\n{self.log[-_TAIL:]}")

    async def stop(self) -> None:
        """Ask it to end, as an operator does."""
        assert self._process
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOPPING):
                code = await self._process.wait()
        except TimeoutError:
            raise DiedError(f"the bot did not end in {_STOPPING:.0f} seconds") from None
        if code != 0:
            raise DiedError(f"the bot did not end well, exit code {code}:\n{self.log[-_TAIL:]}")

    async def clear(self) -> None:
        """Leave no process behind."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
