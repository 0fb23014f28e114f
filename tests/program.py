"""The program as an operator runs it: `python -m bot`, in a folder of its own.

`Running` is a bot in a process; `environment` is what every test process may see.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import signal
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parent.parent
SECRET = "mot khoa chi de thu nghiem"
PATIENCE = 60.0  # seconds for what takes a few on an idle machine

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


def environment(**settings: str) -> dict[str, str]:
    """The variables of a test process: nothing of the outside's settings, these instead."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("HOIDAP_")}
    own = {f"HOIDAP_{key.upper()}": value for key, value in settings.items()}
    # Without a language model, unless a test wants one: the same words decide everywhere.
    fixed = {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "HOIDAP_EMBEDDINGS": "off"}
    return outside | fixed | own


async def begin(home: Path, *arguments: str, **settings: str) -> Process:
    """Start `python -m bot` in a folder, with all three streams piped."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=home,
        env=environment(**settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@dataclass(slots=True)
class Running:
    """A bot that runs, where it is, and what it said on standard error so far."""

    process: Process
    said: list[str] = field(default_factory=list)
    web: str = ""

    async def hear(self) -> None:
        """Collect standard error until the process ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode())
            if found := _ADDRESS.search(self.said[-1]):
                self.web = found[0]

    @property
    def log(self) -> str:
        return "".join(self.said)

    async def up(self) -> None:
        """Wait until the web chat answers."""
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            while True:
                assert self.process.returncode is None, self.log
                with suppress(httpx.TransportError):
                    if self.web and (await client.get(f"{self.web}healthz")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def running(home: Path, **settings: str) -> AsyncIterator[Running]:
    """Run the bot in a folder on a free port; it is gone afterwards."""
    process = await begin(home, "run", port="0", secret_key=SECRET, **settings)
    bot = Running(process)
    hearing = asyncio.create_task(bot.hear())
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
        await hearing
